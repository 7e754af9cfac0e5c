"""The robot user: each click in the middle of what is most wrong, as in GrabCut's and DAVIS' protocols.

Sources: Gulshan et al. 2010 and Xu et al. 2016 (interactive segmentation), Caelles et al. 2018 (DAVIS).
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from benchmarks.select.measures import boundary_f, iou

if TYPE_CHECKING:
    from benchmarks.select.objects import Area, Target

MOST = 20
"""Clicks after which the robot gives up; also what a failure counts as."""
AT_LEAST, GOOD = 5, 0.90
"""The robot clicks at least so often, and on until the IoU is that good."""
JITTER = 0.05
"""How far each side of a drawn box may be off, as a share of the box's width or height."""


class Click(NamedTuple):
    """A pixel, and whether it belongs to the object."""

    x: int
    y: int
    belongs: bool


class Walk(NamedTuple):
    """What the clicks were and what was reached after each: IoU and boundary F."""

    clicks: list[Click]
    ious: list[float]
    edges: list[float]


Answer = Callable[[list[Click]], "Area"]
"""The mask (H×W bool) after all clicks so far."""


def innermost(area: Area, clicked: Set[tuple[int, int]] = frozenset()) -> tuple[int, int] | None:
    """x, y of the pixel of an H×W bool area that is farthest from its outside and was not clicked before.

    The rim of the photo is outside; the first in reading order among equals. None if there is no such pixel.
    """
    framed = cv2.copyMakeBorder(area.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    for x, y in clicked:
        depth[y, x] = 0
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return (int(column), int(row)) if depth[row, column] > 0 else None


def next_click(mask: Area, target: Target, clicked: Set[tuple[int, int]] = frozenset()) -> Click | None:
    """Where the robot clicks next: in the largest 8-connected region that is missing or too much.

    A pixel is clicked once only; None if nothing is wrong that has not been clicked.
    """
    regions: list[tuple[int, bool, Area]] = []
    for belongs, wrong in ((True, target.truth & ~mask), (False, mask & ~target.truth)):
        found = cv2.connectedComponentsWithStats((wrong & target.known).astype(np.uint8), connectivity=8)
        sizes = found[2][1:, cv2.CC_STAT_AREA]
        regions += [(int(size), belongs, found[1] == part) for part, size in enumerate(sizes, 1)]
    for _, belongs, area in sorted(regions, key=lambda region: -region[0]):
        spot = innermost(area, clicked)
        if spot is not None:
            return Click(*spot, belongs)
    return None


def walk(answer: Answer, target: Target) -> Walk:
    """Clicks until the IoU is GOOD (after AT_LEAST clicks or more), nothing is wrong, or MOST is reached."""
    clicks: list[Click] = []
    ious: list[float] = []
    edges: list[float] = []
    mask = np.zeros(target.truth.shape, np.bool_)
    while len(clicks) < MOST and not (len(clicks) >= AT_LEAST and max(ious) >= GOOD):
        click = next_click(mask, target, {(c.x, c.y) for c in clicks})
        if click is None:
            break
        clicks.append(click)
        mask = answer(clicks)
        ious.append(iou(mask, target))
        edges.append(boundary_f(mask, target))
    return Walk(clicks, ious, edges)


def drawn_box(truth: Area, seed: int) -> tuple[float, float, float, float]:
    """x, y, width, height of the box around an H×W bool area as a hand might draw it, inside the photo.

    Each side is moved by up to JITTER of the box's width or height, evenly spread.
    """
    rows, columns = np.flatnonzero(truth.any(axis=1)), np.flatnonzero(truth.any(axis=0))
    left, right, top, bottom = columns[0], columns[-1] + 1.0, rows[0], rows[-1] + 1.0
    moves = np.random.default_rng(seed).uniform(-JITTER, JITTER, 4)
    wide, high = right - left, bottom - top
    x0, x1 = np.clip((left + moves[0] * wide, right + moves[1] * wide), 0, truth.shape[1])
    y0, y1 = np.clip((top + moves[2] * high, bottom + moves[3] * high), 0, truth.shape[0])
    return float(x0), float(y0), float(x1 - x0), float(y1 - y0)
