"""Where along a mask's edge coverage is to be worked out anew."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array

UNKNOWN = 128


def auto_band(width: int, height: int, area: int) -> float:
    """Half width of the uncertain strip: 2.5 px for a 480 px photo, 12 px for 24 megapixels.

    Never more than a twentieth of the side of a square with the object's area in pixels, so that a
    small object keeps its shape.
    """
    wide = float(np.clip(2.5 * (max(width, height) / 480) ** 0.62, 2.0, 16.0))
    return min(wide, max(1.5, 0.05 * float(np.sqrt(area))))


def make_trimap(coverage: Array, band: float) -> Array:
    """0 outside, 255 inside, 128 where alpha is to be found, H×W uint8.

    Where the object (or a gap in it) is thinner than the band, its middle stays known.
    """
    inside = (coverage > 127).astype(np.uint8)
    known_in = _deep(inside, band)
    known_out = _deep(1 - inside, band) & (coverage < 255)
    out = np.full(coverage.shape, UNKNOWN, np.uint8)
    out[known_in], out[known_out] = 255, 0
    return out


def _deep(inside: Array, band: float) -> NDArray[np.bool_]:
    """Where a 0/1 area is deeper than the band, or deepest within a thin part."""
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    np.minimum(depth, np.float32(2 * band + 1), out=depth)
    side = 2 * int(np.ceil(band)) + 1
    deepest = cv2.dilate(depth, np.ones((side, side), np.uint8))
    return np.asarray((depth > np.minimum(np.float32(band), 0.75 * deepest)) & (depth > 1))


def strip_along(coverage: Array, reach: float) -> NDArray[np.bool_]:
    """Pixels nearer than `reach` to the edge of an H×W coverage, on both sides of it."""
    inside = (coverage > 127).astype(np.uint8)
    side = 2 * int(np.ceil(reach)) + 1
    if side > 31:
        within, without = (cv2.distanceTransform(part, cv2.DIST_L2, 3) for part in (inside, 1 - inside))
        return np.asarray(np.maximum(within, without) <= reach)
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(inside, round_) != cv2.erode(inside, round_))
