"""Brush and eraser: paint on the mask of a cutout, on the backdrop a selection."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from inpaint_studio.basics import Mask, message
from inpaint_studio.document.brush import Stroke
from inpaint_studio.document.transform import reach
from inpaint_studio.editor.tools.base import Modifiers
from inpaint_studio.editor.tools.mask_painting import MaskPaintingTool
from inpaint_studio.editor.tools.paint import TwoWayTool


class MaskTool(MaskPaintingTool, TwoWayTool):
    name, title, icon, key = "mask", "Mask brush", "mask-brush", "B"
    hint = "Paint to add to the object, X or Alt takes away. On the backdrop it paints a selection."
    starts_with: ClassVar[str] = "add"

    def activate(self) -> None:
        super().activate()
        if self.starts_with != self._mode.value:
            self._mode.choose(self.starts_with)

    def options(self) -> list[QWidget]:
        return [self._mode, *super().options()]

    def begin(self, modifiers: Modifiers) -> Stroke | None:
        layer = self.cutout()
        adding, hardness = self.adding(modifiers), self.brush.hardness
        if layer is None or layer.mask is None:
            self._layer = None
            start = self.context.opened.document.state.selection or Mask.empty()
            size, radius = self.context.scene.size, self.brush.radius
            return Stroke(start, size, radius=radius, hardness=hardness, adding=adding)
        if self.refuses(layer):
            return None
        self._layer = layer
        return self.stroke_on(layer, layer.mask, hardness=hardness, adding=adding)

    def show_stroke(self, mask: Mask) -> None:
        if self._layer is None:
            self.context.scene.show_selection(mask, outlined=False)
            return
        transform = self._layer.transform
        self.context.scene.preview_mask(self._layer, mask, reach(transform, self._touched))
        self.mask_view.show(self._layer, mask, painting=True)

    def commit(self, mask: Mask) -> None:
        layer, self._layer = self._layer, None
        if layer is None:
            self.context.app.verbs.perform("selection.set", mask=mask, step=message("step.paint_selection"))
            return
        self.context.app.verbs.perform("layer.mask", layer=layer.id, mask=mask)

    def _clear(self) -> None:
        self.context.scene.refresh_selection()
        self.context.scene.end_preview()
        super()._clear()


class EraserTool(MaskTool):
    name, title, icon, key = "eraser", "Eraser", "eraser", "E"
    hint = "Paint to take away from the object, X or Alt adds. On the backdrop it paints a selection."
    starts_with = "subtract"
