"""The object's own colours along its edge: multi-level foreground estimation (Germer et al., 2020)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Progress
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import Floats
from inpaint_studio.engines.matting.strip import RIM, Strip, halved


def clean_colours(image: Array, alpha: Array, unknown: NDArray[np.bool_], progress: Progress) -> Array:
    """Foreground colours for H×W×3 uint8; other than `unknown` pixels keep the picture's."""
    if not unknown.any():
        return image
    levels = [(image, alpha, unknown.astype(np.uint8) * 255)]
    while max(levels[-1][1].shape) > 2:
        level_image, level_alpha, level_unknown = levels[-1]
        levels.append((halved(level_image), halved(level_alpha), halved(level_unknown)))
    fore = back = levels[-1][0].astype(np.float32) / 255
    for number, level in enumerate(reversed(levels[1:])):
        fore, back = _colour_level(*level, fore, back)
        progress.report((number + 1) / len(levels))
    strip = Strip.along(unknown)
    packed = np.asarray(strip.take(image), np.float32) / 255
    packed_alpha = np.asarray(strip.take(alpha), np.float32) / 255
    first, second = (strip.sample(p, alpha.shape) for p in (fore, back))
    found, _ = _estimate(packed, packed_alpha, first, second, RIM)
    out = image.copy()
    values = np.clip(found.reshape(-1, 3)[strip.own] * 255 + 0.5, 0, 255).astype(np.uint8)
    out.reshape(-1, 3)[strip.pixels()] = values
    return out


def _colour_level(
    image: Array, alpha: Array, unknown: Array, fore: Floats, back: Floats
) -> tuple[Floats, Floats]:
    """Colours of a coarser level, grown from those of the next coarser one."""
    size = (alpha.shape[1], alpha.shape[0])
    fore, back = (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in (fore, back))
    if alpha.size <= 16384:
        steps = 10 if alpha.size <= 1024 else 4
        return _estimate(image.astype(np.float32) / 255, alpha.astype(np.float32) / 255, fore, back, steps)
    strip = Strip.along(unknown > 0)
    packed, packed_alpha = (np.asarray(strip.take(p), np.float32) / 255 for p in (image, alpha))
    # Two steps only: each makes one more pixel of a tile's rim stale.
    found = _estimate(packed, packed_alpha, strip.take(fore), strip.take(back), RIM)
    for picture, values in zip((fore, back), found, strict=True):
        picture.reshape(-1, 3)[strip.pixels()] = values.reshape(-1, 3)[strip.own]
    return fore, back


SIDES = ((0, 1), (2, 1), (1, 0), (1, 2))
"""Row and column of a pixel's four neighbours in a picture with a rim of one pixel."""


def _estimate(image: Floats, alpha: Floats, fore: Floats, back: Floats, steps: int) -> tuple[Floats, Floats]:
    """Jacobi steps of the smooth foreground and background that explain the picture."""
    near = cv2.copyMakeBorder(alpha, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    h, w = alpha.shape
    weights = [1e-5 + np.abs(near[y : y + h, x : x + w] - alpha) for y, x in SIDES]
    total = np.sum(weights, axis=0)
    rest = 1 - alpha
    scale = 1 / (total * (total + alpha * alpha + rest * rest))
    for _ in range(steps):
        f_sum, b_sum = (_neighbours(p, weights) for p in (fore, back))
        left = total[..., None] * image - alpha[..., None] * f_sum - rest[..., None] * b_sum
        fore = np.clip(f_sum / total[..., None] + (alpha * scale)[..., None] * left, 0, 1)
        back = np.clip(b_sum / total[..., None] + (rest * scale)[..., None] * left, 0, 1)
    return fore, back


def _neighbours(picture: Floats, weights: list[Floats]) -> Floats:
    h, w = picture.shape[:2]
    wide = cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    total = np.zeros_like(picture)
    for (y, x), weight in zip(SIDES, weights, strict=True):
        total += wide[y : y + h, x : x + w] * weight[..., None]
    return total
