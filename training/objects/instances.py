"""From the network's answer to things: middles, and what lies on whose way to the middle."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.common.samples import Array
from training.objects.network import CELL, REACH

Floats = NDArray[np.float32]
MARKED, MOST = 0.2, 60
"""A middle is marked with at least so much; of more than `MOST` the weaker ones are left out."""
_APART = 5
"""Middles lie more than half so many cells apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """What was found in a photo of h×w: `alpha` 0 to 1, `instances` uint8 numbers from 1 on (0: none), both
    h×w, and for each thing its `quality`, 0 to 1, in order of numbers."""

    alpha: Floats
    instances: Array
    quality: list[float]


def things_of(alpha: Floats, middles: Floats, offsets: Floats) -> Things:
    """Group an answer: `alpha` H×W, `middles` H/4×W/4, `offsets` 2×H/4×W/4 in units of `REACH` pixels."""
    ys, xs, marks = peaks(middles)
    cells = cv2.resize(alpha, middles.shape[::-1], interpolation=cv2.INTER_AREA)
    own = _nearest(offsets, ys, xs) * (len(ys) > 0)
    own[cells < 0.3] = 0  # a thin thing covers its cells by less than half
    numbers = cv2.resize(own.astype(np.uint8), alpha.shape[::-1], interpolation=cv2.INTER_NEAREST)
    numbers = np.asarray(np.where(alpha > 0.5, numbers, 0), np.uint8)
    sums = np.bincount(numbers.ravel(), alpha.ravel().astype(np.float64), len(ys) + 1)
    areas = np.bincount(numbers.ravel(), minlength=len(ys) + 1)
    kept = [n for n in range(1, len(ys) + 1) if areas[n] >= CELL * CELL // 2]
    table = np.zeros(256, np.uint8)
    table[kept] = np.arange(1, len(kept) + 1)
    quality = [float(min(1.0, marks[n - 1]) * sums[n] / areas[n]) for n in kept]
    return Things(alpha, table[numbers], quality)


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
    x, y = columns + offsets[0] * (REACH / CELL), rows + offsets[1] * (REACH / CELL)
    best = np.full((high, wide), np.inf, np.float32)
    own = np.zeros((high, wide), np.int64)
    for number, (to_y, to_x) in enumerate(zip(ys, xs, strict=True), 1):
        away = (y - to_y) ** 2 + (x - to_x) ** 2
        nearer = away < best
        best[nearer], own[nearer] = away[nearer], number
    return own
