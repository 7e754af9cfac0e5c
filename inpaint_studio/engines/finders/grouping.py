"""From the answer of the network of objects to single objects: middles, and whose offsets lead to them.

As in B. Cheng et al., "Panoptic-DeepLab" (CVPR 2020), but without classes, and with a soft mask.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array

Floats = NDArray[np.float32]
MARKED, MOST = 0.1, 60
"""A middle is marked with at least so much; of more than `MOST` the weaker ones are left out."""
_APART = 9
"""Middles lie more than half so many cells apart."""
_THIN = 0.3
"""A cell belongs to an object from this coverage on: a thin one covers its cells by less than half."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the network says of a picture of H×W, all float32.

    `alpha` H×W is how much of a pixel belongs to an object, 0..1. On cells of H/h pixels: `middles` h×w,
    about 0..1, and `offsets` 2×h×w, from each cell to the middle of its object, x and y, in cells.
    """

    alpha: Floats
    middles: Floats
    offsets: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Objects told apart in a picture of h×w.

    `alpha` h×w float32 0..1; `numbers` h×w uint8, from 1 on (0: none); `quality` of each, 0..1, in order of
    numbers.
    """

    alpha: Floats
    numbers: Array
    quality: list[float]


def grouped(answer: Answer) -> Grouped:
    """The objects of an answer: each pixel goes to the middle nearest to where its offset leads."""
    alpha, middles = answer.alpha, answer.middles
    ys, xs, marks = peaks(middles)
    cells = cv2.resize(alpha, middles.shape[::-1], interpolation=cv2.INTER_AREA)
    own = _nearest(answer.offsets, ys, xs) * (len(ys) > 0)
    own[cells < _THIN] = 0
    numbers = cv2.resize(own.astype(np.uint8), alpha.shape[::-1], interpolation=cv2.INTER_NEAREST)
    numbers = np.asarray(np.where(alpha > 0.5, numbers, 0), np.uint8)
    sums = np.bincount(numbers.ravel(), alpha.ravel().astype(np.float64), len(ys) + 1)
    areas = np.bincount(numbers.ravel(), minlength=len(ys) + 1)
    least = alpha.size // middles.size // 2
    kept = [n for n in range(1, len(ys) + 1) if areas[n] >= max(1, least)]
    table = np.zeros(256, np.uint8)
    table[kept] = np.arange(1, len(kept) + 1)
    quality = [float(min(1.0, marks[n - 1]) * sums[n] / areas[n]) for n in kept]
    return Grouped(alpha, table[numbers], quality)


def peaks(middles: Floats) -> tuple[Floats, Floats, Floats]:
    """Rows and columns of the middles in cells, whose centres lie at .5, and their marks, strongest first."""
    highest = cv2.dilate(middles, np.ones((_APART, _APART), np.uint8))
    rows, columns = np.nonzero((middles == highest) & (middles >= MARKED))
    order = np.argsort(-middles[rows, columns], kind="stable")[:MOST]
    rows, columns = rows[order], columns[order]
    marks = middles[rows, columns].astype(np.float32)
    return (rows + 0.5).astype(np.float32), (columns + 0.5).astype(np.float32), marks


def _nearest(offsets: Floats, ys: Floats, xs: Floats) -> NDArray[np.int64]:
    """Number, from 1 on, of the middle nearest to where each cell's offset leads."""
    high, wide = offsets.shape[1:]
    rows, columns = np.mgrid[:high, :wide].astype(np.float32) + 0.5
    x, y = columns + offsets[0], rows + offsets[1]
    best = np.full((high, wide), np.inf, np.float32)
    own = np.zeros((high, wide), np.int64)
    for number, (to_y, to_x) in enumerate(zip(ys, xs, strict=True), 1):
        away = (y - to_y) ** 2 + (x - to_x) ** 2
        nearer = away < best
        best[nearer], own[nearer] = away[nearer], number
    return own
