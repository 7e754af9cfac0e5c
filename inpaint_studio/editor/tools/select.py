"""Tools that select what is drawn: a rectangle, a line round something."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainterPath
from PySide6.QtWidgets import QCheckBox, QWidget

from inpaint_studio.app.prompting import SelectionRequest
from inpaint_studio.basics import message
from inpaint_studio.editor.tools.base import Modifiers, ToolContext
from inpaint_studio.editor.tools.options import Choice
from inpaint_studio.editor.tools.selecting import PromptingTool, SelectingTool, box_path
from inpaint_studio.studio.selections import Combine, filled_outline, rectangle


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


_LINES = [
    ("free", "Freehand", "Drag a line round something"),
    (
        "polygon",
        "Polygon",
        "Click corner by corner; Enter or a double click closes, Backspace takes back",
    ),
]


class LassoTool(PromptingTool):
    name, title, icon, key = "lasso", "Lasso", "lasso", "L"
    hint = "Draw round an object. Shift adds, Alt takes away, Enter lifts, Delete removes."

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._points: list[tuple[float, float]] = []
        self._combine: Combine = "new"
        self.line = Choice(_LINES)
        self.line.picked.connect(self._drop)
        self.tighten = QCheckBox("Tighten to edges")
        self.tighten.setToolTip("The selection shrinks to the object inside the line")
        self.tighten.toggled.connect(self._hold)

    def options(self) -> list[QWidget]:
        return [self._how, self.line, self.tighten]

    def activate(self) -> None:
        super().activate()
        self._hold(self.tighten.isChecked())

    def deactivate(self) -> None:
        self._hold(False)
        self._drop()
        super().deactivate()

    def _hold(self, on: bool) -> None:
        self.context.opened.selecting.hold(on)

    @property
    def _is_polygon(self) -> bool:
        return self.line.value == "polygon"

    def _drop(self, _line: str = "") -> None:
        """What was drawn so far is not wanted."""
        self._points, self._start = [], None
        self._rubber.set_path(QPainterPath())

    def _show(self, pointer: QPointF | None = None) -> None:
        path = QPainterPath(QPointF(*self._points[0]))
        for x, y in self._points[1:]:
            path.lineTo(x, y)
        if pointer is not None:
            path.lineTo(pointer)
        self._rubber.set_path(path)

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        if not self._points or not self._is_polygon:
            self._points, self._combine = [], self.how(modifiers)
        elif self._closes(point):
            self._finish()
            return
        self._start = point
        self._points.append((point.x(), point.y()))
        if self._is_polygon:
            self._show(point)

    def _closes(self, point: QPointF) -> bool:
        """Whether a click there ends a polygon: on its first corner, or twice on its last."""
        ends = (self._points[0], self._points[-1])
        return len(self._points) > 1 and not all(self.is_drag(QPointF(*end), point) for end in ends)

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is None:
            return
        if self._is_polygon:
            self._show(point)
        else:
            self._points.append((point.x(), point.y()))
            self._show()

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, polygon = self._start, self._is_polygon
        if start is None:
            return
        if polygon:
            if self.is_drag(start, point):
                self._points[-1] = (point.x(), point.y())
            return
        if len(self._points) < 3:
            self._drop()
            self.context.app.verbs.perform("selection.set", mask=None, step=message("step.deselect"))
            return
        self._finish()

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._is_polygon and self._points:
            self._show(point)

    def _finish(self) -> None:
        points, how, step = self._points, self._combine, message("step.select_lasso")
        self._drop()
        if len(points) < 3:
            return
        if self.tighten.isChecked():
            request = SelectionRequest(how, self.selection, step, lasso=tuple(points))
            self.prompting.prompt(request)
        else:
            self.finish(filled_outline(points, self.context.scene.size), how, step)

    def wants_key(self, event: QKeyEvent) -> bool:
        return bool(self._points) and self._is_polygon and event.key() == Qt.Key.Key_Backspace

    def key_press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if not self._points or not self._is_polygon:
            return super().key_press(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
            return True
        if key == Qt.Key.Key_Escape:
            self._drop()
            return True
        if key == Qt.Key.Key_Backspace:
            self._points.pop()
            if self._points:
                self._show()
            else:
                self._drop()
            return True
        return super().key_press(event)
