"""Transparency is filled like a colour: a hole is as transparent as what lies around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array

_RING = 3
"""Pixels around a hole by which its alpha goes."""
_UNIFORM = 8
"""Alphas that differ by no more are one."""
_SOLID, _CLEAR = 240, 15
_GLASS = 0.5
"""From this share of half transparent pixels on, what lies around a hole is glass and no edge."""
_SOFTEST = 24.0
"""Pixels over which an edge may fade, at most."""


def filled_alpha(alpha: Array, hole: NDArray[np.bool_], ignored: NDArray[np.bool_]) -> Array:
    """Alpha H×W uint8 with that inside a hole made anew; what is `ignored` has no say.

    A transparent ground stays transparent, a solid one solid. Where an edge ends at the hole it goes on
    in it, as soft as it is outside.
    """
    from inpaint_studio.engines.inpainting.pyramid import diffused_pixels

    known = ~hole & ~ignored
    ring = _around(hole) & known
    values = alpha[ring if ring.any() else known]
    out = alpha.copy()
    if not values.size or values.max() - values.min() <= _UNIFORM:
        out[hole] = round(float(values.mean())) if values.size else 0
        return out
    smooth = diffused_pixels(np.repeat(alpha[..., None], 3, axis=2), known)[..., 0]
    half = (values > _CLEAR) & (values < _SOLID)
    if half.mean() < _GLASS:
        smooth = _edged(smooth, _softness(alpha, ring))
    out[hole] = smooth[hole]
    return out


def _around(hole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    import cv2

    side = 2 * _RING + 1
    grown = cv2.dilate(hole.view(np.uint8), np.ones((side, side), np.uint8))
    return np.asarray(grown > 0) & ~hole


def _softness(alpha: Array, ring: NDArray[np.bool_]) -> float:
    """Over how many pixels the edges that cross a ring fade: by its half transparent pixels."""
    import cv2

    solid = (alpha > 127) & ring
    crossings = cv2.connectedComponents(solid.view(np.uint8))[0] - 1
    half = np.count_nonzero(ring & (alpha > _CLEAR) & (alpha < _SOLID))
    return min(max(1.0, half / max(1, 2 * crossings * _RING)), _SOFTEST)


def _edged(smooth: Array, softness: float) -> Array:
    """The line where a smooth alpha is half, as an edge that fades over so many pixels."""
    import cv2

    inside = smooth > 127
    apart = [
        cv2.distanceTransform(side.view(np.uint8), cv2.DIST_L2, 5) for side in (inside, np.asarray(~inside))
    ]
    distance = np.where(inside, apart[0] - 0.5, 0.5 - apart[1])
    return np.asarray(np.clip(np.rint((distance / softness + 0.5) * 255), 0, 255), np.uint8)
