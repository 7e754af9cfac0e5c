"""Tools that select what is drawn: a rectangle, a line round something."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QCheckBox, QWidget

from inpaint_studio.app.prompting import SelectionRequest
from inpaint_studio.basics import message
from inpaint_studio.editor.tools.base import Modifiers, ToolContext
from inpaint_studio.editor.tools.selecting import PromptingTool, SelectingTool, box_path
from inpaint_studio.studio.selections import filled_outline, rectangle


class RectangleTool(SelectingTool):
    name, title, icon, key = "rectangle", "Rectangle", "marquee", "M"
    hint = "Drag a rectangle. Shift adds, Alt takes away, Enter lifts, Delete removes."

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is not None:
            self._rubber.set_path(box_path(self._start, point))

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        if not self.is_drag(start, point):
            self._rubber.set_path(QPainterPath())
            self.context.app.verbs.perform("selection.set", mask=None, step=message("step.deselect"))
            return
        box = rectangle(start.x(), start.y(), point.x(), point.y(), self.context.scene.size)
        self.finish(box, self.how(modifiers), message("step.select_rectangle"))


class LassoTool(PromptingTool):
    name, title, icon, key = "lasso", "Lasso", "lasso", "L"
    hint = "Draw round an object. Shift adds, Alt takes away, Enter lifts, Delete removes."

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._path = QPainterPath()
        self._points: list[tuple[float, float]] = []
        self.tighten = QCheckBox("Tighten to edges")
        self.tighten.setToolTip("The selection shrinks to the object inside the line")
        self.tighten.toggled.connect(self._hold)

    def options(self) -> list[QWidget]:
        return [self._how, self.tighten]

    def activate(self) -> None:
        super().activate()
        self._hold(self.tighten.isChecked())

    def deactivate(self) -> None:
        self._hold(False)
        super().deactivate()

    def _hold(self, on: bool) -> None:
        self.context.opened.selecting.hold(on)

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start = point
        self._points = [(point.x(), point.y())]
        self._path = QPainterPath(point)

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is not None:
            self._points.append((point.x(), point.y()))
            self._path.lineTo(point)
            self._rubber.set_path(QPainterPath(self._path))

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        if len(self._points) < 3:
            self._rubber.set_path(QPainterPath())
            self.context.app.verbs.perform("selection.set", mask=None, step=message("step.deselect"))
            return
        how = self.how(modifiers)
        if self.tighten.isChecked():
            self._rubber.set_path(QPainterPath())
            request = SelectionRequest(
                how, self.selection, message("step.select_lasso"), lasso=tuple(self._points)
            )
            self.prompting.prompt(request)
        else:
            self.finish(
                filled_outline(self._points, self.context.scene.size), how, message("step.select_lasso")
            )
