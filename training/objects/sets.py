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
"""Sets of which an eighth is kept for measuring, and a sixteenth for checking."""


def licence() -> str:
    """The line on the data that goes into checkpoint and card."""
    return f"Apache-2.0; trained on {'; '.join(TERMS.values())}; masks of {TEACHER}"


def photos_of(data: Path, name: str, split: str) -> list[Path]:
    """Photos of a set in the split "train", "check" or "held-out"; one that is not measured has "train" only.

    "check" is what thresholds and certainties are fitted on: it is not learnt from, and not measured on.
    """
    folder = data / name
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTOS)
    return [path for path in found if _split(name, path.stem) == split]


def _split(name: str, photo: str) -> str:
    if name not in MEASURED:
        return "train"
    return "held-out" if held_out(photo) else "check" if held_out(photo, "2") else "train"


def present(data: Path) -> Sequence[str]:
    """The sets that are in `data`; StudioError if there is none."""
    found = [name for name in TERMS if (data / name).is_dir()]
    if not found:
        raise StudioError(
            f"{data} holds none of {', '.join(TERMS)}; name the folder of the data with --data."
        )
    return found
