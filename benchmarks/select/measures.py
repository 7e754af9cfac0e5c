"""How near a mask comes to an object, and how near its edge does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.select.objects import Area, Target

VERSION = 1
"""Rises when a measure or the robot changes, so that old results are not mixed with new ones."""
TOLERANCE = 2.0
"""Pixels between two edges that count as one."""


def iou(mask: Area, target: Target) -> float:
    """Intersection over union, 0..1, of an H×W bool mask, over the pixels that count."""
    mask = mask & target.known
    truth = target.truth & target.known
    union = int((mask | truth).sum())
    return float((mask & truth).sum()) / union if union else 1.0


def edge(area: Area) -> Area:
    """The pixels of an area (H×W bool) that have a neighbour above, below or beside outside it.

    The rim of the photo is no edge.
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    return np.asarray(area & (cv2.erode(area.astype(np.uint8), cross) == 0))


def boundary_f(mask: Area, target: Target, tolerance: float = TOLERANCE) -> float:
    """Boundary F-measure, 0..1 (Martin, Fowlkes, Malik 2004; DAVIS: Perazzi et al. 2016).

    The harmonic mean of the share of the mask's edge that lies within `tolerance` pixels (Euclidean) of the
    true edge, and of the true edge within it of the mask's. 1 if neither has an edge, 0 if only one has.
    """
    mine, true = edge(mask), edge(target.filled)
    precision = _near(mine & target.edges_known, true, tolerance)
    recall = _near(true & target.edges_known, mine, tolerance)
    if precision is None or recall is None:
        return float(precision is None and recall is None)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _near(edges: Area, others: Area, tolerance: float) -> float | None:
    """The share of edge pixels with another's within reach; None if there are no edge pixels."""
    if not edges.any():
        return None
    if not others.any():
        return 0.0
    far = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float((far[edges] <= tolerance + 1e-4).mean())


def clicks_needed(ious: Sequence[float], bar: float, most: int) -> int:
    """NoC: the number of clicks after which the IoU first reached `bar`; `most` if it never did."""
    return next((number for number, value in enumerate(ious, 1) if value >= bar), most)


def after(values: Sequence[float], clicks: int) -> float:
    """The value after so many clicks; the last one if fewer were needed."""
    return values[min(clicks, len(values)) - 1]
