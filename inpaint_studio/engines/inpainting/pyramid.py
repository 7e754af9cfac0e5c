"""Coarser and coarser versions of a crop in which hidden pixels never mix into their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from inpaint_studio.basics import Progress

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A crop at one scale. The three flags are H×W bool.

    `pixels` H×W×3 uint8, 0 where not `known`; `hole` is to be painted; `known` may be compared with;
    `source` ⊂ `known` may be copied.
    """

    pixels: Array
    hole: Flags
    known: Flags
    source: Flags

    def halved(self) -> Level:
        """Half the size (even sides needed): 2×2 pixels become one, of known colours alone.

        The hole shrinks: it stays hole where nothing of it is known, and source is what has its colour from
        source pixels alone.
        """
        size = (self.hole.shape[1] // 2, self.hole.shape[0] // 2)
        counts = [_count(flags, size) for flags in (self.hole, self.known, self.source)]
        # cv2's area mean of 0-filled pixels is a quarter of the sum over the known ones.
        mean = cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        mean *= (np.float32(4) / np.maximum(counts[1], 1))[..., None]
        hole = (counts[0] > 0) & (counts[1] == 0)
        known = (counts[1] > 0) & ~hole
        pixels = np.clip(mean + 0.5, 0, 255).astype(np.uint8)
        pixels[~known] = 0
        return Level(pixels, hole, known, (counts[2] == counts[1]) & known)


def _count(flags: Flags, size: tuple[int, int]) -> Array:
    fours = flags.astype(np.uint8) * 4
    return np.asarray(cv2.resize(fours, size, interpolation=cv2.INTER_AREA), np.uint8)


def _padded(level: Level, step: int) -> Level:
    height, width = level.hole.shape
    bottom, right = -height % step, -width % step
    if not bottom and not right:
        return level
    more = ((0, bottom), (0, right))
    shown = [np.pad(part, more, mode="symmetric") for part in (level.known, level.source)]
    pixels = np.pad(level.pixels, (*more, (0, 0)), mode="symmetric")
    return Level(pixels, np.pad(level.hole, more), *shown)


def diffuse(values: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth values everywhere from values known where weights > 0 (push-pull).

    `values` H×W×C, `weights` H×W in 0..1; the result equals `values` where the weight is 1.
    After Gortler, Grzeszczuk, Szeliski, Cohen: The Lumigraph, SIGGRAPH 1996.
    """
    height, width = weights.shape
    if height * width <= 1 or bool((weights >= 1).all()):
        return values
    size = ((width + 1) // 2, (height + 1) // 2)
    small_weights = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(values * weights[..., None], size, interpolation=cv2.INTER_AREA)
    small = small.reshape(*small_weights.shape, values.shape[2])
    small = small / np.maximum(small_weights, 1e-6)[..., None]
    small = diffuse(small.astype(np.float32), np.minimum(small_weights * 4, 1).astype(np.float32))
    coarse = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    mixed = coarse + (values - coarse) * weights[..., None]
    return np.asarray(mixed, np.float32)


def diffused_pixels(pixels: Array, known: Flags) -> Array:
    """Pixels (H×W×3 uint8) with everything not known replaced by smooth surrounding colours."""
    smooth = diffuse(pixels.astype(np.float32), known.astype(np.float32))
    return np.asarray(np.clip(smooth + 0.5, 0, 255), np.uint8)


def stretched(small: Array, step: int, box: tuple[int, int, int, int]) -> Array:
    """The part `box` (x, y, width, height) of the picture whose every `step`-th pixel is in `small`."""
    x, y, width, height = box
    # Pixel (i, j) lies at (i / step, j / step) of what was picked, hence no plain resize.
    back = np.array([[1 / step, 0, x / step], [0, 1 / step, y / step]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    big = cv2.warpAffine(small, back, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(big, np.uint8)


_FEW = 30
"""Fewer hole pixels than that are too few."""


def shrinking(full: Level, thickness: float, progress: Progress) -> list[Level]:
    """Levels from full size (first) to one where the hole is at most `thickness` thick, as it shrinks.

    The thickness is half of the hole's width at its widest, in pixels. Sides are padded with mirrored pixels.
    Stops earlier where too little would be left to copy or to fill.
    """
    depth = float(cv2.distanceTransform(np.pad(full.hole, 1).view(np.uint8), cv2.DIST_L2, 3).max())
    count = max(0, int(np.ceil(np.log2(depth / thickness))))
    levels = [_padded(full, 2**count)]
    for done in range(count):
        progress.report(done / count)
        smaller = levels[-1].halved()
        if smaller.source.sum() < 200 or smaller.hole.sum() < _FEW:
            break
        levels.append(smaller)
    return levels
