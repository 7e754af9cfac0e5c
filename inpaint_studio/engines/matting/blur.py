"""Plain blur along an edge: how wide it is, place by place, by the slopes of the picture's colours.

The coverage of an edge out of focus is its outline behind a Gaussian. So a few widths are tried, and each
counts by how well its slopes explain those of the colours around it: a step of colour times the slope of
coverage, the step by least squares. Slopes and not colours: what else a photo shows is nearer to noise there.
"""

from __future__ import annotations

import cv2
import numpy as np

from inpaint_studio.basics import Progress
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import Floats, unit

WIDTHS = (0.6, 1.0, 1.5, 2.2, 3.2, 4.5, 6.5, 9.0, 13.0)
"""Sigmas in pixels that are tried."""
_COARSE, _WINDOW = 4, 6.0
"""Evidence is gathered at a quarter of the size, with a Gaussian of this sigma there."""
_WIDE = 4.0
_EVIDENCE, _NEARNESS = 100.0, 100.0
"""How much it counts what a width explains, and how near it comes to the coverage found so far."""
_GIVEN = 2.0
"""How much rather the given outline is believed than one that was found."""
_SEEN = 1.0
"""Sigma in pixels of the blur through which slopes are seen, against noise."""
_NEAR = 3.0
_PLAIN, _HAIRY = 0.04, 0.07
"""Fine structure of a plain edge, and of hair: standard deviations of coverage, gathered within `_NEAR`."""


def hairiness(found: Array) -> Floats:
    """0..1, H×W float32: 1 where coverage H×W uint8 changes within a few pixels and back."""
    share = found.astype(np.float32) * np.float32(1 / 255)
    fine = share - cv2.GaussianBlur(share, (0, 0), 2.5)
    size = found.shape[::-1]
    structure = np.sqrt(np.maximum(_gathered(fine * fine, _NEAR), 0))
    return cv2.resize(np.clip((structure - _PLAIN) / (_HAIRY - _PLAIN), 0, 1), size)


def plain_blur(image: Array, outline: Array, found: Array, progress: Progress) -> tuple[Floats, Floats]:
    """Coverage 0..1 of an edge that is nothing but blurred, and sigma of the blur in pixels; H×W float32.

    `image` H×W×3 uint8; `found` H×W uint8 the coverage so far. What is blurred is either the `outline`
    given, H×W uint8, or that of what was found, whichever explains the picture. The mean over all tried,
    weighted by how likely each is.
    """
    share = found.astype(np.float32) * np.float32(1 / 255)
    hard = (outline > 127).astype(np.float32), (cv2.GaussianBlur(share, (0, 0), 2.0) > 0.5).astype(np.float32)
    tried = [_blurred(line, sigma) for line in hard for sigma in WIDTHS]
    scores = _scores(image, share, tried, progress)
    scores[: len(WIDTHS)] += _GIVEN
    weights = np.exp(scores - scores.max(axis=0))
    weights /= weights.sum(axis=0)
    size = found.shape[::-1]
    mixed = np.zeros_like(share)
    for weight, blurred in zip(weights, tried, strict=True):
        mixed += cv2.resize(weight, size) * blurred
    sigma = np.tensordot(np.tile(np.asarray(WIDTHS, np.float32), len(hard)), weights, 1)
    return mixed, cv2.resize(sigma, size)


def _scores(image: Array, share: Floats, tried: list[Floats], progress: Progress) -> Floats:
    """How likely each coverage is in each place, as logarithms of what is not normalised; N×h×w."""
    colours = cv2.split(cv2.GaussianBlur(unit(image), (0, 0), _SEEN))
    slopes = [_slopes(colour) for colour in colours]
    soft = _gathered(((share > 0.02) & (share < 0.98)).astype(np.float32)) + np.float32(1e-3)
    explained, apart = [], []
    for number, coverage in enumerate(tried):
        progress.report(number / len(tried))
        x, y = _slopes(cv2.GaussianBlur(coverage, (0, 0), _SEEN))
        along = sum(np.square(_gathered(x * dx + y * dy)) for dx, dy in slopes)
        explained.append(along / (_gathered(x * x + y * y) + np.float32(1e-7)))
        apart.append(_gathered(np.square(share - coverage)) / soft)
    rest = _gathered(sum(dx * dx + dy * dy for dx, dy in slopes)) - np.max(explained, axis=0)
    scores = _EVIDENCE * np.stack(explained) / (rest + np.float32(1e-6)) - _NEARNESS * np.stack(apart)
    return np.asarray(scores, np.float32)


def _blurred(outline: Floats, sigma: float) -> Floats:
    """Behind a Gaussian; a wide one by way of a picture a quarter as large, whose own blur counts."""
    if sigma < _WIDE:
        return np.asarray(cv2.GaussianBlur(outline, (0, 0), sigma), np.float32)
    small = _shrunk(outline)
    # Shrinking is a box and enlarging a triangle: (16 − 1) / 12 and about 16 / 6 square pixels of variance.
    own = 15 / 12 + 16 / 6
    small = cv2.GaussianBlur(small, (0, 0), float(np.sqrt(sigma**2 - own)) / _COARSE)
    return np.asarray(cv2.resize(small, outline.shape[::-1]), np.float32)


def _slopes(values: Floats) -> tuple[Floats, Floats]:
    """To the right and downward, by pixel."""
    return cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=1 / 8)


def _gathered(values: Floats, sigma: float = _WINDOW) -> Floats:
    return np.asarray(cv2.GaussianBlur(_shrunk(values), (0, 0), sigma))


def _shrunk(values: Floats) -> Floats:
    size = tuple(max(1, -(-side // _COARSE)) for side in values.shape[1::-1])
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)
