"""The objects to select: all in the held-out photos that cover at least 1 % of their photo, none hand-picked.

VOC: every 8-connected component of every class; void pixels (255) belong to nothing and count nowhere.
COCO128: every instance, whole even where something hides its middle. BSDS: every region of the annotator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inpaint_studio.basics import StudioError
from training.common.datasets import held_out

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array

Area = NDArray[np.bool_]
T = TypeVar("T")

LEAST = 0.01
"""Smallest object, as a share of the whole photo."""
VOID = 255
DEEP_VOID = 5.0
"""Pixels. Void this far from any labelled pixel says nothing about where an edge lies; VOC's void seams are
thinner and are split between their two sides by nearness, for the measure of edges only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which object: the number is its place in the order of its photo's objects, from 0."""

    set: str
    photo: Path
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """An object to select. All H×W bool: `truth` are its pixels, `known` those that count; `filled` and
    `edges_known` are the same for measuring edges, with thin seams of void given to the nearer side."""

    truth: Area
    known: Area
    filled: Area
    edges_known: Area

    @classmethod
    def of(cls, truth: Area, void: Area) -> Target:
        if not void.any():
            return cls(truth, ~void, truth, ~void)
        far, nearest = cv2.distanceTransformWithLabels(
            void.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        belongs = np.zeros(int(nearest.max()) + 1, np.bool_)
        belongs[nearest[~void]] = truth[~void]
        return cls(truth, ~void, np.asarray(belongs[nearest]), np.asarray(far <= DEEP_VOID))


@dataclass(frozen=True, slots=True)
class _Set:
    title: str
    folder: str
    held: Callable[[str], bool]
    ignored: tuple[int, ...]
    apart: bool
    """Whether the components of one label are objects of their own."""


SETS = {
    "voc": _Set("Pascal VOC, components", "voc", held_out, (0, VOID), True),
    "coco128": _Set("COCO128, instances", "coco128", held_out, (0,), False),
    "bsds": _Set("BSDS500 test, regions", "bsds/test", lambda name: True, (), False),
}


def areas(labels: Array, kind: str) -> Iterator[Area]:
    """The objects of a label picture (H×W uint8) in a fixed order: by label, components from the top."""
    rules, least = SETS[kind], LEAST * labels.size
    for label in np.unique(labels):
        if label in rules.ignored:
            continue
        same = labels == label
        if not rules.apart:
            parts = [same]
        else:
            count, numbers = cv2.connectedComponents(same.astype(np.uint8), connectivity=8)
            parts = [numbers == part for part in range(1, count)]
        yield from (part for part in parts if part.sum() >= least)


def places(data: Path, kind: str) -> list[Place]:
    """All objects of a set in the order of the photos' names; StudioError if there is no held-out photo."""
    folder = data / SETS[kind].folder
    files = sorted(p for p in folder.glob("*.png") if SETS[kind].held(p.stem)) if folder.is_dir() else []
    if not files:
        raise StudioError(
            f"There are no held-out label pictures (PNG) in {folder}; name the data with --data."
        )
    return [Place(kind, _photo(p), n) for p in files for n in range(sum(1 for _ in areas(_labels(p), kind)))]


def spread(found: Sequence[T], limit: int | None) -> list[T]:
    """All, or `limit` of them: every k-th in their order."""
    if limit is None or limit >= len(found):
        return list(found)
    return [found[len(found) * i // limit] for i in range(limit)]


def _photo(labels: Path) -> Path:
    for suffix in (".webp", ".jpg", ".jpeg"):
        if (photo := labels.with_suffix(suffix)).is_file():
            return photo
    raise StudioError(f"The photo of {labels} is missing; unpack the data again.")


def _labels(path: Path) -> Array:
    with Image.open(path.with_suffix(".png")) as picture:
        return np.asarray(picture)


def read_photo(path: Path) -> Array:
    """H×W×3 uint8 RGB."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def read_target(place: Place) -> Target:
    """The object at a place. Raises StudioError if photo and labels differ in size."""
    labels = _labels(place.photo)
    with Image.open(place.photo) as picture:
        if picture.size != labels.shape[::-1]:
            raise StudioError(
                f"The photo {place.photo} and its labels differ in size; unpack the data again."
            )
    void = labels == VOID if VOID in SETS[place.set].ignored else np.zeros(labels.shape, np.bool_)
    return Target.of(list(areas(labels, place.set))[place.number], void)
