"""What to fill: a hole from a mask, holes in groups, and the part of the photo that each group needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.mask import Box, grow_box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.engines.contracts import FillTask

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_SHADOW = 0.1
"""Height of the contact shadow below an object, as a part of the object's height."""
_LABEL_SIDE = 1024
"""Holes are grouped on a picture of at most this many pixels a side."""


def growth(mask: Mask, shape: tuple[int, int]) -> int:
    """By how many pixels a mask must grow so that no rim of the object is left in the picture.

    The blur of an edge scales with the photo: 3 px at 480 px, 5 px at 1024 px, at most 15 px. Small
    objects have proportionally smaller rims.
    """
    by_photo = min(15.0, 1.5 + 0.0035 * max(shape))
    by_object = 2 + 0.1 * math.sqrt(mask.area)
    return max(2, round(min(by_photo, by_object)))


def hole_for(mask: Mask, shape: tuple[int, int], avoid: Mask | None = None) -> Mask:
    """The hole (0 or 255) that removing an object leaves: its mask grown by what its soft edge needs.

    `shape` is (height, width) of the photo. Downwards it grows a little more, for the dark line where an
    object touches the ground: left in the picture, it is continued by the fill. The hole stays out of
    `avoid` (neighbouring objects that are not lifted), except where the mask covers more of a pixel than
    `avoid` does.
    """
    if not mask:
        return Mask.empty()
    margin = growth(mask, shape)
    below = min(2 * margin, round(_SHADOW * mask.box[3]))
    box = grow_box(mask.box, margin + below, shape[1], shape[0])
    inside = mask.window(box)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * margin + 1, 2 * margin + 1))
    grown = cv2.dilate((inside > 0).astype(np.uint8) * np.uint8(255), kernel)
    hole: Array = np.asarray(
        cv2.dilate(grown, np.ones((below + 1, 1), np.uint8), anchor=(0, below)), np.uint8
    )
    if avoid is not None:
        hole[avoid.window(box) > inside] = 0
    return Mask.place(hole, box[0], box[1])


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Holes near each other: their bounding box, and h×w bool of that box, True where to paint."""

    box: Box
    hole: Flags


def groups(hole: Array) -> list[Group]:
    """The holes (H×W uint8, > 0) in groups that are far from each other, largest first."""
    step = max(1, math.ceil(max(hole.shape) / _LABEL_SIDE))
    small = _any_in_blocks(hole > 0, step)
    reach = max(3, round(0.02 * max(small.shape)))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    count, labels = cv2.connectedComponents(np.asarray(cv2.dilate(small.astype(np.uint8), kernel), np.uint8))
    labels = np.where(small, labels, 0)
    found = [_group(hole, labels == label, step) for label in range(1, count)]
    return sorted(found, key=lambda group: -int(group.hole.sum()))


def _any_in_blocks(flags: Flags, step: int) -> Flags:
    padded = np.pad(flags, ((0, -flags.shape[0] % step), (0, -flags.shape[1] % step)))
    blocks = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step)
    return np.asarray(blocks.any(axis=(1, 3)))


def _group(hole: Array, blocks: Flags, step: int) -> Group:
    mask = Mask.place(blocks.view(np.uint8))
    x, y, w, h = mask.box
    there = np.repeat(np.repeat(mask.crop > 0, step, 0), step, 1)
    part = hole[y * step : (y + h) * step, x * step : (x + w) * step] > 0
    tight = Mask.place((part & there[: part.shape[0], : part.shape[1]]).view(np.uint8), x * step, y * step)
    return Group(tight.box, tight.crop > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Which pixels of a photo are what, H×W bool: `hole` to be painted, `known` shown and comparable,
    `source` ⊂ `known` allowed to be copied."""

    hole: Flags
    known: Flags
    source: Flags

    @classmethod
    def of(cls, task: FillTask) -> Areas:
        """The areas of a task. Raises StudioError if it cannot be done."""
        image, source_mask, excluded_mask = task.image, task.source_mask, task.excluded_mask
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise StudioError(message("fill.not_rgb"))
        masks = {
            "hole": task.hole, "sampling area": source_mask, "area to keep out": excluded_mask,
            "map of labels": task.labels,
        }  # fmt: skip
        for name, mask in masks.items():
            if mask is not None and mask.shape != image.shape[:2]:
                raise StudioError(message("fill.wrong_size", name=name))
        to_paint = task.hole > 0
        if not to_paint.any():
            raise StudioError(message("fill.hole_empty"))
        known = ~to_paint
        if excluded_mask is not None:
            known &= excluded_mask == 0
        source = known if source_mask is None else known & (source_mask > 0)
        if not source.any():
            raise StudioError(message("fill.no_source"))
        return cls(to_paint, known, source)

    def crop_for(self, group: Group) -> Box:
        """The box with enough around a group to copy from; all of the picture if need be."""
        height, width = self.hole.shape
        wanted = 3 * int(group.hole.sum()) + 2000
        for margin in self._margins(group):
            x, y, w, h = grow_box(group.box, margin, width, height)
            if np.count_nonzero(self.source[y : y + h, x : x + w]) >= wanted:
                return x, y, w, h
        return 0, 0, width, height

    def _margins(self, group: Group) -> Iterator[int]:
        margin = max(64, round(0.75 * max(group.box[2:])))
        while margin < max(self.hole.shape):
            yield margin
            margin *= 2
