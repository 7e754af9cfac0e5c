"""Work on a large picture tile by tile: memory for a row of tiles, and no seams where they join."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.basics.mask import Array

Floats = NDArray[np.float32]
Work = Callable[[Array], Floats]
"""Takes h×w×3 uint8, gives h×w×3 float32 0..255."""


def in_tiles(
    image: Array, work: Work, *, side: int, overlap: int, step: int = 1, progress: Progress = NO_PROGRESS
) -> Array:
    """What `work` makes of an H×W×3 uint8 picture, asked for in tiles of at most `side` × `side` pixels.

    Neighbours share about `overlap` pixels, over which one fades into the other; the outer quarter of
    these, where a tile knows least of what surrounds it, is not used. Tiles begin at multiples of `step`, so
    that a network with strides sees each pixel as it would in the whole picture. `progress` is told before
    each tile, and may raise Cancelled.
    """
    height, width = image.shape[:2]
    tops, lefts = (starts(length, side, overlap, step) for length in (height, width))
    out = np.empty_like(image)
    above: Floats | None = None
    for row, top in enumerate(tops):
        rows: Floats = np.empty((min(side, height - top), width, 3), np.float32)
        done = 0
        for column, left in enumerate(lefts):
            progress.report((row * len(lefts) + column) / (len(tops) * len(lefts)))
            piece = work(image[top : top + side, left : left + side])
            if done:
                _fade(rows[:, left:done], piece[:, : done - left], axis=1)
            rows[:, max(left, done) : left + side] = piece[:, max(0, done - left) :]
            done = min(width, left + side)
        if above is not None:
            shared = tops[row - 1] + len(above) - top
            _fade(above[-shared:], rows[:shared], axis=0)
            rows[:shared] = above[-shared:]
        np.rint(rows, out=out[top : top + side], casting="unsafe")
        above = rows
    progress.report(1.0)
    return out


def starts(length: int, side: int, overlap: int, step: int) -> list[int]:
    """Where tiles begin along a side of a picture: spread evenly, at multiples of `step`, to its end."""
    if length <= side:
        return [0]
    count = math.ceil((length - overlap) / (side - overlap))
    last = math.ceil((length - side) / step)
    return [round(i * last / (count - 1)) * step for i in range(count)]


def _fade(old: Floats, new: Floats, axis: int) -> None:
    """Turns `old` into `new` along an axis, in place, in the middle half of what both cover."""
    length = old.shape[axis]
    rim = length // 4
    part = np.clip((np.arange(length) + 0.5 - rim) / (length - 2 * rim), 0, 1).astype(np.float32)
    old += (new - old) * part.reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
