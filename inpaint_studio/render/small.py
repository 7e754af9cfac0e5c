"""A layer seen from far: its small picture without making the large one first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.mask import Array, Box, Mask, intersect_boxes
from inpaint_studio.document.plates import parts
from inpaint_studio.render.compositor import shrunk
from inpaint_studio.render.rasters import layer_picture

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Part, Snapshot

_SAMPLES = 4
"""Pixels looked at along each side of a pixel of the small picture."""


class _Grid:
    """Every `step`-th pixel of a box, row by row."""

    def __init__(self, box: Box, step: int) -> None:
        self.box, self.step = box, step
        self.shape = -(-box[3] // step), -(-box[2] // step)

    def paste(self, out: Array, crop: Array, box: Box, where: Array | None = None) -> None:
        """Puts the grid's pixels of a crop that lies at `box` into `out`, of the grid's shape."""
        x, y, w, h = intersect_boxes(self.box, box)
        if not (w and h):
            return
        left, top = -(-(x - self.box[0]) // self.step), -(-(y - self.box[1]) // self.step)
        first_x = self.box[0] + left * self.step - box[0]
        first_y = self.box[1] + top * self.step - box[1]
        bottom, right = y + h - box[1], x + w - box[0]
        part = crop[first_y : bottom : self.step, first_x : right : self.step]
        target = out[top : top + part.shape[0], left : left + part.shape[1]]
        if where is None:
            target[...] = part
        else:
            chosen = where[top : top + part.shape[0], left : left + part.shape[1]] > 0
            np.copyto(target, part, where=chosen[..., None])

    def cover(self, mask: Mask) -> Array:
        """The grid's pixels of a mask."""
        out = np.zeros(self.shape, np.uint8)
        self.paste(out, mask.crop, mask.box)
        return out


def _pixels(snapshot: Snapshot, layer: Layer, grid: _Grid) -> Array:
    """The grid's pixels of a layer's plate, as `render.rasters.plate` makes them; straight RGBA."""
    height, width = layer.source.shape[:2]
    out = np.full((*grid.shape, 4), 255, np.uint8)
    rgb = out[..., :3]
    grid.paste(rgb, layer.source, (0, 0, width, height))
    if layer.colours is not None:
        grid.paste(rgb, layer.colours.crop, layer.colours.box)
    showing = np.zeros(grid.shape, np.uint8)
    resting = snapshot.state.tree.at_home
    for hole in layer.holes:
        if hole.owner not in resting:
            np.maximum(showing, grid.cover(hole.mask), out=showing)
    for part in parts(snapshot.state.tree, layer) if showing.any() else ():
        for patch, mask in snapshot.fills.showing(part):
            where = np.minimum(np.minimum(showing, grid.cover(part.mask)), grid.cover(mask))
            grid.paste(rgb, patch.crop, patch.box, where)
    if layer.mask is not None:
        out[..., 3] = grid.cover(layer.mask)
    return out


def small_picture(snapshot: Snapshot, layer: Layer, size: int) -> Array:
    """One layer with its longer side at most `size`: straight RGBA uint8, in the document's profile.

    Averages at most four by four samples a pixel, so that it takes as long for a photo of any size.
    """
    _, _, width, height = box = layer.source_box
    step = max(width, height) // (_SAMPLES * size)
    if step > 1 and layer.transform.whole_shift is not None:
        return shrunk(_pixels(snapshot, layer, _Grid(box, step)), size)
    _, _, pixels = layer_picture(snapshot, layer)
    return shrunk(pixels if pixels.size else np.zeros((1, 1, 4), np.uint8), size)


def fill_picture(snapshot: Snapshot, layer: Layer, part: Part, size: tuple[int, int]) -> Array:
    """A part with its fill, whether its hole is open or not, and what lies around it: straight RGBA uint8.

    In the proportions of `size` (width, height) where the layer is large enough.
    """
    height, width = layer.source.shape[:2]
    box = _around(part.mask.box, size[0] / size[1], width, height)
    grid = _Grid(box, max(1, max(box[2] // (2 * size[0]), box[3] // (2 * size[1]))))
    out = _pixels(snapshot, layer, grid)
    patch = snapshot.fills.get(part.key)
    if patch is not None:
        grid.paste(out[..., :3], patch.crop, patch.box, grid.cover(part.mask))
    return shrunk(out, max(size))


def _around(box: Box, proportion: float, width: int, height: int) -> Box:
    """A box with a third more around it, widened to a proportion, inside a width × height picture."""
    x, y, w, h = box
    wide, high = w * 1.33 + 8, h * 1.33 + 8
    wide, high = (
        min(width, round(max(wide, high * proportion))),
        min(height, round(max(high, wide / proportion))),
    )
    left = min(max(0, x + w // 2 - wide // 2), width - wide)
    top = min(max(0, y + h // 2 - high // 2), height - high)
    return left, top, wide, high
