"""What tools that make selections share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QPainterPath
from PySide6.QtWidgets import QWidget

from inpaint_studio.basics import Mask
from inpaint_studio.editor.canvas.floating import FloatingHint
from inpaint_studio.editor.canvas.masks import OutlineItem
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.tools.base import Modifiers, Tool, ToolContext
from inpaint_studio.editor.tools.options import COMBINE, Choice
from inpaint_studio.studio.selections import Combine, combined

if TYPE_CHECKING:
    from inpaint_studio.app.prompting import Prompting

_OTHERS = {Qt.Key.Key_Period: 1, Qt.Key.Key_Comma: -1}


class SelectingTool(Tool):
    """How a new selection joins the old, a line that is drawn, Enter lifts, Esc drops."""

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._how = Choice(COMBINE)
        self._rubber = OutlineItem()
        self._rubber.setZValue(TOOL_Z)
        self._rubber.marching = False
        self._rubber.setVisible(False)
        context.scene.addItem(self._rubber)
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
        document = self.context.app.document
        return document.state.selection if document is not None else None

    def finish(self, mask: Mask, how: Combine, name: str) -> None:
        self._rubber.set_path(QPainterPath())
        self.context.app.verbs.perform("selection.set", mask=combined(self.selection, mask, how), step=name)

    def deactivate(self) -> None:
        super().deactivate()
        self._start = None
        self._rubber.set_path(QPainterPath())

    def lift(self) -> bool:
        """Lifts the selection; False if there is none."""
        if self.selection is None:
            return False
        self.context.app.verbs.ask("selection.lift")
        return True

    def key_press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.lift()
        if key == Qt.Key.Key_Escape:
            if self._start is not None:
                self._start = None
                self._rubber.set_path(QPainterPath())
                return True
            if self.selection is not None:
                self.context.app.verbs.perform("selection.drop")
                return True
        return False


class PromptingTool(SelectingTool):
    """What tools share that ask an engine what is meant: its other answers, and waiting for a sharp one."""

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._others: FloatingHint | None = None

    @property
    def prompting(self) -> Prompting:
        return self.context.opened.prompting

    def activate(self) -> None:
        super().activate()
        self.while_active(self.prompting.changed, self._show_others)
        self.prompting.resume(self._select)

    def deactivate(self) -> None:
        self.prompting.pause()
        super().deactivate()

    def _select(self, mask: Mask, step: str, merge_key: str) -> None:
        self.context.app.verbs.perform("selection.set", merge_key=merge_key, mask=mask, step=step)

    def _show_others(self) -> None:
        """Says how many answers there are, if more than one."""
        answer = self.prompting.answer
        many = answer is not None and not self.prompting.waiting and len(answer.proposals) > 1
        if self._others is None:
            if not many:
                return
            self._others = FloatingHint(self.context.view)
            self._others.clicked.connect(self._next_answer)
        if answer is None or not many:
            self._others.hide()
        else:
            self._others.show_text(
                f"{answer.chosen + 1} of {len(answer.proposals)}  ·  press “.” for another",
                "Object, part or group: “.” shows the next, “,” the one before",
            )

    def _next_answer(self) -> None:
        self.prompting.choose(1)

    def lift(self) -> bool:
        if not self.prompting.busy:
            return super().lift()
        self.prompting.when_done(partial(self.context.app.verbs.ask, "selection.lift"))
        return True

    def key_press(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._start is None and self.prompting.waiting:
            self.prompting.drop_request()
            return True
        step = _OTHERS.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers():
            return self.prompting.choose(step)
        return super().key_press(event)


def box_path(a: QPointF, b: QPointF) -> QPainterPath:
    """The rectangle between two corners."""
    path = QPainterPath()
    path.addRect(QRectF(a, b).normalized())
    return path
