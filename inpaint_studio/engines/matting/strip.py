"""Small tiles along an edge: time follows the length of the outline and not the area of the object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import Floats

TILE, RIM = 24, 2
"""Side of a tile, and how far it looks beyond its side: twice the radius of a matting window."""
_SIDE = TILE + 2 * RIM
_AT_ONCE = 1 << 15
"""Packed pixels that are worked on together: twenty planes of them lie in the processor's own memory."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Tiles along the unknown pixels, packed into one picture so that OpenCV filters them together.

    `where` (rows × columns) holds the flat index in the crop of each packed pixel; `own` the packed
    positions of the unknown pixels; `slot` (rows × columns) each packed pixel's number among the
    unknown ones, or their count for a known pixel.
    """

    where: NDArray[np.intp]
    own: NDArray[np.intp]
    slot: NDArray[np.intp]
    width: int

    @classmethod
    def along(cls, unknown: NDArray[np.bool_]) -> Strip:
        height, width = unknown.shape
        rows, cols = -(-height // TILE), -(-width // TILE)
        padded = np.zeros((rows * TILE, cols * TILE), np.bool_)
        padded[:height, :width] = unknown
        ty, tx = np.nonzero(padded.reshape(rows, TILE, cols, TILE).any(axis=(1, 3)))
        across = max(1, int(np.sqrt(len(ty))))
        missing = -len(ty) % across
        empty = np.zeros(missing, np.bool_)
        real = np.concatenate((np.ones(len(ty), np.bool_), empty))
        ty, tx = (np.concatenate((t, np.repeat(t[:1], missing))) for t in (ty, tx))
        reach = np.arange(-RIM, TILE + RIM)
        ys, xs = ty[:, None] * TILE + reach, tx[:, None] * TILE + reach
        core = (reach >= 0) & (reach < TILE)
        mine = (core & (ys < height) & real[:, None])[:, :, None] & (core & (xs < width))[:, None, :]
        ys, xs = np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)
        where = _pack(ys[:, :, None] * width + xs[:, None, :], across)
        wanted = unknown.ravel()[where]
        own = np.flatnonzero(_pack(mine, across) & wanted)
        numbers = np.zeros(height * width, np.int32)
        numbers[where.ravel()[own]] = np.arange(len(own))
        slot = np.where(wanted, numbers[where], len(own))
        return cls(where, own, slot, width)

    def bands(self) -> Iterator[slice]:
        """Rows of the packed picture that need none of the others, few enough to stay near the processor."""
        height, width = self.where.shape
        rows = _SIDE * max(1, _AT_ONCE // (_SIDE * width))
        for top in range(0, height, rows):
            yield slice(top, min(height, top + rows))

    def take(self, picture: NDArray[Any]) -> NDArray[Any]:
        """The packed pixels of an H×W or H×W×C picture of the crop's size."""
        return np.take(picture.reshape(-1, *picture.shape[2:]), self.where, axis=0)

    def sample(self, picture: Floats, shape: tuple[int, int]) -> Floats:
        """The packed pixels of a smaller picture enlarged to the crop's shape."""
        fy, fx = picture.shape[0] / shape[0], picture.shape[1] / shape[1]
        ys, xs = np.divmod(self.where, self.width)
        map_x = ((xs + 0.5) * fx - 0.5).astype(np.float32)
        map_y = ((ys + 0.5) * fy - 0.5).astype(np.float32)
        out: Floats = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return out

    def pixels(self) -> NDArray[np.intp]:
        """Flat index in the crop of each unknown pixel."""
        return self.where.ravel()[self.own]


def _pack(tiles: NDArray[Any], across: int) -> NDArray[Any]:
    n, h, w = tiles.shape
    return tiles.reshape(n // across, across, h, w).swapaxes(1, 2).reshape(n // across * h, across * w)


def halved(picture: Array) -> Array:
    h, w = picture.shape[:2]
    size = (max(1, (w + 1) // 2), max(1, (h + 1) // 2))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
