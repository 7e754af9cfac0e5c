"""What every tool is: events of the canvas in, verbs of the session out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.editor.picking import Picking
    from inpaint_studio.editor.session import Session

Modifiers = Qt.KeyboardModifier
DRAG_DISTANCE = 4.0
"""Device pixels a press must move before it is a drag."""


@dataclass(slots=True)
class Desk:
    """What lies before a tool."""

    session: Session
    scene: Scene
    view: View
    picking: Picking


class Tool(QObject):
    """One tool. Points are canvas points; only the left button arrives, and only with a document open."""

    name: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    key: ClassVar[str]
    hint: ClassVar[str]

    hint_changed = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        return Qt.CursorShape.ArrowCursor

    def options(self) -> list[QWidget]:
        """Widgets for the options bar, made once a tool."""
        return []

    def activate(self) -> None:
        """The tool is taken in hand."""

    def deactivate(self) -> None:
        """Another tool is taken; what is half done is dropped."""

    def press(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def drag(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def release(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def hover(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def leave(self) -> None:
        """The pointer left the canvas."""

    def key_press(self, event: QKeyEvent) -> bool:
        """Whether the tool used the key."""
        return False

    def key_release(self, event: QKeyEvent) -> None: ...

    def far(self, start: QPointF, point: QPointF) -> bool:
        """Whether the way between two canvas points is a drag."""
        way = point - start
        return math.hypot(way.x(), way.y()) * self.desk.view.zoom >= DRAG_DISTANCE
