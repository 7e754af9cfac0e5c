"""A layer's own pixels: its source with clean colours, and its open holes filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from inpaint_studio.basics.mask import Array, Box, Mask, boxes_meet, intersect_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.document.plates import parts

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Snapshot


class Samples:
    """Every `step`-th pixel of a box, row by row; all of them for a step of 1."""

    def __init__(self, box: Box, step: int = 1) -> None:
        self.box, self.step = box, step
        self.shape = -(-box[3] // step), -(-box[2] // step)

    def paste(self, out: Pixels, crop: Pixels, box: Box, where: Array | None = None) -> None:
        """Puts the samples of a crop that lies at `box` into `out`, both of the samples' shape.

        `where` > 0 says into which of them. Numbers are converted to the dtype of `out`.
        """
        x, y, w, h = intersect_boxes(self.box, box)
        left, top = -(-(x - self.box[0]) // self.step), -(-(y - self.box[1]) // self.step)
        first_x = self.box[0] + left * self.step - box[0]
        first_y = self.box[1] + top * self.step - box[1]
        bottom, right = y + h - box[1], x + w - box[0]
        if not (w and h) or first_x >= right or first_y >= bottom:
            return
        part = as_dtype(crop[first_y : bottom : self.step, first_x : right : self.step], out.dtype)
        target = out[top : top + part.shape[0], left : left + part.shape[1]]
        if where is None:
            target[...] = part
        else:
            chosen = where[top : top + part.shape[0], left : left + part.shape[1]] > 0
            np.copyto(target, part, where=chosen[..., None])

    def cover(self, mask: Mask) -> Array:
        """The samples of a mask."""
        if self.step == 1:
            return mask.window(self.box)
        out = np.zeros(self.shape, np.uint8)
        self.paste(out, mask.crop, mask.box)
        return out


def plate(
    snapshot: Snapshot, layer: Layer, box: Box, *, step: int = 1, dtype: DTypeLike = np.uint8
) -> Pixels:
    """The layer's own pixels inside a box of its source, open holes filled: h×w×3, a new array.

    Only every `step`-th of them, from the box's corner.
    """
    samples = Samples(box, step)
    out = np.zeros((*samples.shape, 3), dtype)
    samples.paste(out, layer.source, (0, 0, layer.source.shape[1], layer.source.shape[0]))
    if layer.colours is not None:
        samples.paste(out, layer.colours.crop, layer.colours.box)
    resting = snapshot.state.tree.at_home if layer.holes else frozenset()
    shown = [h.mask for h in layer.holes if h.owner not in resting and boxes_meet(h.mask.box, box)]
    if not shown:
        return out
    showing = samples.cover(shown[0])
    for mask in shown[1:]:
        np.maximum(showing, samples.cover(mask), out=showing)
    for part in parts(snapshot.state.tree, layer):
        if boxes_meet(part.mask.box, box):
            here = np.minimum(showing, samples.cover(part.mask))
            for patch, mask in snapshot.fills.showing(part):
                samples.paste(out, patch.crop, patch.box, np.minimum(here, samples.cover(mask)))
    return out
