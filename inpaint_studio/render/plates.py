"""A layer's own pixels: its source with clean colours, and its open holes filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from inpaint_studio.basics.mask import Array, Box, Mask, boxes_meet, intersect_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype, full
from inpaint_studio.document.plates import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.basics.mask import Patch
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
            np.copyto(target, part, where=chosen if target.ndim == 2 else chosen[..., None])

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
    samples.paste(out, layer.source[..., :3], _whole(layer))
    if layer.colours is not None:
        samples.paste(out, layer.colours.crop, layer.colours.box)
    for patch, where in _painted(snapshot, layer, samples):
        samples.paste(out, patch.crop[..., :3], patch.box, where)
    return out


def coverage(snapshot: Snapshot, layer: Layer, samples: Samples, dtype: DTypeLike = np.uint8) -> Pixels:
    """Samples of a layer's own alpha, h×w: its mask's, or where a hole is open that of the fill.

    Where the mask has nothing, nothing is filled either.
    """
    if layer.mask is None:
        return np.full(samples.shape, full(dtype), dtype)
    mask = samples.cover(layer.mask)
    out = as_dtype(mask, dtype)
    if np.dtype(dtype) == np.uint16 and layer.source.shape[2] == 4:
        finer = np.zeros(samples.shape, np.uint16)
        samples.paste(finer, layer.source[..., 3], _whole(layer))
        np.copyto(out, finer, where=as_dtype(finer, np.uint8) == mask)
    for patch, where in _painted(snapshot, layer, samples):
        if patch.crop.shape[2] == 4:
            out = out.copy() if out is mask else out
            samples.paste(out, patch.crop[..., 3], patch.box, np.minimum(where, mask))
    return out


def _whole(layer: Layer) -> Box:
    return 0, 0, layer.source.shape[1], layer.source.shape[0]


def _painted(snapshot: Snapshot, layer: Layer, samples: Samples) -> Iterator[tuple[Patch, Array]]:
    """What is painted into open holes, in this order, and into which samples: where > 0."""
    resting = snapshot.state.tree.at_home if layer.holes else frozenset()
    shown = [h.mask for h in layer.holes if h.owner not in resting and boxes_meet(h.mask.box, samples.box)]
    if not shown:
        return
    showing = samples.cover(shown[0])
    for mask in shown[1:]:
        np.maximum(showing, samples.cover(mask), out=showing)
    for part in parts(snapshot.state.tree, layer):
        if boxes_meet(part.mask.box, samples.box):
            here = np.minimum(showing, samples.cover(part.mask))
            for patch, mask in snapshot.fills.showing(part):
                yield patch, np.minimum(here, samples.cover(mask))
