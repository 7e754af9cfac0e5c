"""Tools that make selections: by click and box, by rectangle, by lasso."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QPainterPath
from PySide6.QtWidgets import QCheckBox, QWidget

from inpaint_studio.basics import Mask
from inpaint_studio.editor.canvas.items import MarkItem, OutlineItem
from inpaint_studio.editor.canvas.scene import TOOL_Z
from inpaint_studio.editor.tools.base import Desk, Modifiers, Tool
from inpaint_studio.editor.tools.options import COMBINE, Choice
from inpaint_studio.studio.find import Prompts, Proposal
from inpaint_studio.studio.selections import Combine, combined, filled_outline, rectangle

_LEAST = 16
"""A proposal of fewer well covered pixels is nothing that could be seen."""


class SelectingTool(Tool):
    """What selecting tools share: how a new selection joins the old, Enter lifts, Esc drops."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self._how = Choice(COMBINE)
        self._rubber = OutlineItem()
        self._rubber.setZValue(TOOL_Z)
        self._rubber.marching = False
        self._rubber.setVisible(False)
        desk.scene.addItem(self._rubber)
        self._start: QPointF | None = None

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def options(self) -> list[QWidget]:
        return [self._how]

    def how(self, modifiers: Modifiers) -> Combine:
        """How to combine: held keys win over the option."""
        shift, alt = modifiers & Modifiers.ShiftModifier, modifiers & Modifiers.AltModifier
        if shift and alt:
            return "intersect"
        if shift:
            return "add"
        if alt:
            return "subtract"
        return cast("Combine", self._how.value)

    @property
    def selection(self) -> Mask | None:
        document = self.desk.session.document
        return document.state.selection if document is not None else None

    def finish(self, mask: Mask, how: Combine, name: str) -> None:
        self._rubber.set_path(QPainterPath())
        self.desk.session.select(combined(self.selection, mask, how), name)

    def deactivate(self) -> None:
        self._start = None
        self._rubber.set_path(QPainterPath())

    def key_press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection is not None:
            self.desk.session.lift_selection()
            return True
        if key == Qt.Key.Key_Escape:
            if self._start is not None:
                self._start = None
                self._rubber.set_path(QPainterPath())
                return True
            if self.selection is not None:
                self.desk.session.select(None, "Deselect")
                return True
        return False


def _box_path(a: QPointF, b: QPointF) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(a, b).normalized())
    return path


class RectangleTool(SelectingTool):
    name, title, icon, key = "rectangle", "Rectangle", "marquee", "M"
    hint = "Drag a rectangle. Shift adds, Alt takes away, Enter lifts, Delete removes."

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is not None:
            self._rubber.set_path(_box_path(self._start, point))

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        if not self.far(start, point):
            self._rubber.set_path(QPainterPath())
            self.desk.session.select(None, "Deselect")
            return
        box = rectangle(start.x(), start.y(), point.x(), point.y(), self.desk.scene.size)
        self.finish(box, self.how(modifiers), "Select rectangle")


class LassoTool(SelectingTool):
    name, title, icon, key = "lasso", "Lasso", "lasso", "L"
    hint = "Draw round an object. Shift adds, Alt takes away, Enter lifts, Delete removes."

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self._points: list[QPointF] = []
        self._path = QPainterPath()
        self._tighten = QCheckBox("Tighten to edges")
        self._tighten.setToolTip("The selection shrinks to the object inside the line")
        self._combining: Combine = "new"
        self._waiting = False
        desk.background.proposed.connect(self._answer)

    def options(self) -> list[QWidget]:
        return [self._how, self._tighten]

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point
        self._points = [point]
        self._path = QPainterPath(point)

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is not None:
            self._points.append(point)
            self._path.lineTo(point)
            self._rubber.set_path(QPainterPath(self._path))

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        if len(self._points) < 3:
            self._rubber.set_path(QPainterPath())
            self.desk.session.select(None, "Deselect")
            return
        outline = [(p.x(), p.y()) for p in self._points]
        self._combining = self.how(modifiers)
        if self._tighten.isChecked():
            self._waiting = True
            self.desk.background.propose(Prompts(lasso=tuple(outline)))
        else:
            self.finish(filled_outline(outline, self.desk.scene.size), self._combining, "Select by lasso")

    def deactivate(self) -> None:
        super().deactivate()
        self._waiting = False

    def _answer(self, proposals: list[Proposal]) -> None:
        self._rubber.set_path(QPainterPath())
        if self._waiting and proposals:
            self.finish(proposals[0].mask, self._combining, "Select by lasso")
        self._waiting = False


class ObjectTool(SelectingTool):
    name, title, icon, key = "object", "Select object", "select-object", "W"
    hint = "Click what you want or drag a box round it. Shift adds, Alt takes away, Enter lifts."

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, parent)
        self._clicks: list[tuple[float, float, int]] = []
        self._box: tuple[float, float, float, float] | None = None
        self._base: Mask | None = None
        self._before: Mask | None = None
        self._combining: Combine = "new"
        self._marks: list[MarkItem] = []
        self._mine: Mask | None = None
        self._waiting = False
        desk.background.proposed.connect(self._answer)
        desk.session.changed.connect(self._follow)
        desk.session.replaced.connect(self._forget)

    def _follow(self, _change: object) -> None:
        if self._marks and self.selection is not self._mine and not self._waiting:
            self._forget()

    def _forget(self) -> None:
        """The next click begins anew."""
        self._clicks, self._box, self._base, self._mine = [], None, None, None
        for mark in self._marks:
            self.desk.scene.removeItem(mark)
        self._marks = []

    def deactivate(self) -> None:
        super().deactivate()
        self._waiting = False
        self._forget()
        self.desk.session.hovered.emit(None)

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        found = self.desk.scene.found_at(point.x(), point.y())
        self.desk.session.hovered.emit(found)
        self.hint_changed.emit(f"Click selects this {found.label}." if found is not None else self.hint)

    def leave(self) -> None:
        self.desk.session.hovered.emit(None)

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is not None and self.far(self._start, point):
            self._rubber.set_path(_box_path(self._start, point))

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        self._rubber.set_path(QPainterPath())
        if self.far(start, point):
            self._begin(self.how(modifiers))
            box = QRectF(start, point).normalized()
            self._box = (box.x(), box.y(), box.width(), box.height())
            self._ask()
        else:
            self._click(point, modifiers)

    def _begin(self, how: Combine) -> None:
        self._forget()
        self._combining, self._before = how, self.selection

    def _click(self, point: QPointF, modifiers: Modifiers) -> None:
        how = self.how(modifiers)
        correcting = bool(self._clicks or self._box is not None) and how in ("add", "subtract")
        found = self.desk.scene.found_at(point.x(), point.y())
        if found is not None and not correcting:
            self._begin(how)
            self.desk.session.hovered.emit(None)
            self.finish(found.mask, how, f"Select {found.label}")
            return
        if not correcting:
            self._begin("subtract" if how == "subtract" else how)
        positive = not (correcting and how == "subtract")
        self._clicks.append((point.x(), point.y(), int(positive)))
        mark = MarkItem(point.x(), point.y(), positive and self._combining != "subtract")
        mark.setZValue(TOOL_Z)
        self.desk.scene.addItem(mark)
        self._marks.append(mark)
        self._ask()

    def _ask(self) -> None:
        self._waiting = True
        points = tuple((x, y) for x, y, _ in self._clicks)
        labels = tuple(label for _, _, label in self._clicks)
        self.desk.background.propose(Prompts(points=points, labels=labels, box=self._box))

    def _answer(self, proposals: list[Proposal]) -> None:
        if not self._waiting:
            return
        if not proposals or np.count_nonzero(proposals[0].mask.crop > 127) < _LEAST:
            self._waiting = False
            self._forget()
            if proposals:
                self.desk.session.message.emit("Nothing was found there; try a box round the object.")
            return
        mask = combined(self._before, proposals[0].mask, self._combining)
        self.desk.session.select(mask, "Select object")
        self._mine = self.selection
        self._waiting = False
