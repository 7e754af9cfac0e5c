"""One layer as pixels on the canvas: its plate cut out by its mask, through its transform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike, NDArray

from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels, full
from inpaint_studio.document.transform import transformed_box
from inpaint_studio.render.layer_cache import kept
from inpaint_studio.render.plates import Samples, coverage, plate
from inpaint_studio.render.reduction import Axes, axis_for, is_plain, reduced, straight

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Snapshot

Matrix = NDArray[np.float64]

_BITS = 10
"""Places are told in 1/2¹⁰ pixel from the layer's corner: so a pixel looks the same in whatever box it is
drawn, and in 32 bits of float there is room for 2¹³ pixels beside."""
_LANES = 64
"""OpenCV rounds otherwise in the columns left over at the end of a row; in whole lots of these none are."""
_KERNEL = 2
"""Pixels on each side that the cubic kernel mixes in."""
_EXACT = 1e-7


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels of a level: 2^`level` canvas pixels a side, counted from `corner` of the canvas."""

    corner: tuple[int, int] = (0, 0)
    level: int = 0

    def around(self, box: Box) -> Box:
        """The pixels of the grid around a box of canvas pixels."""
        size = 1 << self.level
        x, y = box[0] - self.corner[0], box[1] - self.corner[1]
        left, top = x // size, y // size
        return left, top, -(-(x + box[2]) // size) - left, -(-(y + box[3]) // size) - top

    def canvas(self, box: Box) -> Box:
        """The canvas pixels of a box of the grid."""
        size = 1 << self.level
        x, y, w, h = (v * size for v in box)
        return x + self.corner[0], y + self.corner[1], w, h

    def matrix(self, layer: Layer) -> Matrix:
        """2×3, from the layer's source to the grid."""
        made = layer.transform.matrix()
        made[:, 2] -= self.corner
        return made / (1 << self.level)

    def bounds(self, layer: Layer) -> Box:
        """Where a layer lies."""
        return self.around(transformed_box(layer.transform, layer.source_box))


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Pixels of a layer on a grid, straight: `rgb` h×w×3 and `alpha` h×w, both of one dtype."""

    box: Box
    rgb: Pixels
    alpha: Pixels | None
    """None: opaque everywhere."""


def layer_raster(snapshot: Snapshot, layer: Layer, grid: Grid, box: Box, dtype: DTypeLike) -> Raster:
    """The part of a layer that shows inside a box of a grid, without its opacity and blend mode."""
    bounds = grid.bounds(layer)
    wanted = intersect_boxes(bounds, box)
    if not (wanted[2] and wanted[3]):
        return Raster(wanted, np.zeros((wanted[3], wanted[2], 3), dtype), None)
    matrix = grid.matrix(layer)
    axes = _axes(layer, matrix)
    start = np.array([axes[0].start, axes[1].start])
    linear = matrix[:, :2] / (axes[0].scale, axes[1].scale)
    smaller = np.column_stack([linear, matrix[:, 2] + matrix[:, :2] @ start])
    shift = _whole_shift(smaller)
    if shift is None:
        return _warped(snapshot, layer, axes, smaller, bounds, wanted, dtype)
    if is_plain(axes):
        shift = shift[0] - axes[0].start, shift[1] - axes[1].start
        return _in_place(snapshot, layer, shift, wanted, dtype)
    x, y, w, h = wanted
    # Drawn once where it lies: the canvas keeps that.
    pixels = reduced(snapshot, layer, axes, (x - shift[0], y - shift[1], w, h), dtype, keep=False)
    return _raster(wanted, pixels, dtype)


def _axes(layer: Layer, matrix: Matrix) -> Axes:
    across, down = np.hypot(matrix[0, :2], matrix[1, :2]).tolist()
    x, y, w, h = layer.source_box
    return axis_for(x, w, across), axis_for(y, h, down)


def _whole_shift(matrix: Matrix) -> tuple[int, int] | None:
    """The shift of a mapping that does nothing else, in whole pixels."""
    x, y = np.rint(matrix[:, 2]).tolist()
    plain = np.array([[1, 0, x], [0, 1, y]])
    return (int(x), int(y)) if np.abs(matrix - plain).max() < _EXACT else None


def _in_place(
    snapshot: Snapshot, layer: Layer, shift: tuple[int, int], wanted: Box, dtype: DTypeLike
) -> Raster:
    own = (wanted[0] - shift[0], wanted[1] - shift[1], wanted[2], wanted[3])
    rgb = plate(snapshot, layer, own, dtype=dtype)
    if layer.mask is None:
        return Raster(wanted, rgb, None)
    return Raster(wanted, rgb, coverage(snapshot, layer, Samples(own), dtype))


def _raster(box: Box, pixels: Pixels, dtype: DTypeLike) -> Raster:
    rgb, alpha = straight(pixels, dtype)
    return Raster(box, rgb, None if alpha.min() == full(dtype) else alpha)


def _warped(
    snapshot: Snapshot, layer: Layer, axes: Axes, matrix: Matrix, bounds: Box, wanted: Box, dtype: DTypeLike
) -> Raster:
    """A layer that is turned, scaled or moved by parts of a pixel; `matrix` is from reduced pixels.

    Drawn about its own corner, so that a layer dragged by whole pixels looks the same and is found again.
    """
    steps = np.rint(matrix[:, 2] * (1 << _BITS)).astype(np.int64)
    left, top = (int(step) for step in steps >> _BITS)
    own = np.column_stack([matrix[:, :2], (steps & ((1 << _BITS) - 1)) / (1 << _BITS)])

    def make(box: Box) -> Pixels:
        return _warp(snapshot, layer, axes, own, box, dtype)

    whole = (bounds[0] - left, bounds[1] - top, bounds[2], bounds[3])
    part = (wanted[0] - left, wanted[1] - top, wanted[2], wanted[3])
    pixels = kept(snapshot, layer, ("warped", axes, own.tobytes(), whole), whole, part, make, dtype)
    rgb, alpha = pixels[..., :3], pixels[..., 3]
    return Raster(wanted, rgb, None if alpha.min() == full(dtype) else alpha)


def _warp(snapshot: Snapshot, layer: Layer, axes: Axes, matrix: Matrix, box: Box, dtype: DTypeLike) -> Pixels:
    """A box of a layer through a matrix, straight RGBA."""
    import cv2

    back = _inverse(matrix)
    left, right = box[0] // _LANES * _LANES, -(-(box[0] + box[2]) // _LANES) * _LANES
    wide = (left, box[1], right - left, box[3])
    # Of what is beside the box nothing is kept: its pixels may come from beyond the border.
    need = _behind(back, box)
    x, y, _, _ = have = intersect_boxes(need, (-1, -1, axes[0].short + 2, axes[1].short + 2))
    if not (have[2] and have[3]):
        return np.zeros((box[3], box[2], 4), dtype)
    pixels = reduced(snapshot, layer, axes, have, dtype, keep=True)
    across, down = _places(back, wide, (x, y))
    out = cv2.remap(pixels, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    inside = np.asarray(out)[:, box[0] - left : box[0] - left + box[2]]
    return np.dstack(straight(inside, dtype))


def _inverse(matrix: Matrix) -> Matrix:
    linear = np.linalg.inv(matrix[:, :2])
    return np.hstack([linear, -linear @ matrix[:, 2:]])


def _behind(back: Matrix, box: Box) -> Box:
    """The reduced pixels that a box of the grid is mixed from."""
    x, y, w, h = box
    corners = np.array([[x, y, 1], [x + w, y, 1], [x, y + h, 1], [x + w, y + h, 1]]) @ back.T
    left, top = np.floor(corners.min(axis=0)).astype(int) - _KERNEL
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + _KERNEL
    return int(left), int(top), int(right - left), int(bottom - top)


def _places(back: Matrix, box: Box, corner: tuple[int, int]) -> list[NDArray[np.float32]]:
    """Where each pixel of a box comes from: x and y, h×w each, as cv2.remap takes them, from `corner`."""
    x, y, w, h = box
    columns, rows = np.arange(x, x + w) + 0.5, np.arange(y, y + h) + 0.5
    places = []
    for axis in (0, 1):
        across = _fixed(back[axis, 0] * columns)
        # OpenCV's pixel centres lie on whole numbers, ours at .5.
        down = _fixed(back[axis, 1] * rows + back[axis, 2] - 0.5) - (corner[axis] << _BITS)
        at = across.astype(np.int32)[None] + down.astype(np.int32)[:, None]
        places.append(at.astype(np.float32) * np.float32(1 / (1 << _BITS)))
    return places


def _fixed(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.rint(numbers * (1 << _BITS)), np.int64)
