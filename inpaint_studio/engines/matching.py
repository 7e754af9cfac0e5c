"""Gives an object the look of another place: brightness, colour cast, contrast, blur and grain.

The look of a place is measured around the object, where it came from and where it goes. What changes from one
to the other is done to the object, so that a red car stays red. Blur at edges is measured by blurring again:
S. Zhuo and T. Sim, "Defocus map estimation from a single image" (2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float32]
"""H×W×3, 0..1."""
Flags = NDArray[np.bool_]

LEAST = 64
"""Pixels that a place must have to be measured."""
_STRONGEST = 2.5
"""Contrast changes at most by this factor: more was measured where there was nothing to see."""
_AGAIN = 1.0
"""Pixels (sigma) of the second blur."""
_SMOOTHED = 0.8
"""Pixels (sigma) that are blurred before edges are looked at, against grain; taken off again."""
_EDGES = 0.04
"""Share of the pixels of a place that are taken for its edges."""
_SHARPEST = 30.0
"""Of their blurs this percentile counts: an object is as sharp as its sharpest edges."""
_ONE_KIND, _ONE_LIGHT = 0.04, 0.6
"""How far hues and light (differences of logarithms) around two places may be apart to count as one kind."""
_MOST_BLUR = 12.0
_LEAST_BLUR = 0.35
"""Pixels (sigma) of blur less than this cannot be told from none."""
_FLAT = 50.0
"""Grain is measured where a place is flattest: in this percentile."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was measured of a place: mean and spread of each channel (0..1), blur as a sigma in pixels, and
    the spread of grain in each channel.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    blur: float
    grain: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """The look around an object, and that of the whole picture around it."""

    near: Look
    whole: Look


def look_of(pixels: Colours, where: Flags) -> Look | None:
    """The look of the pixels that are `where`, H×W; None where they are too few."""
    if int(where.sum()) < LEAST:
        return None
    chosen = pixels[where].astype(np.float64)
    return Look(chosen.mean(axis=0), chosen.std(axis=0), blur_of(pixels, where), grain_of(pixels, where))


def blur_of(pixels: Colours, where: Flags) -> float:
    """The blur of the sharpest edges, as a sigma in pixels; 0 where there is none."""
    grey = np.asarray(pixels @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)
    first = cv2.GaussianBlur(grey, (0, 0), _SMOOTHED)
    second = cv2.GaussianBlur(first, (0, 0), _AGAIN)
    once, twice = _gradient(first), _gradient(second)
    inner = cv2.erode(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(inner.sum()) < LEAST:
        inner = where
    ridge = (once >= cv2.dilate(once, np.ones((3, 3), np.uint8)) - 1e-9) & inner
    strong = ridge & (once >= np.quantile(once[inner], 1 - _EDGES)) & (twice > 1e-6)
    ratios = once[strong] / twice[strong]
    ratios = ratios[ratios > 1.001]
    if len(ratios) < 8:
        return 0.0
    sigmas = _AGAIN / np.sqrt(ratios**2 - 1)
    whole = float(np.percentile(sigmas, _SHARPEST))
    return float(np.sqrt(max(0.0, whole**2 - _SMOOTHED**2)))


def _gradient(grey: NDArray[Any]) -> NDArray[np.float32]:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(across, down), np.float32)


def grain_of(pixels: Colours, where: Flags) -> NDArray[np.float64]:
    """The spread of grain in each channel, where the place is flattest."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
    fine = cv2.filter2D(pixels, -1, kernel, borderType=cv2.BORDER_REFLECT)
    busy = cv2.boxFilter(np.abs(fine).mean(axis=2), -1, (7, 7))
    flat = where & (busy <= np.percentile(busy[where], _FLAT))
    return np.asarray(np.median(np.abs(fine[flat]), axis=0) / 0.6745, np.float64)


def matched(
    pixels: Colours,
    cover: Flags,
    old: Place,
    new: Place,
    *,
    scale: float = 1.0,
    amount: float = 1.0,
    seed: int = 0,
) -> Colours:
    """The pixels of an object as they would look at the new place; H×W×3, not clipped.

    `cover` says where the object is, `scale` how large one of its pixels is shown there, `amount` 0..1 how
    far to go. Colours go by what lies around as far as that is of the same kind in both places, and else by
    the whole pictures: sand and sea are not told apart by light. What is sharper than the place is blurred,
    what is smoother gets grain; nothing is sharpened.
    """
    share = np.float32(_alike(old, new))
    near, whole = _carried(pixels, old.near, new.near), _carried(pixels, old.whole, new.whole)
    out = np.asarray(pixels + np.float32(amount) * (share * near + (1 - share) * whole - pixels), np.float32)
    blurred = np.sqrt(max(0.0, new.near.blur**2 - (old.near.blur * scale) ** 2))
    blur = amount * blurred / max(scale, 1e-3)
    if blur >= _LEAST_BLUR:
        out = _blurred(out, cover, min(float(blur), _MOST_BLUR))
    return out + _missing_grain(out, cover, new.near, scale, amount, seed)


def _carried(pixels: Colours, old: Look, new: Look) -> Colours:
    """Pixels with the change of mean and spread from one look to another."""
    ratio = np.clip(new.spread / np.maximum(old.spread, 1e-4), 1 / _STRONGEST, _STRONGEST)
    return np.asarray((pixels - old.mean) * ratio + new.mean, np.float32)


def _alike(old: Place, new: Place) -> float:
    """How sure it is, 0..1, that what lies around is of one kind: it has the same hues in another light."""
    expected = _carried(np.asarray(old.near.mean[None, None], np.float32), old.whole, new.whole)[0, 0]
    apart = np.log(np.maximum(new.near.mean, 0.02)) - np.log(np.maximum(expected, 0.02))
    hues = apart - apart.mean()
    return float(
        np.exp(-((np.linalg.norm(hues) / _ONE_KIND) ** 2)) * np.exp(-((apart.mean() / _ONE_LIGHT) ** 2))
    )


def _blurred(pixels: Colours, cover: Flags, sigma: float) -> Colours:
    """Blurred within the object: its surroundings do not bleed in."""
    weight = cover.astype(np.float32)
    mixed = cv2.GaussianBlur(pixels * weight[..., None], (0, 0), sigma)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    return np.asarray(np.where(share > 1e-3, mixed / np.maximum(share, 1e-3), pixels), np.float32)


def _missing_grain(
    pixels: Colours, cover: Flags, new: Look, scale: float, amount: float, seed: int
) -> NDArray[np.float32]:
    """The grain that an object lacks, the same for one seed; 0 where it has enough."""
    if int(cover.sum()) < LEAST:
        return np.zeros((1, 1, 3), np.float32)
    smaller = min(1.0, max(scale, 0.05))
    own = grain_of(pixels, cover) * smaller
    missing = amount * np.sqrt(np.maximum(0.0, new.grain**2 - own**2)) / smaller
    grain = np.random.default_rng(seed).normal(0, 1, pixels.shape).astype(np.float32)
    return np.asarray(grain * missing.astype(np.float32), np.float32)
