"""Masks and patches: a crop with its place, never a full-size array per object."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Array = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x, y, width, height in pixels; origin top left."""


def intersect_boxes(a: Box, b: Box) -> Box:
    """The common part of two boxes; width or height is 0 where there is none."""
    x, y = max(a[0], b[0]), max(a[1], b[1])
    return x, y, max(0, min(a[0] + a[2], b[0] + b[2]) - x), max(0, min(a[1] + a[3], b[1] + b[3]) - y)


def boxes_meet(a: Box, b: Box) -> bool:
    """Whether two boxes share a pixel."""
    _, _, w, h = intersect_boxes(a, b)
    return w > 0 and h > 0


def unite_boxes(boxes: Iterable[Box]) -> Box:
    """The smallest box around all non-empty boxes; (0, 0, 0, 0) if there is none."""
    kept = [b for b in boxes if b[2] > 0 and b[3] > 0]
    if not kept:
        return 0, 0, 0, 0
    x, y = min(b[0] for b in kept), min(b[1] for b in kept)
    return x, y, max(b[0] + b[2] for b in kept) - x, max(b[1] + b[3] for b in kept) - y


def grow_box(box: Box, margin: int, width: int, height: int) -> Box:
    """The box with a margin on each side, cut to a width × height picture."""
    x, y, w, h = box
    return intersect_boxes((x - margin, y - margin, w + 2 * margin, h + 2 * margin), (0, 0, width, height))


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Coverage 0..255 (uint8) of a tight crop whose top left corner is at (x, y). Read-only.

    An empty mask has a crop of shape (0, 0). Two masks are compared with `same`.
    """

    x: int
    y: int
    crop: Array

    def __post_init__(self) -> None:
        self.crop.flags.writeable = False

    @classmethod
    def empty(cls) -> Mask:
        return cls(0, 0, np.zeros((0, 0), np.uint8))

    @classmethod
    def place(cls, crop: Array, x: int = 0, y: int = 0) -> Mask:
        """A mask from an H×W uint8 array at (x, y), trimmed to its covered part (copied)."""
        rows, columns = np.flatnonzero(crop.any(axis=1)), np.flatnonzero(crop.any(axis=0))
        if not len(rows):
            return cls.empty()
        top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        return cls(x + int(left), y + int(top), crop[top:bottom, left:right].copy())

    @property
    def box(self) -> Box:
        return self.x, self.y, self.crop.shape[1], self.crop.shape[0]

    @property
    def area(self) -> int:
        """Number of pixels with any coverage."""
        return int(np.count_nonzero(self.crop))

    def __bool__(self) -> bool:
        return self.crop.size > 0

    def covers(self, x: float, y: float, least: int = 128) -> bool:
        """Whether the pixel that a point lies in is covered by at least so much."""
        row, column = math.floor(y) - self.y, math.floor(x) - self.x
        height, width = self.crop.shape
        return 0 <= row < height and 0 <= column < width and bool(self.crop[row, column] >= least)

    def window(self, box: Box) -> Array:
        """The coverage inside a box, H×W uint8 (a new array), 0 where the mask does not reach."""
        out = np.zeros((box[3], box[2]), np.uint8)
        x, y, w, h = intersect_boxes(self.box, box)
        if w and h:
            out[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w] = self.crop[
                y - self.y : y - self.y + h, x - self.x : x - self.x + w
            ]
        return out

    def full(self, shape: tuple[int, int]) -> Array:
        """The coverage of a whole picture of shape (height, width)."""
        return self.window((0, 0, shape[1], shape[0]))

    def moved(self, dx: int, dy: int) -> Mask:
        # There is one empty mask: where it lies would tell it from another.
        return Mask(self.x + dx, self.y + dy, self.crop) if self else self

    def clipped(self, box: Box) -> Mask:
        x, y, w, h = intersect_boxes(self.box, box)
        return Mask.place(self.window((x, y, w, h)), x, y) if w and h else Mask.empty()

    def union(self, other: Mask) -> Mask:
        return unite((self, other))

    def intersection(self, other: Mask) -> Mask:
        common = intersect_boxes(self.box, other.box)
        if not (common[2] and common[3]):
            return Mask.empty()
        return Mask.place(np.minimum(self.window(common), other.window(common)), common[0], common[1])

    def minus(self, other: Mask) -> Mask:
        """This mask without the other: coverage is multiplied by what the other leaves."""
        x, y, w, h = intersect_boxes(self.box, other.box)
        if not (w and h):
            return self
        out = self.crop.copy()
        part = out[y - self.y : y - self.y + h, x - self.x : x - self.x + w]
        left = 255 - other.window((x, y, w, h)).astype(np.uint16)
        part[:] = ((part * left + 127) // 255).astype(np.uint8)
        return Mask.place(out, self.x, self.y)

    def same(self, other: Mask) -> bool:
        return self.box == other.box and bool(np.array_equal(self.crop, other.crop))

    def digest(self) -> str:
        """SHA-256 of place and coverage, for keys of derived data."""
        head = f"{self.x},{self.y},{self.crop.shape}".encode()
        return hashlib.sha256(head + self.crop.tobytes()).hexdigest()


def unite(masks: Iterable[Mask]) -> Mask:
    """The union of any number of masks."""
    kept = [m for m in masks if m]
    left, top, width, height = unite_boxes(m.box for m in kept)
    out = np.zeros((height, width), np.uint8)
    for mask in kept:
        x, y, w, h = mask.box
        part = out[y - top : y - top + h, x - left : x - left + w]
        np.maximum(part, mask.crop, out=part)
    return Mask.place(out, left, top)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels with their place: a crop whose top left corner is at (x, y). Read-only.

    H×W×3 RGB, or H×W×4 straight RGBA where coverage is told, too; uint8 or uint16.
    """

    x: int
    y: int
    crop: NDArray[Any]

    def __post_init__(self) -> None:
        self.crop.flags.writeable = False

    @property
    def box(self) -> Box:
        return self.x, self.y, self.crop.shape[1], self.crop.shape[0]
