"""What is measured of a fill. Pictures are uint8 RGB, H×W×3; holes bool, H×W."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Reals = NDArray[np.float64]

VERSION = 2
"""Changes when a measure or a peer's settings change, so that older results are not mixed with newer ones."""
_SSIM_SIGMA, _SSIM_SIDE = 1.5, 11
_SEAM_SIGMA = 4.0
_BORDER = 2
"""Pixels to each side of the border that count neither as inside nor as around."""
_LITTLE = 0.25
"""Levels added to both sides of a ratio, so that flat places have one."""


def psnr(truth: Array, filled: Array, hole: Flags) -> float:
    """Peak signal to noise ratio of the hole's pixels in dB, infinite where they are equal."""
    error = np.mean((truth[hole].astype(np.float64) - filled[hole]) ** 2)
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def ssim(truth: Array, filled: Array, hole: Flags) -> float:
    """Structural similarity of the luma, -1..1, mean over the hole's pixels.

    Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment, IEEE TIP 2004; Gaussian window of 11 pixels.
    """
    a, b = _luma(truth), _luma(filled)
    mean_a, mean_b = _window(a), _window(b)
    spread_a, spread_b = _window(a * a) - mean_a**2, _window(b * b) - mean_b**2
    common = _window(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_a * mean_b + c1) * (2 * common + c2)
    likeness /= (mean_a**2 + mean_b**2 + c1) * (spread_a + spread_b + c2)
    return float(likeness[hole].mean())


def _luma(picture: Array) -> Reals:
    return np.asarray(picture @ np.array([0.299, 0.587, 0.114]), np.float64)


def _window(values: Reals) -> Reals:
    return np.asarray(cv2.GaussianBlur(values, (_SSIM_SIDE, _SSIM_SIDE), _SSIM_SIGMA), np.float64)


def seam(truth: Array, filled: Array, hole: Flags) -> float:
    """How much the border of the hole shows, in levels (0..255); 0 if it shows no more than in the photo.

    A step is the absolute difference of two neighbouring pixels, one inside the hole and one outside, mean
    of the colours. Steps are averaged along the border (Gaussian, sigma 4 pixels), because a seam is seen
    where it goes on for a while. What they exceed the same border's steps in the true photo by, averaged
    over the border, is the seam. A border that is too smooth counts 0.
    """
    if hole.all() or not hole.any():
        return 0.0
    (ours, weights), (true, _) = _border_steps(filled, hole), _border_steps(truth, hole)
    ring = weights > 0
    spread = np.maximum(_along(weights)[ring], 1e-12)
    excess = np.maximum(0, (_along(ours)[ring] - _along(true)[ring]) / spread)
    return float(np.average(excess, weights=weights[ring]))


def _border_steps(picture: Array, hole: Flags) -> tuple[Reals, Reals]:
    """Sum and number of the steps across the border, at the pixels inside."""
    total, number = np.zeros(hole.shape), np.zeros(hole.shape)
    values = picture.astype(np.float64)
    for axis in (0, 1):
        before = tuple(slice(None, -1) if a == axis else slice(None) for a in (0, 1))
        after = tuple(slice(1, None) if a == axis else slice(None) for a in (0, 1))
        steps = np.abs(values[before] - values[after]).mean(axis=2)
        for inside, outside in ((before, after), (after, before)):
            here = hole[inside] & ~hole[outside]
            total[inside] += steps * here
            number[inside] += here
    return total, number


def _along(values: Reals) -> Reals:
    return np.asarray(
        cv2.GaussianBlur(values, (0, 0), _SEAM_SIGMA, borderType=cv2.BORDER_CONSTANT), np.float64
    )


def detail(picture: Array, hole: Flags) -> tuple[float, float]:
    """Grain and strength of edges inside the hole as a part of those around it; NaN where one has no pixels.

    Grain is the median size of what is finer than a pixel or so, edges the ninth decile of the gradient's
    length. Around is a band as wide as half the side of a square of the hole's size.
    """
    reach = _BORDER + max(8, round(0.5 * float(np.sqrt(hole.sum()))))
    flags = hole.astype(np.uint8)
    inside = cv2.erode(flags, _disc(_BORDER), borderType=cv2.BORDER_REPLICATE) > 0
    around = (cv2.dilate(flags, _disc(reach)) > 0) & (cv2.dilate(flags, _disc(_BORDER)) == 0)
    if not inside.any() or not around.any():
        return float("nan"), float("nan")
    luma = _luma(picture)
    fine = np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 1.0))
    across, down = (cv2.Sobel(luma, cv2.CV_64F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    edges = np.hypot(across, down)
    grain = (np.median(fine[inside]) + _LITTLE) / (np.median(fine[around]) + _LITTLE)
    strength = np.quantile(edges[inside], 0.9) + _LITTLE
    return float(grain), float(strength / (np.quantile(edges[around], 0.9) + _LITTLE))


def _disc(radius: int) -> Array:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2), np.uint8)
