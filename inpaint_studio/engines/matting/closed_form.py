"""Alpha from colours: alone, or by a prior that says what the edge is like.

Closed-form matting (Levin, Lischinski, Weiss, 2008), whose Laplacian applied to a vector is the vector minus
its guided filter (He, Sun, Tang, "Fast Matting Using Large Kernel Matting Laplacian Matrices", 2010), solved
by conjugate gradients from coarse to fine.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Progress, SubProgress
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import ColourGuide, Floats, box_mean, unit
from inpaint_studio.engines.matting.strip import RIM, Strip, halved
from inpaint_studio.engines.matting.trimap import UNKNOWN


def solve_alpha(image: Array, trimap: Array, coverage: Array, band: float, progress: Progress) -> Array:
    """Alpha 0..255, H×W uint8; known pixels of the trimap stay exactly as they are."""
    levels = [(image, trimap, coverage)]
    while band / 2 ** (len(levels) - 1) > 4 and min(levels[-1][1].shape) > 48:
        image, trimap, coverage = (halved(p) for p in levels[-1])
        levels.append(
            (image, np.where((trimap == 0) | (trimap == 255), trimap, UNKNOWN).astype(np.uint8), coverage)
        )
    start: Array | None = None
    for number, level in enumerate(reversed(levels)):
        start = _solve_level(*level, band / 2 ** (len(levels) - 1 - number), start, progress)
        progress.report((number + 1) / len(levels))
    assert start is not None
    return start


def _solve_level(
    image: Array, trimap: Array, coverage: Array, band: float, start: Array | None, progress: Progress
) -> Array:
    if not (trimap == UNKNOWN).any():
        return trimap
    strip = Strip.along(trimap == UNKNOWN)
    colours = unit(np.asarray(strip.take(image), np.uint8))
    guess, weight = _colour_guess(image, trimap, coverage, band, strip, colours)
    known = np.asarray(strip.take(trimap), np.float32) / 255
    first = guess if start is None else strip.sample(start.astype(np.float32) / 255, trimap.shape)
    known = np.where(strip.slot < len(strip.own), first, known)
    laplacian = _Laplacian(colours, strip, 1e-5)
    steps = 60 if start is None else 20
    solution = _conjugate_gradients(laplacian, strip, known, guess, weight, steps, progress)
    return _put(trimap, strip, solution)


def _put(known: Array, strip: Strip, solution: Floats) -> Array:
    """A solution for the strip's own pixels in a copy of what is known, uint8."""
    out = known.copy()
    # The solver's last percents are noise; a cutout that is 99 % opaque inside would show it.
    stretched = np.clip((solution - 0.01) / 0.98, 0, 1)
    out.ravel()[strip.pixels()] = np.asarray(stretched * 255 + 0.5).astype(np.uint8)
    return out


_FLAT = 1e-6
"""Variance of colours, of 0..1, that counts as none."""
PULL, _AGAIN = 1.5e-5, 1e-4
"""How strongly a prior pulls where it is least sure: the first one, and one that is made of an answer."""
_ROUNDS, _STEEPER = 2, 1.5


def find_hairs(
    image: Array, found: Array, unknown: NDArray[np.bool_], steps: int, progress: Progress
) -> Array:
    """What `follow_colours` found, and again from its own answer with its doubts told apart.

    A hair is there or it is not: half coverage amid fine structure is the solver's doubt, so it is drawn to
    0 or 1 before colours are followed once more. For blurred edges, which are half covered, there is
    `blur.plain_blur`.
    """
    for number in range(_ROUNDS):
        share = found.astype(np.float32) * np.float32(1 / 255)
        apart = np.asarray(np.clip((share - 0.5) * _STEEPER + 0.5, 0, 1) * 255 + 0.5).astype(np.uint8)
        part = SubProgress(progress, number / _ROUNDS, (number + 1) / _ROUNDS)
        found = follow_colours(image, np.where(unknown, apart, found), unknown, _AGAIN, steps, part)
    return found


def follow_colours(
    image: Array, prior: Array, unknown: NDArray[np.bool_], pull: float, steps: int, progress: Progress
) -> Array:
    """The alpha nearest to a prior that is locally a linear function of colour, H×W uint8.

    `prior` H×W uint8 is an expected coverage: it pulls by the inverse of its variance p · (1 − p), so that
    hairs are found where it only knows that there are some, and a flat area stays what it is. Pixels that
    are not `unknown`, and those amid others that the prior is sure of, stay as they are.
    """
    share = prior.astype(np.float32) * np.float32(1 / 255)
    spread = share * (1 - share)
    sure = cv2.erode((spread < 0.004).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    wanted = np.asarray(unknown & ~sure)
    if not wanted.any():
        return prior
    strip = Strip.along(wanted)
    start = np.asarray(strip.take(share), np.float32)
    laplacian = _Laplacian(unit(np.asarray(strip.take(image), np.uint8)), strip, _FLAT, exact=True)
    weight = np.asarray(pull / (strip.take(spread) + np.float32(0.01)), np.float32)
    solution = _conjugate_gradients(laplacian, strip, start, start, weight, steps, progress)
    return _put(prior, strip, solution)


class _Laplacian:
    """The matting Laplacian of packed colours, applied in bands of the strip: they do not know each other."""

    def __init__(self, colours: Floats, strip: Strip, flat: float, *, exact: bool = False) -> None:
        """`flat` is the variance of colours that counts as none; `exact` as in `ColourGuide`."""
        width = colours.shape[1]
        self._parts = []
        for band in strip.bands():
            first, last = np.searchsorted(strip.own, (band.start * width, band.stop * width)).tolist()
            guide = ColourGuide(colours[band], RIM // 2, flat, exact=exact)
            own = strip.own[first:last] - band.start * width
            self._parts.append((band, guide, strip.slot[band], slice(first, last), own))
        self._count = len(strip.own)

    def of(self, packed: Floats) -> Floats:
        """For the unknown pixels: what a packed picture has more than its surroundings let expect."""
        out = np.empty(self._count, np.float32)
        for band, guide, _, part, own in self._parts:
            values = packed[band]
            out[part] = (values - guide.filter(values)).ravel()[own]
        return out

    def times(self, values: Floats) -> Floats:
        """The same for values of the unknown pixels alone, amid zeros."""
        out, padded = np.empty(self._count, np.float32), np.append(values, np.float32(0))
        for _, guide, slot, part, own in self._parts:
            packed = padded[slot]
            out[part] = (packed - guide.filter(packed)).ravel()[own]
        return out


def _conjugate_gradients(
    laplacian: _Laplacian, strip: Strip, x: Floats, guess: Floats, weight: Floats, steps: int,
    progress: Progress,
) -> Floats:  # fmt: skip
    """Solves (L + weight) α = weight · guess for the unknown pixels, L the matting Laplacian."""
    own = strip.own
    pull = weight.ravel()[own]
    solution = x.ravel()[own].copy()
    residual = pull * (guess.ravel()[own] - solution) - laplacian.of(x)
    direction, energy = residual.copy(), float(residual @ residual)
    enough = max(1e-7 * len(own), 1e-12)
    for step in range(steps):
        if energy <= enough:
            break
        image = laplacian.times(direction) + pull * direction
        curvature = float(direction @ image)
        if curvature <= 0:
            break
        length = np.float32(energy / curvature)
        solution += length * direction
        residual -= length * image
        before, energy = energy, float(residual @ residual)
        direction = residual + np.float32(energy / before) * direction
        progress.report(min(0.9, step / steps))
    return np.asarray(np.clip(solution, 0, 1), np.float32)


def _colour_guess(
    image: Array, trimap: Array, coverage: Array, band: float, strip: Strip, colours: Floats
) -> tuple[Floats, Floats]:
    """What local colours alone say about alpha, and how far to trust it; both packed float32.

    Where object and background look alike, the guess is the mask's own edge.
    """
    scale = min(1.0, 3 / band)
    size = tuple(max(1, round(s * scale)) for s in trimap.shape[::-1])
    small = unit(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
    parts = [
        _local_colour(small, cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA))
        for known in (trimap == 255, trimap == 0)
    ]
    (fore, spread_f), (back, spread_b) = (
        (strip.sample(mean, trimap.shape), strip.sample(spread, trimap.shape)) for mean, spread in parts
    )
    across = fore - back
    distance = np.einsum("hwc,hwc->hw", across, across)
    from_colour = np.einsum("hwc,hwc->hw", colours - back, across) / (distance + 1e-6)
    trust = (distance / (distance + 2 * (spread_f + spread_b) + 4e-3)) ** 2
    mask = np.asarray(strip.take(cv2.GaussianBlur(coverage, (0, 0), 0.7)), np.float32) / 255
    guess = trust * np.clip(from_colour, 0, 1) + (1 - trust) * mask
    alike = (0.002 / (distance + 0.002)) ** 2
    return guess, np.asarray(0.0015 + 0.0075 * trust + 1.0 * alike, np.float32)


def _local_colour(image: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Mean colour of the known pixels around each pixel, and their variance summed over channels."""
    weighted = np.dstack((image * known[..., None], (image * image).sum(axis=2) * known, known))
    near = (
        box_mean(box_mean(weighted, 4), 4) + 1e-3 * box_mean(weighted, 16) + 1e-6 * weighted.mean(axis=(0, 1))
    )
    near /= near[..., 4:] + np.float32(1e-12)
    mean = np.ascontiguousarray(near[..., :3], np.float32)
    variance = np.maximum(near[..., 3] - (mean * mean).sum(axis=2), 0)
    return mean, np.asarray(variance, np.float32)
