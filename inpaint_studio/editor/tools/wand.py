"""Magic wand: what has the colour of the pixel that is clicked, connected to it or all over the picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF
from PySide6.QtWidgets import QCheckBox, QWidget

from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.basics import Mask, message
from inpaint_studio.document import Change
from inpaint_studio.editor.tools.base import Modifiers, ToolContext
from inpaint_studio.editor.tools.selecting import SelectingTool
from inpaint_studio.editor.widgets import LabelledSlider
from inpaint_studio.studio.selections import Combine, combined

if TYPE_CHECKING:
    from inpaint_studio.document import Document

_TOLERANCE = 20.0


class WandTool(SelectingTool):
    """The last click is answered anew, in the same step, when tolerance or connection change after it."""

    name, title, icon, key = "wand", "Magic wand", "wand", "U"
    hint = "Click a colour; the slider says how much like it. Shift adds, Alt takes away, Enter lifts."

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self.tolerance = LabelledSlider("Tolerance", 0, 100, value=_TOLERANCE, curve=1.6)
        self.tolerance.setFixedWidth(216)
        self.tolerance.setToolTip("How far colours may be from the one clicked")
        self.connected = QCheckBox("Connected")
        self.connected.setChecked(True)
        self.connected.setToolTip("Only what hangs together with the click; else the colour everywhere")
        self._last: tuple[QPointF, Combine, Mask | None, str] | None = None
        self._made: Mask | None = None
        self.tolerance.changed.connect(self._again)
        self.connected.toggled.connect(self._again)

    def options(self) -> list[QWidget]:
        return [self._how, self.tolerance, self.connected]

    def activate(self) -> None:
        super().activate()
        self._last = None
        self.while_active(self.context.app.workspace.changed, self._follow)

    def _follow(self, change: Change) -> None:
        if change.canvas or (change.selection and self.selection is not self._made):
            # Undone, or selected in another way: there is nothing to answer anew.
            self._last = None

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        width, height = self.context.scene.size
        if 0 <= point.x() < width and 0 <= point.y() < height:
            self._last = point, self.how(modifiers), self.selection, new_merge_key("wand")
            self._again()

    def _again(self, _value: object = None) -> None:
        if self._last is None or self.context.app.document is None:
            return
        point, *_ = last = self._last
        job = self.context.opened.selecting.similar(
            point.x(), point.y(), self.tolerance.value, connected=self.connected.isChecked()
        )
        job.finished.connect(partial(self._select, self.context.app.document, last))
        job.failed.connect(self.context.app.notices.fail)

    def _select(
        self, document: Document, last: tuple[QPointF, Combine, Mask | None, str], mask: Mask
    ) -> None:
        if document is not self.context.app.document or last is not self._last:
            return
        _, how, before, key = last
        made = combined(before, mask, how)
        self._made = made if made else None
        self.context.app.verbs.perform(
            "selection.set", merge_key=key, mask=made, step=message("step.select_colour")
        )
