"""The tool that paints where fills may copy from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from inpaint_studio.basics import Mask
from inpaint_studio.document.brush import Stroke
from inpaint_studio.editor.theme import color
from inpaint_studio.editor.tools.base import Desk, Modifiers
from inpaint_studio.editor.tools.options import PAINT, Brush, Choice
from inpaint_studio.editor.tools.paint import PaintingTool
from inpaint_studio.studio.selections import to_canvas

if TYPE_CHECKING:
    from inpaint_studio.document import Layer

_NO_HOLE = "There is no hole to fill; lift or remove something first."


class SamplingTool(PaintingTool):
    """Paints where the fill looked at, else those of the active layer, may copy from; shown as a tint."""

    name, title, icon, key = "sampling", "Sampling area", "sampling", "S"
    hint = "Paint what the fill may copy, X or Alt takes away; the hole is filled again when you let go."

    def __init__(self, desk: Desk, brush: Brush, parent: QObject | None = None) -> None:
        super().__init__(desk, brush, parent)
        self._mode = Choice(PAINT)
        self._anywhere = QPushButton("Copy from anywhere")
        self._anywhere.setToolTip("Forgets the painted area")
        self._anywhere.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._anywhere.clicked.connect(self._forget)
        self._layer: Layer | None = None
        self._held = False
        for told in (desk.session.changed, desk.session.fills.looked, desk.session.active_changed):
            told.connect(self._follow)

    def options(self) -> list[QWidget]:
        return [self._mode, self.brush.sliders()[0], self._anywhere]

    def activate(self) -> None:
        super().activate()
        self._held = True
        self._follow()
        if self.desk.session.fills.scope() is None:
            self.desk.session.message.emit(_NO_HOLE)

    def deactivate(self) -> None:
        self._held = False
        super().deactivate()
        self.desk.scene.refresh_selection()

    def _follow(self, _what: object = None) -> None:
        """Shows the area as it is."""
        if not self._held or self._stroke is not None:
            return
        scope = self.desk.session.fills.scope()
        sample = None if scope is None else scope.options.sample
        self._anywhere.setEnabled(sample is not None)
        self._layer = None if scope is None else scope.layer
        self.show_stroke(sample or Mask.empty())

    def begin(self, modifiers: Modifiers) -> Stroke | None:
        scope = self.desk.session.fills.scope()
        if scope is None:
            self.desk.session.message.emit(_NO_HOLE)
            return None
        self._layer = scope.layer
        height, width = scope.layer.source.shape[:2]
        adding = (self._mode.value == "add") != bool(modifiers & Modifiers.AltModifier)
        return Stroke(
            scope.options.sample or Mask.empty(),
            (width, height),
            radius=self.brush.radius,
            hardness=0.99,
            adding=adding,
            transform=scope.layer.transform,
        )

    def show_stroke(self, mask: Mask) -> None:
        shown = None
        if self._layer is not None and mask:
            shown = to_canvas(replace(self._layer, mask=mask), self.desk.scene.size)
        self.desk.scene.show_tint(shown, color("good"))

    def commit(self, mask: Mask) -> None:
        self.desk.session.fills.set_sample(mask)
        self._follow()

    def _clear(self) -> None:
        super()._clear()
        self._follow()

    def _forget(self) -> None:
        self.desk.session.fills.set_sample(None)

    def key_press(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_X and not event.modifiers():
            self._mode.choose("subtract" if self._mode.value == "add" else "add")
            return True
        return super().key_press(event)
