"""From class numbers to single objects: connected parts, touching ones split, slivers dropped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array, Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which connected parts of a class become objects.

    `area` is the least share of the picture, `width` the least width of the widest spot as a share of the
    longer side, `split` whether touching ones are taken apart.
    """

    label: str
    kind: Literal["thing", "area"]
    area: float
    width: float
    split: bool = False


@dataclass(frozen=True, eq=False)
class Sketch:
    """An object before its mask is sharpened.

    `mask` is h×w, 0 or 255, of the reduced photo; `score` is the mean certainty of its pixels, 0..1.
    """

    mask: Array
    rule: Rule
    score: float

    @cached_property
    def area(self) -> int:
        """Number of pixels."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def box(self) -> Box:
        """The smallest box around it."""
        x, y, w, h = cv2.boundingRect(self.mask)
        return x, y, w, h

    @property
    def weight(self) -> float:
        """Size × certainty."""
        return self.score * float(np.sqrt(self.area))


def sketches(
    chances: Floats, names: Sequence[str], rules: Mapping[str, Rule], least_score: float
) -> list[Sketch]:
    """The objects in certainties of classes (classes×h×w float32), those of classes with a rule.

    An object is dropped whose pixels are on average less than `least_score` certain.
    """
    ids = chances.argmax(axis=0)
    found = []
    for number, name in enumerate(names):
        if name not in rules:
            continue
        for mask in parts_of(_as_mask(ids == number), rules[name]):
            score = float(chances[number][mask > 0].mean())
            if score >= least_score:
                found.append(Sketch(mask, rules[name], score))
    return found


def widest(mask: Array) -> float:
    """Width of the widest spot of an h×w mask, in pixels."""
    return 2 * float(_distance(mask).max())


def parts_of(mask: Array, rule: Rule) -> list[Array]:
    """The parts of an h×w mask (0 or 255) that keep the rule, each as an h×w mask."""
    least = max(12, round(rule.area * mask.size))
    width = max(2.0, rule.width * max(mask.shape))
    kept = []
    for part in _components(mask):
        if np.count_nonzero(part) < least:
            continue
        pieces = split_touching(part, least) if rule.split else [part]
        kept += [p for p in pieces if np.count_nonzero(p) >= least and widest(p) >= width]
    return kept


def _components(mask: Array) -> list[Array]:
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    largest = sorted(range(1, count), key=lambda i: -stats[i, cv2.CC_STAT_AREA])
    return [_as_mask(numbers == i) for i in largest[:60]]


def _as_mask(chosen: NDArray[np.bool_]) -> Array:
    return chosen.astype(np.uint8) * np.uint8(255)


def _distance(mask: Array) -> Floats:
    """Distance to the nearest pixel outside; beyond the picture's rim counts as outside."""
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1], np.float32)


def split_touching(part: Array, least: int) -> list[Array]:
    """Take a connected part apart where it has clear necks.

    The distance to the edge is cut at several heights; the height that leaves the most cores, each the
    middle of something as large as `least` pixels, wins; every pixel then joins its nearest core.
    """
    distance = _distance(part)
    top = float(distance.max())
    best: Array | None = None
    most = 1
    for height in (0.35, 0.5, 0.65):
        cores = (distance > height * top).astype(np.uint8)
        count, numbers, stats, _ = cv2.connectedComponentsWithStats(cores, connectivity=8, ltype=cv2.CV_32S)
        wide = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= max(4, 0.1 * least)]
        if len(wide) > most:
            most, best = len(wide), np.isin(numbers, wide).astype(np.uint8)
    if best is None:
        return [part]
    _, nearest = cv2.distanceTransformWithLabels(1 - best, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
    pieces = [np.where(nearest == i, part, np.uint8(0)) for i in range(1, int(nearest.max()) + 1)]
    large = [np.asarray(p, np.uint8) for p in pieces if np.count_nonzero(p) >= least]
    return large if len(large) > 1 else [part]
