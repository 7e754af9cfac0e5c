"""Dragging a guide of the canvas; out of the picture takes it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from inpaint_studio.document.guides import Guide

if TYPE_CHECKING:
    from inpaint_studio.editor.tools.base import ToolContext

_REACH = 4.0
"""Device pixels around a guide that hold it."""


class GuideDrag:
    """The guide under the pointer, and its drag. Each call says whether it is about a guide."""

    def __init__(self, context: ToolContext) -> None:
        self._context = context
        self._held: int | None = None
        self._over: int | None = None

    @property
    def cursor(self) -> Qt.CursorShape | None:
        """The pointer over a guide; None elsewhere."""
        document, number = self._context.app.document, self._over
        if document is None or number is None or number >= len(document.state.guides):
            return None
        upright = document.state.guides[number].axis == "x"
        return Qt.CursorShape.SplitHCursor if upright else Qt.CursorShape.SplitVCursor

    def _at(self, point: QPointF) -> int | None:
        reach = _REACH / self._context.view.zoom
        return self._context.scene.guides.at(point.x(), point.y(), reach)

    def hover(self, point: QPointF) -> bool:
        self._over = self._at(point)
        return self._over is not None

    def press(self, point: QPointF) -> bool:
        self._held = self._at(point)
        return self._held is not None

    def _moved(self, point: QPointF) -> Guide | None:
        """The held guide at another place, in whole pixels; None outside of the picture."""
        guide = self._context.opened.document.state.guides[self._held or 0]
        place = round(point.x() if guide.axis == "x" else point.y())
        room = self._context.scene.size[0 if guide.axis == "x" else 1]
        return Guide(guide.axis, place) if 0 <= place <= room else None

    def drag(self, point: QPointF) -> bool:
        if self._held is None:
            return False
        self._context.scene.guides.drag(self._moved(point), self._held)
        return True

    def release(self, point: QPointF) -> bool:
        number, verbs = self._held, self._context.app.verbs
        if number is None:
            return False
        guide = self._moved(point)
        self.cancel()
        if guide is None:
            verbs.perform("guide.remove", number=number)
        else:
            verbs.perform("guide.move", number=number, place=guide.place)
        return True

    def cancel(self) -> bool:
        held, self._held = self._held, None
        if held is not None:
            self._context.scene.guides.drag(None)
        return held is not None
