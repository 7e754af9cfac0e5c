"""The data sets that this network may learn from, with their terms, and what of them is kept for measuring.

Sets whose own page says research only or non-commercial use of the whole (BSDS500, CamVid) are left out, so
that the weights may go into any photo. docs/decisions says how each set was judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inpaint_studio.basics import StudioError
from training.common.datasets import PHOTOS, held_out

TERMS = {
    "photos/imagenet": "ImageNet sample photos (owners' terms differ; no terms stated for the collection)",
    "photos/camera": "drewnoakes/metadata-extractor-images (free to use however you wish, as stated there)",
    "voc": "Pascal VOC 2012 with masks of SBD (photos from Flickr, whose terms differ)",
    "coco128": "COCO128 (labels CC BY 4.0; photos from Flickr, whose terms differ)",
    "ccp": "bearpaw/clothing-co-parsing (Apache-2.0 as stated)",
    "people": "VikramShenoy97/Human-Segmentation-Dataset (no terms stated)",
}
"""Folder of the data → where it is from and on which terms."""
TEACHER = "IS-Net (Qin et al., ECCV 2022; MIT as its package states)"
MEASURED = ("photos/imagenet", "voc", "coco128")
"""Sets of which an eighth is kept for measuring."""


def licence() -> str:
    """The line on the data that goes into checkpoint and card."""
    return f"Apache-2.0; trained on {'; '.join(TERMS.values())}; masks of {TEACHER}"


def photos_of(data: Path, name: str, split: str) -> list[Path]:
    """Photos of a set in the split "train" or "held-out"; a set that is not measured has no held-out ones."""
    folder = data / name
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTOS)
    kept = {path for path in found if name in MEASURED and held_out(path.stem)}
    return [path for path in found if (path in kept) == (split == "held-out")]


def present(data: Path) -> Sequence[str]:
    """The sets that are in `data`; StudioError if there is none."""
    found = [name for name in TERMS if (data / name).is_dir()]
    if not found:
        raise StudioError(
            f"{data} holds none of {', '.join(TERMS)}; name the folder of the data with --data."
        )
    return found
