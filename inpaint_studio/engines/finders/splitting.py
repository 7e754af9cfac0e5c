"""Takes things of one class apart that touch, by the necks of their common shape."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array

Floats = NDArray[np.float32]

_LEVELS = np.linspace(0.08, 0.92, 29)
_NECK = 0.9
"""A core counts if it is at least this much wider (1 / _NECK) than the level that sets it apart."""
_SMALLEST = 0.05
"""A cut is not considered if its smallest piece is less than this share of the whole."""
_WEIGHTS = np.array([-2.9, 4.0, 2.7, 0.9])
_BIAS = -0.5
"""Evidence for a cut, above 0 where it is made: a logistic regression on COCO128, with the bias moved until
less than a tenth of single objects are cut (docs/results/segmentation.md has the numbers)."""


class _Cut(NamedTuple):
    evidence: float
    pieces: list[Array]


def split_touching(part: Array, least: int) -> list[Array]:
    """Take a connected part, h×w uint8 0 or 255, apart where it has a clear neck.

    The distance to the edge is cut at many heights; what then stands alone are cores, and every pixel joins
    its nearest core. Of the cuts this gives, the likeliest one is made, if it is likely enough: with a neck
    that is narrow beside the cores, pieces of similar size, and pieces that bulge less inward than the
    whole. Returns `[part]` if it stays whole or a piece would have less than `least` pixels.
    """
    x, y, w, h = cv2.boundingRect(part)
    crop = np.ascontiguousarray(part[y : y + h, x : x + w])
    cuts = [cut for cut in _cuts(crop) if min(map(np.count_nonzero, cut.pieces)) >= least]
    best = max(cuts, key=lambda cut: cut.evidence, default=None)
    if best is None or best.evidence < 0:
        return [part]
    pieces = []
    for piece in best.pieces:
        placed = np.zeros_like(part)
        placed[y : y + h, x : x + w] = piece
        pieces.append(placed)
    return pieces


def distance_inside(mask: Array) -> Floats:
    """Distance of each pixel to the nearest one outside; beyond the picture's rim counts as outside."""
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def _cuts(part: Array) -> list[_Cut]:
    distance = distance_inside(part)
    top = float(distance.max())
    whole = _solidity(part)
    cuts: dict[int, _Cut] = {}
    for level in _LEVELS * top:
        cores = (distance > level).astype(np.uint8)
        count, numbers = cv2.connectedComponents(cores, connectivity=8, ltype=cv2.CV_32S)
        if count < 3:
            continue
        peaks = np.zeros(count, np.float32)
        np.maximum.at(peaks, numbers.ravel(), distance.ravel())
        wide = np.flatnonzero(level < _NECK * peaks[1:]) + 1
        # The lowest level of so many cores says how narrow their necks are.
        if len(wide) > 1 and len(wide) not in cuts:
            pieces = _nearest(part, np.isin(numbers, wide))
            cuts[len(wide)] = _Cut(_evidence(pieces, whole, level / float(peaks[wide].min())), pieces)
    return [cut for cut in cuts.values() if cut.evidence > -np.inf]


def _nearest(part: Array, cores: NDArray[np.bool_]) -> list[Array]:
    """The part's pixels by the core that they are nearest to."""
    free = 1 - cores.astype(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
    return [np.where(nearest == i, part, np.uint8(0)) for i in range(1, int(nearest.max()) + 1)]


def _evidence(pieces: list[Array], whole: float, neck: float) -> float:
    areas = np.array([np.count_nonzero(piece) for piece in pieces], np.float64)
    share = areas.min() / areas.sum()
    if share < _SMALLEST:
        return float(-np.inf)
    bulge = float(np.average([_solidity(piece) for piece in pieces], weights=areas)) - whole
    seam = _seam(pieces) / np.sqrt(areas.min())
    return float(_WEIGHTS @ (neck, share, bulge, seam)) + _BIAS


def _solidity(mask: Array) -> float:
    """Share of its convex hull that a mask fills."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(np.concatenate(outlines))
    # A hull runs through pixel centres; half its length and one pixel make up for the rim.
    return np.count_nonzero(mask) / (cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1)


def _seam(pieces: list[Array]) -> float:
    """Length of the border between pieces, in pixels."""
    covered = np.maximum.reduce(pieces) > 0
    beside = np.zeros(covered.shape, bool)
    for piece in pieces:
        beside |= (cv2.dilate(piece, np.ones((3, 3), np.uint8)) > 0) & covered & (piece == 0)
    return np.count_nonzero(beside) / 2
