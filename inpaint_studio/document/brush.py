"""Painting on a mask: dabs along a stroke, in the pixels of the layer's source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Box, Mask, intersect_boxes, unite_boxes

if TYPE_CHECKING:
    from inpaint_studio.document.transform import Transform

_SPACING = 0.2
"""Distance of dabs as a part of the radius; closer shows no difference in coverage."""


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
        self._origin = (inside.x, inside.y)
        self._pixels = inside.crop.copy()
        self._last: NDArray[np.float64] | None = None
        self.touched: Box = (0, 0, 0, 0)

    def _reach(self) -> NDArray[np.int64]:
        """Half width and height of a dab in source pixels."""
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

    def _dab(self, centre: NDArray[np.float64]) -> Box:
        reach = self._reach()
        left, top = (np.floor(centre).astype(np.int64) - reach).tolist()
        size = (2 * reach + 1).tolist()
        box = intersect_boxes((left, top, size[0], size[1]), self._bounds)
        if not (box[2] and box[3]):
            return 0, 0, 0, 0
        self._make_room(box)
        x, y, w, h = box
        across = (np.arange(x, x + w) + 0.5 - centre[0]).astype(np.float32)
        down = (np.arange(y, y + h) + 0.5 - centre[1]).astype(np.float32)[:, None]
        m = self._to_canvas.astype(np.float32)
        distance = np.hypot(m[0, 0] * across + m[0, 1] * down, m[1, 0] * across + m[1, 1] * down)
        # At least one pixel of slope, so that a hard brush has a smooth edge.
        soft = max(self._radius * (1 - self._hardness), 1.0)
        cover = (np.clip((self._radius + 0.5 - distance) / soft, 0, 1) * 255).astype(np.uint8)
        ox, oy = self._origin
        part = self._pixels[y - oy : y - oy + h, x - ox : x - ox + w]
        part[:] = np.maximum(part, cover) if self._adding else np.minimum(part, 255 - cover)
        return box

    def to(self, x: float, y: float) -> Box:
        """Continues the stroke to a canvas point; returns the touched box in source pixels."""
        point = self._to_source[:, :2] @ (x, y) + self._to_source[:, 2]
        start = point if self._last is None else self._last
        way = self._to_canvas @ (point - start)
        steps = int(np.hypot(way[0], way[1]) // max(1.0, self._radius * _SPACING))
        box: Box = (0, 0, 0, 0)
        if self._last is None or steps:
            for i in range(1, max(1, steps) + 1):
                box = unite_boxes((box, self._dab(start + (point - start) * i / max(1, steps))))
            self._last = point
        self.touched = unite_boxes((self.touched, box))
        return box

    def mask(self) -> Mask:
        """The mask as painted so far."""
        return Mask.place(self._pixels, *self._origin)
