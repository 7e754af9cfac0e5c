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


def matched(fill: Array, hole: Flags, jump: NDArray[np.float32], weights: NDArray[np.float32]) -> Array:
    """The fill (H×W×3 uint8) with the differences at its border spread smoothly over the hole.

    `jump` H×W×3: photo minus what the fill would continue with, on known pixels along the border, where
    `weights` (H×W, 0..1) > 0. The idea of Farbman et al., Coordinates for Instant Image Cloning, 2009.
    """
    if not weights.any():
        return fill
    sigma = 2.0 + 0.01 * max(hole.shape)
    jump = np.clip(jump, -_LARGEST, _LARGEST) * weights[..., None]
    sums = cv2.GaussianBlur(np.dstack([jump, weights]), (0, 0), sigma)
    ring = weights > 0
    smooth = np.where(ring[..., None], sums[..., :3] / np.maximum(sums[..., 3:], 1e-6), 0)
    spread = diffuse(smooth.astype(np.float32), ring.astype(np.float32))
    out = fill.copy()
    out[hole] = np.clip(fill[hole] + spread[hole] + 0.5, 0, 255).astype(np.uint8)
    return out
