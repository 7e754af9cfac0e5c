"""Select object: point at it, and its edges are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QWidget

from inpaint_studio.app.prompting import STEPS, SelectionRequest
from inpaint_studio.basics import FoundObject, Mask, message
from inpaint_studio.editor.canvas.marks import MarkItem
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.tools.base import Modifiers, ToolContext
from inpaint_studio.editor.tools.options import Choice
from inpaint_studio.editor.tools.selecting import PromptingTool, box_path
from inpaint_studio.studio.selections import Combine, found_on_canvas

if TYPE_CHECKING:
    from inpaint_studio.app.selecting import Selecting

_DRAG = [
    ("box", "Box", "Dragging draws a box round the object"),
    ("lasso", "Lasso", "Dragging draws a line round the object; the selection shrinks to its edges"),
]


class ObjectTool(PromptingTool):
    """Hovering shows what a click would take; clicks with Shift or Alt correct the object begun with."""

    name, title, icon, key = "object", "Select object", "select-object", "W"
    hint = "Click what you want or drag round it. Shift adds, Alt takes away, Enter lifts."

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._drag = Choice(_DRAG)
        self.marks: list[MarkItem] = []
        self._line: list[tuple[float, float]] = []
        self._pointed: FoundObject | None = None

    @property
    def selecting(self) -> Selecting:
        return self.context.opened.selecting

    def options(self) -> list[QWidget]:
        return [self._how, self._drag]

    def activate(self) -> None:
        self.while_active(self.prompting.changed, self._show_marks)
        self.while_active(self.selecting.previewed, self._previewed)
        super().activate()
        self.selecting.hold(True)

    def deactivate(self) -> None:
        self.leave()
        self.selecting.hold(False)
        super().deactivate()

    def _show_marks(self) -> None:
        """The clicks of the object begun with."""
        for mark in self.marks:
            self.context.scene.removeItem(mark)
        request = self.prompting.request
        self.marks = [
            MarkItem(x, y, bool(belongs) and request is not None and request.how != "subtract")
            for x, y, belongs in (request.clicks if request is not None else ())
        ]
        for mark in self.marks:
            mark.setZValue(TOOL_Z)
            self.context.scene.addItem(mark)

    # What a click would be

    def _corrected(self, point: QPointF, how: Combine, found: FoundObject | None) -> SelectionRequest | None:
        """The request with one more click, None if the click begins with another object."""
        request = self.prompting.request
        if request is None or how not in ("add", "subtract"):
            return None
        if how == "add" and found is not None and found.kind == "thing":
            seen = found_on_canvas(self.context.opened.document.state, found)
            inside = (seen.covers(x, y) for x, y, belongs in request.clicks if belongs)
            if not any(inside):
                return None
        answer = self.prompting.answer
        if how == "subtract" and answer is not None and request.before is not None:
            before, own = (m.covers(point.x(), point.y()) for m in (request.before, answer.mask))
            if before and not own and request.how == "add":
                return None
        return request.clicked(point.x(), point.y(), how == "add")

    def _request(self, point: QPointF, modifiers: Modifiers) -> SelectionRequest:
        """What a click there would ask for."""
        how = self.how(modifiers)
        found = self.context.scene.found_at(point.x(), point.y())
        corrected = self._corrected(point, how, found)
        if corrected is not None:
            return corrected
        name = STEPS.get(how, message("step.select_object"))
        if how == "new" and found is not None:
            name = message("step.select_named", label=found.label)
        return SelectionRequest(how, self.selection, name, clicks=((point.x(), point.y(), 1),), found=found)

    # Hovering

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        width, height = self.context.scene.size
        if not (0 <= point.x() < width and 0 <= point.y() < height):
            self.leave()
            return
        request = self._request(point, modifiers)
        found = request.found
        if found is not None and found.kind == "area" and self.selecting.sharp:
            found = None
        if found is not self._pointed:
            self._pointed = found
            self.context.app.workspace.point_at(found)
            self.hint_changed.emit(f"Click selects this {found.label}." if found is not None else self.hint)
        if found is None:
            self.selecting.preview(request.prompts)
        else:
            self.selecting.stop_preview()

    def _previewed(self, mask: Mask | None) -> None:
        if self._start is None and self._pointed is None:
            self.context.scene.highlight_mask(mask)

    def leave(self) -> None:
        self.selecting.stop_preview()
        self._pointed = None
        self.context.app.workspace.point_at(None)
        self.context.scene.highlight_mask(None)

    # Clicking and dragging

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point
        self._line = [(point.x(), point.y())]

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is None:
            return
        self._line.append((point.x(), point.y()))
        if not self.is_drag(self._start, point) and not self._rubber.isVisible():
            return
        self.leave()
        if self._drag.value == "box":
            self._rubber.set_path(box_path(self._start, point))
        else:
            path = QPainterPath(self._start)
            for x, y in self._line[1:]:
                path.lineTo(x, y)
            self._rubber.set_path(path)

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        drawn = self._rubber.isVisible()
        self._rubber.set_path(QPainterPath())
        if not drawn and not self.is_drag(start, point):
            self.prompting.prompt(self._request(point, modifiers))
        elif self._drag.value == "lasso":
            self.prompting.prompt(
                SelectionRequest(self.how(modifiers), self.selection, lasso=tuple(self._line))
            )
        elif self.is_drag(start, point):
            box = QRectF(start, point).normalized()
            corners = box.x(), box.y(), box.width(), box.height()
            self.prompting.prompt(SelectionRequest(self.how(modifiers), self.selection, box=corners))
        self.leave()
