"""IoU and accuracy from counts of true and answered classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.common.samples import Array

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """IoU per class (None where labels and answers lack it), its means, and the share of right pixels.

    `mean_iou` is taken over the classes that count, `mean_iou_present` over all that occur.
    """

    iou: dict[str, float | None]
    mean_iou: float
    mean_iou_present: float
    accuracy: float


def confusion(truth: Array, answer: Array, classes: int) -> Counts:
    """Counts of (true class, answered class), n×n, over the pixels whose truth is not `classes` (void)."""
    known = truth != classes
    pairs = truth[known].astype(np.int64) * classes + answer[known]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def counted(truths: Sequence[Array], classes: int, least: int) -> list[int]:
    """The classes that at least `least` label pictures show; all classes if there is none."""
    photos = sum(
        (np.bincount(np.unique(ids), minlength=classes + 1)[:classes] > 0).astype(int) for ids in truths
    )
    found = [int(number) for number in np.flatnonzero(photos >= np.int64(least))]
    return found or list(range(classes))


def scores(table: Counts, names: Sequence[str], count: Sequence[int] | None = None) -> Scores:
    """Scores of summed counts; `count` lists the classes whose mean is `mean_iou`, by default all."""
    right = np.diag(table).astype(float)
    union = table.sum(0) + table.sum(1) - right
    each = [float(r / u) if u else None for r, u in zip(right, union, strict=True)]
    chosen = range(len(names)) if count is None else count
    return Scores(
        dict(zip(names, each, strict=True)),
        _mean([each[number] for number in chosen]),
        _mean(each),
        float(right.sum() / max(1, table.sum())),
    )


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else 0.0
