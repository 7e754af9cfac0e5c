"""The object's own colours along its edge: multi-level foreground estimation (Germer et al., 2020)."""

from __future__ import annotations

from collections.abc import Sequence

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
    fore = back = _planes(levels[-1][0])
    for number, level in enumerate(reversed(levels[1:])):
        fore, back = _colour_level(*level, fore, back)
        progress.report((number + 1) / len(levels))
    strip = Strip.along(unknown)
    first, second = (
        cv2.split(strip.sample(np.asarray(cv2.merge(planes)), alpha.shape)) for planes in (fore, back)
    )
    found, _ = _along_strip(strip, image, alpha, first, second)
    out = image.copy()
    values = np.stack([plane.ravel()[strip.own] for plane in found], axis=-1)
    out.reshape(-1, 3)[strip.pixels()] = np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8)
    return out


Planes = Sequence[Floats]
"""The three colours of a picture, each h×w float32 0..1: by themselves they take a third of the time."""


def _planes(picture: Array) -> Planes:
    return [plane.astype(np.float32) / 255 for plane in cv2.split(picture)]


def _colour_level(
    image: Array, alpha: Array, unknown: Array, fore: Planes, back: Planes
) -> tuple[Planes, Planes]:
    """Colours of a coarser level, grown from those of the next coarser one."""
    size = (alpha.shape[1], alpha.shape[0])
    fore, back = (
        [cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in planes] for planes in (fore, back)
    )
    if alpha.size <= 16384:
        steps = 10 if alpha.size <= 1024 else 4
        return _estimate(_planes(image), alpha.astype(np.float32) / 255, fore, back, steps)
    strip = Strip.along(unknown > 0)
    first, second = ([np.asarray(strip.take(p), np.float32) for p in planes] for planes in (fore, back))
    found = _along_strip(strip, image, alpha, first, second)
    for pictures, planes in zip((fore, back), found, strict=True):
        for picture, plane in zip(pictures, planes, strict=True):
            picture.ravel()[strip.pixels()] = plane.ravel()[strip.own]
    return fore, back


def _along_strip(
    strip: Strip, image: Array, alpha: Array, fore: Planes, back: Planes
) -> tuple[Planes, Planes]:
    """Packed colours worked out from packed ones; `image` and `alpha` are of the crop's size."""
    colours = _planes(np.asarray(strip.take(image), np.uint8))
    cover = np.asarray(strip.take(alpha), np.float32) / 255
    made: tuple[list[Floats], list[Floats]] = (
        [np.empty_like(p) for p in fore],
        [np.empty_like(p) for p in back],
    )
    for band in strip.bands():
        first, second = ([plane[band] for plane in planes] for planes in (fore, back))
        # Two steps only: each makes one more pixel of a tile's rim stale.
        found = _estimate([plane[band] for plane in colours], cover[band], first, second, RIM)
        for pictures, planes in zip(made, found, strict=True):
            for picture, plane in zip(pictures, planes, strict=True):
                picture[band] = plane
    return made


SIDES = ((0, 1), (2, 1), (1, 0), (1, 2))
"""Row and column of a pixel's four neighbours in a picture with a rim of one pixel."""


def _estimate(image: Planes, alpha: Floats, fore: Planes, back: Planes, steps: int) -> tuple[Planes, Planes]:
    """Jacobi steps of the smooth foreground and background that explain the picture."""
    near = cv2.copyMakeBorder(alpha, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    h, w = alpha.shape
    weights = [1e-5 + np.abs(near[y : y + h, x : x + w] - alpha) for y, x in SIDES]
    total = np.sum(weights, axis=0)
    rest = 1 - alpha
    scale = 1 / (total * (total + alpha * alpha + rest * rest))
    pull, push = alpha * scale, rest * scale
    fores, backs = [], []
    for colour, f, b in zip(image, fore, back, strict=True):
        wanted = total * colour
        for _ in range(steps):
            f_sum, b_sum = _neighbours(f, weights), _neighbours(b, weights)
            left = wanted - alpha * f_sum - rest * b_sum
            f, b = np.clip(f_sum / total + pull * left, 0, 1), np.clip(b_sum / total + push * left, 0, 1)
        fores.append(f)
        backs.append(b)
    return fores, backs


def _neighbours(picture: Floats, weights: list[Floats]) -> Floats:
    h, w = picture.shape
    wide = cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    total = np.zeros_like(picture)
    for (y, x), weight in zip(SIDES, weights, strict=True):
        cv2.accumulateProduct(wide[y : y + h, x : x + w], weight, total)
    return total
