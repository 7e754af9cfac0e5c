"""From class numbers to single objects: connected parts, touching ones split, slivers dropped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array, Box
from inpaint_studio.engines.finders.splitting import distance_inside, split_touching

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which connected parts of a class become objects.

    `area` is the least share of the picture, `width` the least width of the widest spot as a share of the
    longer side. A "thing" can be counted and lifted with all others, an "area" is scenery. `split` says
    whether touching ones are taken apart, `united` whether all parts of a photo are one object, `behind`
    whether other things stand in front of it, as they do of all areas.
    """

    label: str
    kind: Literal["thing", "area"]
    area: float
    width: float
    split: bool = False
    united: bool = False
    behind: bool = False


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
        masks = parts_of(_as_mask(ids == number), rules[name])
        if masks and rules[name].united:
            masks = [np.maximum.reduce(masks)]
        for mask in masks:
            score = float(chances[number][mask > 0].mean())
            if score >= least_score:
                found.append(Sketch(mask, rules[name], score))
    return found


def widest(mask: Array) -> float:
    """Width of the widest spot of an h×w mask, in pixels."""
    return 2 * float(distance_inside(mask).max())


def parts_of(mask: Array, rule: Rule) -> list[Array]:
    """The parts of an h×w mask (0 or 255) that keep the rule, each as an h×w mask."""
    least = max(12, round(rule.area * mask.size))
    width = max(2.0, rule.width * max(mask.shape))
    kept = []
    for part in _components(mask):
        if np.count_nonzero(part) < least:
            continue
        pieces = split_touching(part, least) if rule.split else [part]
        kept += [p for p in pieces if np.count_nonzero(p) >= least and widest(p) > width]
    return kept


def _components(mask: Array) -> list[Array]:
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    largest = sorted(range(1, count), key=lambda i: -stats[i, cv2.CC_STAT_AREA])
    return [_as_mask(numbers == i) for i in largest[:60]]


def _as_mask(chosen: NDArray[np.bool_]) -> Array:
    return chosen.astype(np.uint8) * np.uint8(255)
