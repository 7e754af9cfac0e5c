"""Painting on a mask along a stroke, in the pixels of the layer's source."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Box, Mask, intersect_boxes, unite_boxes

if TYPE_CHECKING:
    from inpaint_studio.document.transform import Transform

_SPACING = 0.2
"""How far the pointer must have moved before anything is painted, as a part of the radius."""
_PIECE = 4.0
"""A stroke is painted in pieces of so many radii (and as many pixels, where the brush is tiny)."""


_THINNEST = 0.05
"""Part of the radius that counts however lightly a pen is held."""


class Stroke:
    """One stroke on a mask of a width × height source.

    `radius` in canvas pixels; `hardness` 0..1 is the part of the radius with full coverage;
    `adding` False takes coverage away. Points are canvas points: they go through the inverse of
    `transform`, so that the brush is round on the canvas whatever the layer's scale and turn.
    """

    def __init__(
        self,
        mask: Mask,
        size: tuple[int, int],
        *,
        radius: float,
        hardness: float = 0.8,
        adding: bool = True,
        transform: Transform | None = None,
    ) -> None:
        self._bounds: Box = (0, 0, *size)
        inverse = np.array([[1.0, 0, 0], [0, 1, 0]]) if transform is None else transform.inverse()
        self._to_source = inverse
        self._to_canvas = np.linalg.inv(inverse[:, :2])
        # On an enlarged layer a tiny brush must still reach the middle of the pixel it is in.
        pixel = 0.75 * float(np.sqrt((self._to_canvas**2).sum(axis=0)).max())
        self._radius, self._hardness, self._adding = (
            max(0.5, pixel, radius),
            min(max(hardness, 0), 0.99),
            adding,
        )
        inside = mask.clipped(self._bounds)
        self._covered: Box = inside.box
        """The box around all coverage of a stroke that adds: looking for it anew takes as long as a dab."""
        self._origin = (inside.x, inside.y)
        self._pixels = inside.crop.copy()
        self._size = self._strength = 1.0
        self._last: NDArray[np.float64] | None = None
        self.touched: Box = (0, 0, 0, 0)

    def _reach(self) -> NDArray[np.int64]:
        """How far the brush reaches around a source point, in source pixels."""
        inverse = self._to_source[:, :2]
        reach = np.ceil((self._radius + 0.5) * np.sqrt((inverse**2).sum(axis=1)) + 1)
        return np.asarray(reach, np.int64)

    def _make_room(self, box: Box) -> None:
        x, y = self._origin
        height, width = self._pixels.shape
        have = (x, y, width, height)
        if intersect_boxes(have, box) == box:
            return
        # Half as much again on each growth, so that a long stroke copies its mask only a few times.
        margin = max(64, max(width, height) // 2)
        wide = (box[0] - margin, box[1] - margin, box[2] + 2 * margin, box[3] + 2 * margin)
        new = intersect_boxes(unite_boxes((have, wide)), self._bounds)
        pixels = np.zeros((new[3], new[2]), np.uint8)
        pixels[y - new[1] : y - new[1] + height, x - new[0] : x - new[0] + width] = self._pixels
        self._origin, self._pixels = (new[0], new[1]), pixels

    def _paint(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Box:
        """Covers all that lies near enough to a line between two source points."""
        reach = self._reach()
        left, top = (np.floor(np.minimum(start, end)).astype(np.int64) - reach).tolist()
        right, bottom = (np.floor(np.maximum(start, end)).astype(np.int64) + reach + 1).tolist()
        box = intersect_boxes((left, top, right - left, bottom - top), self._bounds)
        if not (box[2] and box[3]):
            return 0, 0, 0, 0
        self._make_room(box)
        x, y, w, h = box
        distance = self._distance(box, start, end)
        # At least one pixel of slope, so that a hard brush has a smooth edge.
        radius = self._radius * self._size
        soft = max(radius * (1 - self._hardness), 1.0)
        np.subtract(np.float32(radius + 0.5), distance, out=distance)
        np.multiply(distance, np.float32(255 / soft), out=distance)
        np.clip(distance, 0, 255, out=distance)
        if self._strength < 1:
            np.multiply(distance, np.float32(self._strength), out=distance)
        cover = distance.astype(np.uint8)
        ox, oy = self._origin
        part = self._pixels[y - oy : y - oy + h, x - ox : x - ox + w]
        if self._adding:
            np.maximum(part, cover, out=part)
            self._covered = unite_boxes((self._covered, Mask.place(cover, x, y).box))
        else:
            np.minimum(part, 255 - cover, out=part)
        return box

    def _distance(
        self, box: Box, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """How far each pixel of a box of the source lies from a line, h×w, in canvas pixels."""
        x, y, w, h = box
        across = (np.arange(x, x + w) + 0.5 - start[0]).astype(np.float32)
        down = (np.arange(y, y + h) + 0.5 - start[1]).astype(np.float32)[:, None]
        m = self._to_canvas.astype(np.float32)
        along = self._to_canvas @ (end - start)
        length = float(np.hypot(*along))
        if not length:
            return np.asarray(np.hypot(m[0, 0] * across + m[0, 1] * down, m[1, 0] * across + m[1, 1] * down))
        # Along the line and away from it.
        c, s = (along / length).astype(np.float32)
        u = (c * m[0, 0] + s * m[1, 0]) * across + (c * m[0, 1] + s * m[1, 1]) * down
        v = (c * m[1, 0] - s * m[0, 0]) * across + (c * m[1, 1] - s * m[0, 1]) * down
        u -= np.clip(u, 0, np.float32(length))
        return np.asarray(np.hypot(u, v, out=v))

    def to(self, x: float, y: float, *, size: float = 1.0, strength: float = 1.0) -> Box:
        """Continues the stroke to a canvas point; returns the touched box in source pixels.

        `size` 0..1 is how much of the radius counts from now on, `strength` 0..1 how much of the coverage.
        """
        self._size, self._strength = max(size, _THINNEST), strength
        point = self._to_source[:, :2] @ (x, y) + self._to_source[:, 2]
        start = point if self._last is None else self._last
        way = self._to_canvas @ (point - start)
        length = float(np.hypot(way[0], way[1]))
        box: Box = (0, 0, 0, 0)
        if self._last is None or length >= max(1.0, self._radius * self._size * _SPACING):
            # The box around a long line holds much that is not near it.
            pieces = 1 + int(length // (_PIECE * self._radius + _PIECE))
            corners = [start + (point - start) * i / pieces for i in range(pieces + 1)]
            for begin, end in pairwise(corners):
                box = unite_boxes((box, self._paint(begin, end)))
            self._last = point
        self.touched = unite_boxes((self.touched, box))
        return box

    def mask(self) -> Mask:
        """The mask as painted so far."""
        left, top = self._origin
        x, y, w, h = self._covered
        inside = self._pixels[y - top : y - top + h, x - left : x - left + w]
        return Mask(x, y, inside.copy()) if self._adding and inside.size else Mask.place(inside, x, y)
