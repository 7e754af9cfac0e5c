"""What every tool is: events of the canvas in, verbs of the app out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, ParamSpec

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.basics.event import Event
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View

P = ParamSpec("P")
Modifiers = Qt.KeyboardModifier
DRAG_DISTANCE = 4.0
"""Device pixels a press must move before it is a drag."""


@dataclass(slots=True)
class ToolContext:
    """What tools work with."""

    app: Application
    scene: Scene
    view: View

    @property
    def opened(self) -> OpenDocument:
        """The document in front; there is one while a tool is active."""
        opened = self.app.workspace.current
        assert opened is not None
        return opened


class Tool(QObject):
    """One tool. Points are canvas points; only the left button arrives, and only with a document open."""

    name: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    key: ClassVar[str]
    hint: ClassVar[str]

    hint_changed = Signal(str)
    pressure = 1.0
    """How hard a pen is pressed, 0..1; 1 for a mouse."""

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._ends: list[Callable[[], None]] = []

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        return Qt.CursorShape.ArrowCursor

    def options(self) -> list[QWidget]:
        """Widgets for the options bar, made once a tool."""
        return []

    def activate(self) -> None:
        """The tool is taken in hand, or another document comes in front; there is one."""

    def deactivate(self) -> None:
        """Another tool is taken, or the document leaves; what is half done is dropped."""
        for end in self._ends:
            end()
        self._ends = []

    def while_active(self, event: Event[P], callback: Callable[P, object]) -> None:
        """Calls `callback` at each event until the tool is deactivated."""
        self._ends.append(event.connect(callback))

    def press(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def drag(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def release(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def hover(self, point: QPointF, modifiers: Modifiers) -> None: ...

    def leave(self) -> None:
        """The pointer left the canvas."""

    def wants_key(self, event: QKeyEvent) -> bool:
        """Whether the tool will use a key now that the menus have, too."""
        return False

    def key_press(self, event: QKeyEvent) -> bool:
        """Whether the tool used the key."""
        return False

    def key_release(self, event: QKeyEvent) -> None: ...

    def is_drag(self, start: QPointF, point: QPointF) -> bool:
        """Whether the way between two canvas points is a drag."""
        way = point - start
        return math.hypot(way.x(), way.y()) * self.context.view.zoom >= DRAG_DISTANCE
