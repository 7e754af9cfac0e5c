"""Select object: point at it, and its edges are found."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QWidget

from inpaint_studio.basics import FoundObject, Mask, message
from inpaint_studio.editor.canvas.items import MarkItem
from inpaint_studio.editor.canvas.scene import TOOL_Z
from inpaint_studio.editor.tools.asking import STEPS, Wish
from inpaint_studio.editor.tools.base import Desk, Modifiers
from inpaint_studio.editor.tools.options import Choice
from inpaint_studio.editor.tools.selecting import AskingTool, box_path
from inpaint_studio.studio.selections import Combine

_DRAG = [
    ("box", "Box", "Dragging draws a box round the object"),
    ("lasso", "Lasso", "Dragging draws a line round the object; the selection shrinks to its edges"),
]


class ObjectTool(AskingTool):
    """Hovering shows what a click would take; clicks with Shift or Alt correct the object begun with."""

    name, title, icon, key = "object", "Select object", "select-object", "W"
    hint = "Click what you want or drag round it. Shift adds, Alt takes away, Enter lifts."

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self._drag = Choice(_DRAG)
        self._marks: list[MarkItem] = []
        self._line: list[tuple[float, float]] = []
        self._pointed: FoundObject | None = None
        self._in_hand = False
        self.asking.changed.connect(self._show_marks)
        desk.picking.glanced.connect(self._glanced)

    def options(self) -> list[QWidget]:
        return [self._how, self._drag]

    def activate(self) -> None:
        super().activate()
        self._in_hand = True
        self.desk.picking.hold(True)

    def deactivate(self) -> None:
        super().deactivate()
        self._in_hand = False
        self.desk.picking.hold(False)
        self.leave()

    def _show_marks(self) -> None:
        """The clicks of the object begun with."""
        for mark in self._marks:
            self.desk.scene.removeItem(mark)
        wish = self.asking.wish
        self._marks = [
            MarkItem(x, y, bool(belongs) and wish is not None and wish.how != "subtract")
            for x, y, belongs in (wish.clicks if wish is not None else ())
        ]
        for mark in self._marks:
            mark.setZValue(TOOL_Z)
            self.desk.scene.addItem(mark)

    # What a click would be

    def _corrected(self, point: QPointF, how: Combine, found: FoundObject | None) -> Wish | None:
        """The wish with one more click, None if the click begins with another object."""
        wish = self.asking.wish
        if wish is None or how not in ("add", "subtract"):
            return None
        if how == "add" and found is not None and found.kind == "thing":
            inside = (_covers(found.mask, x, y) for x, y, belongs in wish.clicks if belongs)
            if not any(inside):
                return None
        answer = self.asking.answer
        if how == "subtract" and answer is not None and wish.before is not None:
            before, own = (_covers(m, point.x(), point.y()) for m in (wish.before, answer.mask))
            if before and not own and wish.how == "add":
                return None
        return wish.clicked(point.x(), point.y(), how == "add")

    def _wish(self, point: QPointF, modifiers: Modifiers) -> Wish:
        """What a click there would wish for."""
        how = self.how(modifiers)
        found = self.desk.scene.found_at(point.x(), point.y())
        corrected = self._corrected(point, how, found)
        if corrected is not None:
            return corrected
        name = STEPS.get(how, message("step.select_object"))
        if how == "new" and found is not None:
            name = message("step.select_named", label=found.label)
        return Wish(how, self.selection, name, clicks=((point.x(), point.y(), 1),), found=found)

    # Hovering

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        width, height = self.desk.scene.size
        if not (0 <= point.x() < width and 0 <= point.y() < height):
            self.leave()
            return
        wish = self._wish(point, modifiers)
        found = wish.found
        if found is not None and found.kind == "area" and self.desk.picking.sharp:
            found = None
        if found is not self._pointed:
            self._pointed = found
            self.desk.session.hover(found)
            self.hint_changed.emit(f"Click selects this {found.label}." if found is not None else self.hint)
        if found is None:
            self.desk.picking.look(wish.prompts)
        else:
            self.desk.picking.look_away()

    def _glanced(self, mask: Mask | None) -> None:
        if self._in_hand and self._start is None and self._pointed is None:
            self.desk.scene.highlight_mask(mask)

    def leave(self) -> None:
        self.desk.picking.look_away()
        self._pointed = None
        self.desk.session.hover(None)

    # Clicking and dragging

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point
        self._line = [(point.x(), point.y())]

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is None:
            return
        self._line.append((point.x(), point.y()))
        if not self.far(self._start, point) and not self._rubber.isVisible():
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
        if not drawn and not self.far(start, point):
            self.asking.ask(self._wish(point, modifiers))
        elif self._drag.value == "lasso":
            self.asking.ask(Wish(self.how(modifiers), self.selection, lasso=tuple(self._line)))
        elif self.far(start, point):
            box = QRectF(start, point).normalized()
            corners = box.x(), box.y(), box.width(), box.height()
            self.asking.ask(Wish(self.how(modifiers), self.selection, box=corners))
        self.leave()


def _covers(mask: Mask, x: float, y: float) -> bool:
    return bool(mask.window((int(x), int(y), 1, 1))[0, 0] > 127)
