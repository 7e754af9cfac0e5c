"""Photos with their label pictures, checked as they are read and kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from inpaint_studio.basics import StudioError

Array = NDArray[np.uint8]
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
UNKNOWN = 255
"""What a table of labels holds for values that a label picture must not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A photo (H×W×3 uint8 RGB) with its labels (H×W uint8: 0 to n − 1, or n where nothing is known)."""

    name: str
    photo: Array
    labels: Array


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a sample lies: `table` (256 uint8) turns values of the label picture into labels.

    Values that must not occur become `UNKNOWN`. Where `side` is not 0, a photo whose longer side is above it
    is reduced to it, and with `exact` a smaller one enlarged.
    """

    name: str
    photo: Path
    label: Path
    table: bytes
    side: int = 0
    exact: bool = False


def table_of(values: dict[int, int]) -> bytes:
    """The table for `Pair` that knows these values of label pictures, and no others."""
    return bytes(values.get(value, UNKNOWN) for value in range(256))


def read_photo(path: Path) -> Array:
    """H×W×3 uint8 RGB, upright; StudioError if the file is no picture or only a part of one."""
    return _read(path, lambda picture: np.asarray(ImageOps.exif_transpose(picture).convert("RGB")))


def read_labels(path: Path) -> Array:
    """H×W uint8 as stored: the numbers of a grey picture, or of a palette, never its colours.

    StudioError if the file is no picture, or one with several channels.
    """

    def numbers(picture: Image.Image) -> Array:
        if picture.mode not in ("L", "P", "1"):
            raise StudioError(
                f"{path} must be a grey or palette picture of class numbers, but it holds {picture.mode}."
            )
        return np.array(picture, np.uint8)

    return _read(path, numbers)


def _read(path: Path, use: Callable[[Image.Image], Array]) -> Array:
    try:
        with Image.open(path) as picture:
            return np.ascontiguousarray(use(picture))
    except FileNotFoundError:
        raise StudioError(f"{path} is missing.") from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        # Pillow tells damage by any of these.
        raise StudioError(f"{path} can't be read as a picture; fetch the data again.") from None


def load_sample(pair: Pair) -> Sample:
    """Read and check a photo and its labels; StudioError names the file that is wrong."""
    if not pair.label.is_file():
        raise StudioError(f"{pair.photo} has no label picture; {pair.label} is missing.")
    photo, ids = read_photo(pair.photo), read_labels(pair.label)
    if ids.shape != photo.shape[:2]:
        raise StudioError(
            f"{pair.label} is {ids.shape[1]}×{ids.shape[0]}, "
            f"but its photo is {photo.shape[1]}×{photo.shape[0]}."
        )
    labels = np.frombuffer(pair.table, np.uint8)[ids]
    if (labels == UNKNOWN).any():
        known = _spans([value for value in range(256) if pair.table[value] != UNKNOWN])
        raise StudioError(
            f"{pair.label} has the label {ids[labels == UNKNOWN].max()}; only {known} are known."
        )
    if pair.side and (pair.exact or max(ids.shape) > pair.side):
        scale = pair.side / max(ids.shape)
        size = max(1, round(ids.shape[1] * scale)), max(1, round(ids.shape[0] * scale))
        photo = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
        labels = np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return Sample(pair.name, photo, labels)


def _spans(values: Sequence[int]) -> str:
    """Numbers in order as text, runs shortened: "0 to 20, 255"."""
    spans: list[list[int]] = []
    for value in values:
        if spans and value == spans[-1][1] + 1:
            spans[-1][1] = value
        else:
            spans.append([value, value])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)


def normalise(photo: Array) -> NDArray[np.float32]:
    """H×W×3 uint8 → 3×H×W float32 with the mean and deviation of ImageNet."""
    scaled = (photo.astype(np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), np.float32)
