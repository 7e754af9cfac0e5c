"""A layer's pixels with alpha multiplied in, made smaller by area averaging where it is shown small."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike, NDArray

from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype, full
from inpaint_studio.render.layer_cache import kept
from inpaint_studio.render.plates import Samples, coverage, plate

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Snapshot

_FULL = 255 * 255 >> 1
"""Full alpha in uint16: the cubic kernel may overshoot to twice as much."""
_MOST_SAMPLES = 3
"""Pixels looked at along each side of a halved one: 2 to the power of this."""
_AT_ONCE = 1 << 20
"""Source pixels halved in one go."""
_ROWS = 32


@dataclass(frozen=True, slots=True)
class Axis:
    """How a layer is reduced along one axis.

    Each reduced pixel but for the last is the mean of `long` / `short` × 2^`halvings` source pixels, counted
    from `start`; `long` / `short` is between 1 and 2.
    """

    start: int
    halvings: int
    long: int
    short: int

    @property
    def scale(self) -> float:
        """Reduced pixels for a source pixel."""
        return self.short / self.long / (1 << self.halvings)

    def halved(self, first: int, length: int) -> tuple[int, int]:
        """The span of halved pixels behind a span of reduced ones."""
        start = first * self.long // self.short
        return start, -(-(first + length) * self.long // self.short) - start


def axis_for(start: int, length: int, scale: float) -> Axis:
    """The strongest reduction of a span of source pixels that does not shrink it further than `scale`."""
    if scale >= 1:
        return Axis(start, 0, max(1, length), max(1, length))
    halvings = min(int(-math.log2(max(scale, 1e-6)) + 1e-9), 16)
    block = 1 << halvings
    first = start // block * block
    long = max(1, -(-(start + length - first) // block))
    return Axis(first, halvings, long, max(1, round(long * scale * block)))


Axes = tuple[Axis, Axis]
"""Along the x and the y axis of the source."""


def is_plain(axes: Axes) -> bool:
    """Whether nothing is reduced."""
    return all(a.long == a.short and not a.halvings for a in axes)


def reduced(
    snapshot: Snapshot, layer: Layer, axes: Axes, box: Box, dtype: DTypeLike, *, keep: bool
) -> Pixels:
    """A box of reduced pixels, h×w×4 with alpha multiplied in; nothing where the layer does not reach.

    `keep` is for a layer that may be wanted at other places soon, as one that is dragged.

    For uint8 these are uint16 of 0..`_FULL`, for uint16 float32 of 0..65535.
    """
    whole = (0, 0, axes[0].short, axes[1].short)
    x, y, w, h = wanted = intersect_boxes(whole, box)
    if w and h:

        def make(part: Box) -> Pixels:
            return _averaged(snapshot, layer, axes, part, dtype, keep)

        key = ("reduced", axes) if keep and any(a.long != a.short for a in axes) else None
        made = kept(snapshot, layer, key, whole, wanted, make, dtype)
        if wanted == box:
            return made
        out = np.zeros((box[3], box[2], 4), _work(dtype))
        out[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w] = made
        return out
    return np.zeros((box[3], box[2], 4), _work(dtype))


def _work(dtype: DTypeLike) -> DTypeLike:
    return np.uint16 if np.dtype(dtype) == np.uint8 else np.float32


# From halved to reduced


def _averaged(snapshot: Snapshot, layer: Layer, axes: Axes, box: Box, dtype: DTypeLike, keep: bool) -> Pixels:
    """A box of reduced pixels that lies within them."""
    import cv2

    (left, width), (top, height) = axes[0].halved(box[0], box[2]), axes[1].halved(box[1], box[3])
    pixels = _halved(snapshot, layer, axes, (left, top, width, height), dtype, keep)
    if all(a.long == a.short for a in axes):
        return pixels
    out: NDArray[np.float32] = pixels.astype(np.float32, copy=False)
    if axes[1].long != axes[1].short:
        out = _mean(out, axes[1], box[1], box[3], top)
    if axes[0].long != axes[0].short:
        # As rows, which lie together in memory.
        columns = np.asarray(cv2.transpose(out), np.float32)
        out = np.asarray(cv2.transpose(_mean(columns, axes[0], box[0], box[2], left)), np.float32)
    return np.rint(out).astype(np.uint16) if np.dtype(dtype) == np.uint8 else out


def _mean(rows: NDArray[np.float32], axis: Axis, first: int, length: int, offset: int) -> NDArray[np.float32]:
    """Means over `long` / `short` rows each; the first of `rows` is number `offset`.

    Each answer depends on its own number alone, so that a picture looks the same in whatever box it is made.
    """
    begin = np.arange(first, first + length, dtype=np.int64) * axis.long
    whole, part = begin // axis.short, (begin % axis.short) / axis.short
    ratio = axis.long / axis.short
    out = np.zeros((length, *rows.shape[1:]), np.float32)
    for tap in range(3):
        cover = np.clip(part + ratio - tap, 0, 1) - (part if tap == 0 else 0)
        weights = (cover / ratio).astype(np.float32)[:, None, None]
        at = np.minimum(whole - offset + tap, len(rows) - 1)
        # In pieces that stay near the processor.
        for start in range(0, length, _ROWS):
            piece = np.s_[start : start + _ROWS]
            if cover[piece].max() > 1e-9:
                out[piece] += rows[at[piece]] * weights[piece]
    return out


# From the source to halved


def _halved(snapshot: Snapshot, layer: Layer, axes: Axes, box: Box, dtype: DTypeLike, keep: bool) -> Pixels:
    """A box of halved pixels that lies within them."""
    whole = (0, 0, axes[0].long, axes[1].long)
    halvings = axes[0].halvings, axes[1].halvings

    def make(part: Box) -> Pixels:
        return _bands(snapshot, layer, axes, part, dtype)

    key = ("halved", halvings) if keep and any(halvings) else None
    return kept(snapshot, layer, key, whole, box, make, dtype)


def _bands(snapshot: Snapshot, layer: Layer, axes: Axes, box: Box, dtype: DTypeLike) -> Pixels:
    """Halved pixels made in bands: what lies behind them may be a hundred times as large."""
    x, y, w, h = box
    out = np.empty((h, w, 4), _work(dtype))
    rows = max(1, _AT_ONCE // (w << (axes[0].halvings + axes[1].halvings)))
    for top in range(0, h, rows):
        high = min(rows, h - top)
        out[top : top + high] = _band(snapshot, layer, axes, (x, y + top, w, high), dtype)
    return out


def _band(snapshot: Snapshot, layer: Layer, axes: Axes, box: Box, dtype: DTypeLike) -> Pixels:
    import cv2

    (x, w), (y, h) = (
        (a.start + (at << a.halvings), size << a.halvings)
        for a, at, size in zip(axes, box[:2], box[2:], strict=True)
    )
    step = 1 << max(0, min(a.halvings for a in axes) - _MOST_SAMPLES)
    if layer.mask is None:
        return _opaque(snapshot, layer, (x, y, w, h), box[2:], step, dtype)
    samples = Samples((x, y, w, h), step)
    colours = plate(snapshot, layer, samples.box, step=step, dtype=dtype)
    pixels = _multiplied(colours, coverage(snapshot, layer, samples, dtype), dtype)
    return np.asarray(cv2.resize(pixels, box[2:], interpolation=cv2.INTER_AREA))


def _opaque(
    snapshot: Snapshot, layer: Layer, box: Box, size: tuple[int, int], step: int, dtype: DTypeLike
) -> Pixels:
    """A box of the source of a layer without mask as so many reduced pixels; alpha counts at the ends."""
    import cv2

    height, width = layer.source.shape[:2]
    inside = intersect_boxes(box, (0, 0, width, height))
    colours = plate(snapshot, layer, inside, step=step, dtype=dtype)
    missing = box[3] // step - colours.shape[0], box[2] // step - colours.shape[1]
    if any(missing):
        colours = cv2.copyMakeBorder(colours, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)
    small = np.asarray(cv2.resize(colours, size, interpolation=cv2.INTER_AREA))
    covers = []
    for start, length, count, end in (
        (box[0], box[2], size[0], width),
        (box[1], box[3], size[1], height),
    ):
        block = length // count
        covers.append(np.clip((end - start - block * np.arange(count)) / block, 0, 1))
    cover = np.rint(np.outer(covers[1], covers[0]) * 255).astype(np.uint8)
    return _multiplied(small, cover, dtype)


def _multiplied(colours: Pixels, cover: Pixels, dtype: DTypeLike) -> Pixels:
    """Colours with their coverage as alpha, multiplied in, as `reduced` has them."""
    import cv2

    cover, most = as_dtype(cover, dtype), full(dtype)
    pixels = cv2.cvtColor(colours, cv2.COLOR_RGB2RGBA)
    if np.dtype(dtype) == np.uint8:
        made = np.multiply(pixels, cv2.merge([cover] * 4), dtype=np.uint16)
        made >>= 1
        return np.asarray(made)
    return np.asarray(cv2.multiply(pixels, cv2.merge([cover] * 4), scale=1 / most, dtype=cv2.CV_32F))


def straight(pixels: Pixels, dtype: DTypeLike) -> tuple[Pixels, Pixels]:
    """Colours h×w×3 and alpha h×w of pixels as `reduced` has them."""
    import cv2

    eight = np.dtype(dtype) == np.uint8
    alpha = np.ascontiguousarray(pixels[..., 3])
    # By the alpha as interpolated: at an edge the cubic kernel overshoots in both alike.
    divisor = cv2.merge([np.maximum(alpha, alpha.dtype.type(1 if eight else 1e-3))] * 3)
    kind, most = (cv2.CV_8U, 255) if eight else (cv2.CV_16U, 65535)
    colours = cv2.divide(np.ascontiguousarray(pixels[..., :3]), divisor, scale=most, dtype=kind)
    cover = cv2.convertScaleAbs(alpha, alpha=255 / _FULL) if eight else np.rint(np.clip(alpha, 0, most))
    return np.asarray(colours), np.asarray(cover).astype(dtype, copy=False)
