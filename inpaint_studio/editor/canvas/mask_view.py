"""Shows the mask of a layer while it is painted on: its outline, tinted, or all else dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from inpaint_studio.app.view_options import MASK_COLOURS
from inpaint_studio.editor.canvas.masks import MaskOutlineItem, TintItem
from inpaint_studio.editor.canvas.stacking import OUTLINE_Z, TINT_Z
from inpaint_studio.studio.selections import placed

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Layer
    from inpaint_studio.editor.canvas.scene import Scene

_DIMMED, _DIM = QColor(0, 0, 0), 0.65
_TINT = 0.4
_QUICK = 1 << 20
"""Pixels of a mask on a turned layer that are placed anew in each frame; of a larger one when it is done."""


class MaskView:
    """One mask, in canvas pixels, over the picture. It is seen also where its layer rests at home."""

    def __init__(self, app: Application, scene: Scene) -> None:
        self._app, self._scene = app, scene
        self._tint, self.outline = TintItem(), MaskOutlineItem()
        self.outline.marching = False
        for item, z in ((self._tint, TINT_Z), (self.outline, OUTLINE_Z)):
            item.setZValue(z)
            item.setVisible(False)
            scene.addItem(item)

    @property
    def shown(self) -> Mask | None:
        """What is shown now."""
        return self.outline.mask

    @property
    def tinted(self) -> Mask | None:
        """What is tinted, or left bright, now."""
        return self._tint.mask

    def show(self, layer: Layer | None, mask: Mask | None = None, *, painting: bool = False) -> None:
        """Shows a layer's mask, or another that it will have; none for no layer.

        While it is painted, the outline of a tinted mask waits: the tint has the same edge.
        """
        mask = layer.mask if layer is not None and mask is None else mask
        if layer is None or not mask:
            self._tint.set_mask(None)
            self.outline.set_mask(None)
            return
        if painting and layer.transform.whole_shift is None and mask.crop.size > _QUICK:
            return
        shown, view = placed(mask, layer.transform, self._scene.size), self._app.view
        if view.mask_look == "tint":
            self._tint.set_mask(shown, QColor(MASK_COLOURS[view.mask_colour]), _TINT)
        elif view.mask_look == "dim":
            self._tint.set_mask(shown, _DIMMED, _DIM, (0, 0, *self._scene.size))
        else:
            self._tint.set_mask(None)
        if not painting or view.mask_look == "outline":
            self.outline.set_mask(shown)
