"""A thin correction of a fill's colours, so that its border does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.engines.fillers.pyramid import diffuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inpaint_studio.engines.fillers.pyramid import Array, Flags

_LARGEST = 24.0
"""Levels (0..255). A larger difference is an edge of the picture, not a difference of exposure."""
_SMOOTH_SIDE = 300
"""The correction is smooth, so it is made at about this many pixels a side."""
_SIGMA = 4.0


def matched(fill: Array, hole: Flags, jump: NDArray[np.float32], weights: NDArray[np.float32]) -> Array:
    """The fill (H×W×3 uint8) with the differences at its border spread smoothly over the hole.

    `jump` H×W×3: photo minus what the fill would continue with, on known pixels along the border, where
    `weights` (H×W, 0..1) > 0. The idea of Farbman et al., Coordinates for Instant Image Cloning, 2009.
    """
    height, width = hole.shape
    step = max(1, max(height, width) // _SMOOTH_SIDE)
    size = (max(1, width // step), max(1, height // step))
    weights = weights * (np.abs(jump).max(axis=2) <= _LARGEST)
    sums = cv2.resize(np.dstack([jump * weights[..., None], weights]), size, interpolation=cv2.INTER_AREA)
    ring = sums[..., 3] > 0
    if not ring.any():
        return fill
    sums = cv2.GaussianBlur(sums, (0, 0), _SIGMA)
    mean = np.where(ring[..., None], sums[..., :3] / np.maximum(sums[..., 3:], 1e-6), 0)
    spread = diffuse(mean.astype(np.float32), ring.astype(np.float32))
    whole = cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR)
    out = fill.copy()
    out[hole] = np.clip(fill[hole] + whole[hole] + 0.5, 0, 255).astype(np.uint8)
    return out
