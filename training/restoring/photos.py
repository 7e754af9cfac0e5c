"""Photos to spoil and restore, and the outlines of things in them, from the folders of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inpaint_studio.basics import StudioError
from training.common.datasets import PHOTOS, held_out
from training.common.samples import Array, read_labels, read_photo

SETS = (
    "photos/imagenet", "photos/camera", "voc", "coco128", "ccp", "people", "bsds/train", "bsds/val",
    "camvid/train",
)  # fmt: skip
"""Folders of the data whose photos are used; nothing in them that is kept for measuring is."""
THINGS = ("voc", "coco128", "ccp", "people")
"""Those whose label pictures show things, numbers from 1 on."""
TERMS = (
    "Research use, non-commercial: trained on ImageNet sample photos, camera photos of "
    "metadata-extractor-images (free to use as stated), "
    "Pascal VOC 2012 (photos from Flickr), COCO (CC BY 4.0), BSDS500 (research use), CamVid (CC BY-NC), "
    "clothing-co-parsing (Apache-2.0 as stated) and Human-Segmentation-Dataset (no terms stated)."
)
OUTLINE = 160
"""Longer side of an outline in pixels."""
_CHECKED = 4
"""Of the photos that watch a run only every so many-th is loaded."""
_LEAST, _MOST = 0.01, 0.6
"""Share of its photo that a thing must have for its outline to be used."""


@dataclass(frozen=True)
class Gallery:
    """Photos (H×W×3 uint8) of a split, and outlines of things (h×w uint8, 0 or 1)."""

    photos: list[Array]
    outlines: list[Array]


def load_gallery(root: Path, split: str, side: int, *, outlines: bool) -> Gallery:
    """The photos of the split "train", or of "check", which tells during a run how it goes.

    A longer side above `side` is reduced to it. StudioError if `root` has none of the folders of `SETS`.
    """
    found = [name for name in SETS if (root / name).is_dir()]
    if not found:
        raise StudioError(f"{root} holds none of {', '.join(SETS)}; name the folder of the data with --data.")
    paths = [(name, path) for name in found for path in _paths(root / name) if _split(name, path) == split]
    if split == "check":
        paths = paths[::_CHECKED]
    if not paths:
        raise StudioError(f"There are no photos to {split} with in {root}.")
    things = [path for name, path in paths if name in THINGS] if outlines else []
    return Gallery(
        [reduced(read_photo(path), side) for _, path in paths],
        [outline for path in things for outline in _outlines(path.with_suffix(".png"))],
    )


def _paths(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTOS)


def _split(folder: str, path: Path) -> str:
    """Of VOC and COCO128 an eighth is kept for measuring, and another watches the run."""
    if folder not in ("voc", "coco128"):
        return "train"
    if held_out(path.stem):
        return "held-out"
    return "check" if held_out(path.stem, "2") else "train"


def reduced(picture: Array, side: int) -> Array:
    """A picture whose longer side is at most `side`."""
    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _outlines(path: Path) -> Iterator[Array]:
    """The outlines of the things of a label picture."""
    if not path.is_file():
        return
    labels = read_labels(path)
    if path.parent.name in ("ccp", "people"):  # numbers of clothes and skin: together a person
        labels = (labels > 0).astype(np.uint8)
    for number in np.unique(labels):
        if number in (0, 255):
            continue
        count, parts, stats, _ = cv2.connectedComponentsWithStats((labels == number).astype(np.uint8))
        for part in range(1, count):
            x, y, w, h, area = stats[part]
            if _LEAST < area / labels.size < _MOST:
                yield reduced((parts[y : y + h, x : x + w] == part).astype(np.uint8), OUTLINE)
