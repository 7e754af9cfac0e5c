"""How many of the true things were found, and how many were said that are none."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.common.samples import Array
from training.objects.components import UNKNOWN


def overlaps(true: Array, said: Array) -> NDArray[np.float64]:
    """IoU of each true thing (row) with each that was said (column), where `true` is not `UNKNOWN`."""
    sure = true != UNKNOWN
    rows, columns = int(true[sure].max(initial=0)) + 1, int(said.max(initial=0)) + 1
    pairs = true[sure].astype(np.int64) * columns + said[sure]
    table = np.bincount(pairs, minlength=rows * columns).reshape(rows, columns).astype(np.float64)
    union = table.sum(1, keepdims=True) + table.sum(0, keepdims=True) - table
    return np.asarray((table / np.maximum(union, 1))[1:, 1:])


@dataclass
class Tally:
    """Sums over photos. A thing counts from `least`, its share of the photo, on."""

    least: float = 0.0
    best: list[float] = field(default_factory=list)
    said: int = 0
    wrong: int = 0

    def add(self, true: Array, said: Array) -> float:
        """Count a photo; returns the mean best IoU of its things (1 where it has none)."""
        table = overlaps(true, said)
        areas = np.bincount(true.ravel(), minlength=UNKNOWN + 1)[1 : len(table) + 1]
        chosen = (areas > 0) & (areas >= self.least * true.size)
        best = table.max(axis=1, initial=0)[chosen]
        self.best += best.tolist()
        self.said += table.shape[1]
        self.wrong += int((table.max(axis=0, initial=0) < 0.5).sum())
        return float(best.mean()) if best.size else 1.0

    def found(self, iou: float) -> float:
        """Share of the things that one of those said overlaps by `iou` or more."""
        return float(np.mean(np.array(self.best) >= iou)) if self.best else 0.0
