"""Which areas of a mask are one thing each, where that leaves little doubt."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from training.common.samples import Array

UNKNOWN = 255
"""In pictures of instances: of a thing, but of which one is not known."""
FLOCKS = {4, 9, 10, 16, 17}
"""Classes of VOC that stand close together in one area: boat, chair, cow, potted plant, sheep."""
UPRIGHT = {5, 15}
"""Bottle and person: one alone is higher than wide."""
_VOID = 255
_MAIN, _SPECK = 0.93, 0.01


def instances_of(mask: Array) -> Array:
    """1 where one area makes up nearly all of a soft mask, else `UNKNOWN` where it is foreground.

    Two areas may be two things, or one behind a pole: nothing is said of them.
    """
    sure = (mask > 127).astype(np.uint8)
    total, parts, stats, _ = cv2.connectedComponentsWithStats(sure)
    if total < 2:
        return np.zeros_like(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    single = areas.max() >= _MAIN * areas.sum() and areas.max() >= _SPECK * mask.size
    out = np.where(sure > 0, UNKNOWN, 0).astype(np.uint8)
    if single:
        out[parts == 1 + int(areas.argmax())] = 1
    return out


def voc_instances(drawn: Array, least: float = 0.002) -> Array:
    """Areas of one class as things to learn from, `UNKNOWN` where one area may be several things.

    Areas below a share of `least` of the photo are `UNKNOWN`, too.
    """
    out, number = np.zeros_like(drawn), 0
    for kind, area, (high, wide) in _areas(drawn):
        several = kind in FLOCKS or (kind in UPRIGHT and high < 1.2 * wide)
        if several or area.sum() < least * drawn.size or number + 1 >= UNKNOWN:
            out[area] = UNKNOWN
        else:
            number += 1
            out[area] = number
    return out


def voc_components(drawn: Array) -> Array:
    """Every area of one class as a thing, however many it may show; `UNKNOWN` where the label picture is.

    This is what is measured; to learn from, `voc_instances` is more careful.
    """
    out = np.where(drawn == _VOID, UNKNOWN, 0).astype(np.uint8)
    for number, (_, area, _) in enumerate(_areas(drawn), 1):
        out[area] = min(number, UNKNOWN - 1)
    return out


def _areas(drawn: Array) -> Iterator[tuple[int, NDArray[np.bool_], tuple[int, int]]]:
    """Class, pixels, and height and width of the box of every connected area of one class."""
    for kind in np.unique(drawn[(drawn > 0) & (drawn != _VOID)]):
        total, parts, stats, _ = cv2.connectedComponentsWithStats((drawn == kind).astype(np.uint8))
        for part in range(1, total):
            yield int(kind), parts == part, (int(stats[part, 3]), int(stats[part, 2]))
