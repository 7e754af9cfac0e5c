"""Hand and zoom."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor

from inpaint_studio.editor.tools.base import Modifiers, Tool


class HandTool(Tool):
    name, title, icon, key = "hand", "Hand", "hand", "H"
    hint = "Drag to move the view. Holding Space does so with every tool."
    _from: QPointF | None = None

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        return Qt.CursorShape.OpenHandCursor if self._from is None else Qt.CursorShape.ClosedHandCursor

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._from = point
        self.context.view.update_cursor()

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._from is not None:
            self.context.view.pan_by(point - self._from)

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        self._from = None
        self.context.view.update_cursor()


class ZoomTool(Tool):
    name, title, icon, key = "zoom", "Zoom", "zoom", "Z"
    hint = "Click zooms in, Alt+click out. The wheel zooms with every tool."

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        out = modifiers & Modifiers.AltModifier
        self.context.view.zoom_by(-2 if out else 2, QPointF(self.context.view.mapFromScene(point)))
