"""A thin correction of a fill's colours, so that its border does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.engines.fillers.pyramid import diffuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inpaint_studio.engines.fillers.pyramid import Array, Flags

_LARGEST = 24
"""Levels (0..255). A larger difference is an edge of the picture, not a difference of exposure."""
_SMOOTH_SIDE = 300
"""The correction is smooth, so it is made at about this many pixels a side."""
_SIGMA = 4.0


def matched(fill: Array, hole: Flags, places: NDArray[np.int64], jumps: NDArray[np.int16]) -> Array:
    """The fill (H×W×3 uint8) with the differences at its border spread smoothly over the hole.

    `jumps` N×3: photo minus what the fill would continue with, at `places` (N×2, row and column) along
    the border. The idea of Farbman et al., Coordinates for Instant Image Cloning, SIGGRAPH 2009.
    """
    height, width = hole.shape
    step = -(-max(height, width) // _SMOOTH_SIDE)
    shape = (-(-height // step), -(-width // step))
    alike = np.abs(jumps).max(axis=1, initial=0) <= _LARGEST
    cells = places[alike] // step
    cell = cells[:, 0] * shape[1] + cells[:, 1]
    if not len(cell):
        return fill
    weights = [*jumps[alike].T, None]
    binned = [np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape) for weight in weights]
    ring = binned[3] > 0
    sums = cv2.GaussianBlur(np.dstack(binned), (0, 0), _SIGMA)
    mean = np.where(ring[..., None], sums[..., :3] / np.maximum(sums[..., 3:], 1e-6), 0)
    spread = diffuse(mean.astype(np.float32), ring.astype(np.float32))
    whole = cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR)
    out = fill.copy()
    out[hole] = np.clip(fill[hole] + whole[hole] + 0.5, 0, 255).astype(np.uint8)
    return out
