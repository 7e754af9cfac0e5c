"""Finds people, animals, vehicles and furniture in any photo with the network of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Progress, SubProgress
from inpaint_studio.engines.finders.instances import Floats, Rule, Sketch, sketches
from inpaint_studio.engines.finders.merge import merged, sharpened, work_size
from inpaint_studio.engines.finders.network import LabelNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inpaint_studio.basics.mask import Array

LEAST_SCORE = 0.5

_LARGE, _SMALL = (0.002, 0.02), (0.001, 0.015)

RULES = {
    "person": Rule("person", "thing", *_SMALL, split=True),
    "cat": Rule("cat", "thing", *_LARGE, split=True),
    "dog": Rule("dog", "thing", *_LARGE, split=True),
    "horse": Rule("horse", "thing", *_LARGE, split=True),
    "cow": Rule("cow", "thing", *_LARGE, split=True),
    "sheep": Rule("sheep", "thing", *_LARGE, split=True),
    "bird": Rule("bird", "thing", *_SMALL, split=True),
    "car": Rule("car", "thing", *_LARGE, split=True),
    "bus": Rule("bus", "thing", *_LARGE, split=True),
    "bicycle": Rule("bicycle", "thing", *_LARGE),
    "motorbike": Rule("motorbike", "thing", *_LARGE),
    "aeroplane": Rule("plane", "thing", *_LARGE, split=True),
    "boat": Rule("boat", "thing", *_LARGE, split=True),
    "train": Rule("train", "thing", *_LARGE),
    "bottle": Rule("bottle", "thing", *_SMALL, split=True),
    "chair": Rule("chair", "thing", *_LARGE, split=True),
    "sofa": Rule("sofa", "thing", *_LARGE),
    "diningtable": Rule("table", "thing", *_LARGE),
    "pottedplant": Rule("plant", "thing", *_LARGE),
    "tvmonitor": Rule("screen", "thing", *_LARGE, split=True),
}
"""Class of Pascal VOC → what is offered to the user."""

ALIKE = (
    ("cat", "dog", "horse", "cow", "sheep"),
    ("car", "bus", "train"),
    ("chair", "sofa"),
    ("bicycle", "motorbike"),
)
"""Classes that are taken for each other: one animal may get the head of another."""
_MINOR, _UNSURE = 0.35, 0.75
"""A patch of less than this share of such a shape, and less certain than this, gets the name of the rest."""


class ThingsFinder:
    """People, cats, dogs, horses, cows, sheep, birds, vehicles, bottles, furniture, plants and screens.

    An object is dropped whose pixels are on average less than `LEAST_SCORE` certain.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds things.json and its weights; by default the user's or the program's own."""
        self.network = LabelNetwork("things", folder)

    def sketch(self, image: Array, size: tuple[int, int], progress: Progress = NO_PROGRESS) -> list[Sketch]:
        """The objects of an H×W×3 uint8 RGB photo, not yet sharpened, at the size (w, h)."""
        chances, _ = self.network.see(image, progress, size=size)
        settle_words(chances, self.network.names)
        return sketches(chances, self.network.names, RULES, LEAST_SCORE)

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All objects of an H×W×3 uint8 RGB photo, by size and certainty; no two masks share a pixel.

        StudioError if the network is missing or damaged.
        """
        seen = self.sketch(image, work_size(image), SubProgress(progress, 0.0, 0.4))
        return sharpened(image, merged(seen), SubProgress(progress, 0.4, 1.0))

    def label_map(self, image: Array, *, progress: Progress = NO_PROGRESS) -> tuple[Array, tuple[str, ...]]:
        """The likeliest class of every pixel, as `LabelNetwork.label_map`."""
        return self.network.label_map(image, progress=progress)


def settle_words(chances: Floats, names: Sequence[str]) -> None:
    """Gives small unsure patches of a class the name of the larger one that they are joined to (in place).

    `chances` are certainties of classes, classes×h×w. Only classes that are `ALIKE` are joined; the certainty
    of the name that a patch gets is the sum of theirs.
    """
    ids = chances.argmax(axis=0)
    for family in ALIKE:
        numbers = [names.index(name) for name in family if name in names]
        count, parts = cv2.connectedComponents(np.isin(ids, numbers).astype(np.uint8))
        for part in range(1, count):
            inside = parts == part
            areas = {number: np.count_nonzero(inside & (ids == number)) for number in numbers}
            most = max(numbers, key=areas.__getitem__)
            for number in numbers:
                if number == most or not 0 < areas[number] < _MINOR * sum(areas.values()):
                    continue
                patch = inside & (ids == number)
                if chances[number][patch].mean() < _UNSURE:
                    together = chances[np.ix_(numbers)][:, patch].sum(axis=0)
                    for other in numbers:
                        chances[other][patch] = 0
                    chances[most][patch] = together
