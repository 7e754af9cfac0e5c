"""Lifts several things at once so that each is whole: what a nearer one hides of a farther one is filled."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, message
from inpaint_studio.basics.mask import Array, boxes_meet, grow_box, unite
from inpaint_studio.document import Document, Hole
from inpaint_studio.studio.depth import things_by_depth
from inpaint_studio.studio.lift import hole_of, lift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.basics import FoundObject

_SOLID = 0.6
"""A thing is continued behind another only if it fills this share of its hull: legs and spokes do not."""
_TOUCH = 0.06
"""They must touch along this share of the farther one's outline."""


def lift_things(document: Document, found: Iterable[FoundObject], merge_key: str | None = None) -> list[str]:
    """Lifts the things among found objects, the farthest first, and returns their layers' ids in that order.

    A layer whose thing goes on behind a nearer one has a hole there, owned by the nearer one, that is filled
    from the layer itself. All is one step, or part of that with the same `merge_key` before.
    """
    step = message("step.lift_all"), merge_key or f"lift all {uuid.uuid4().hex}"
    things = things_by_depth(found)
    made: list[str] = []
    behind: list[tuple[str, int]] = []
    for number, thing in enumerate(things):
        hidden = [
            (nearer, part)
            for nearer in range(number + 1, len(things))
            if (part := hidden_part(thing.mask, things[nearer].mask))
        ]
        parts = unite(part for _, part in hidden)
        made.append(lift(document, thing.mask, thing.label, step=step, hidden=parts))
        for farther, nearer in behind:
            if nearer == number:
                _open_behind(document, farther, thing.mask, made[-1], step)
        behind += [(made[-1], nearer) for nearer, _ in hidden]
    return made


def _open_behind(document: Document, farther: str, mask: Mask, nearer: str, step: tuple[str, str]) -> None:
    """Gives a layer the hole that a nearer thing leaves in it."""
    layer = document.layer(farther)
    hole = hole_of(document, layer, mask)
    if hole:
        name, merge_key = step
        holed = replace(layer, holes=(*layer.holes, Hole(hole, nearer, behind=True)))
        document.update(name, holed, merge_key=merge_key)


def hidden_part(far: Mask, near: Mask) -> Mask:
    """What of a farther thing is likely to lie behind a nearer one: its hull, as far as that covers it.

    Empty where they hardly touch, and for things with gaps, of which nobody knows how they go on.
    """
    import cv2  # not when the program starts

    if not boxes_meet(grow_box(far.box, 2, 1 << 30, 1 << 30), near.box):
        return Mask.empty()
    outlines, _ = cv2.findContours(_solid(far.crop), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return Mask.empty()
    hull = np.zeros(far.crop.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.concatenate(outlines)), 255)
    covered = _solid(near.window(far.box))
    rim = cv2.morphologyEx(_solid(far.crop), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    touching = np.count_nonzero((rim > 0) & (cv2.dilate(covered, np.ones((5, 5), np.uint8)) > 0))
    seen = np.count_nonzero(hull[covered == 0])
    if touching < _TOUCH * np.count_nonzero(rim) or np.count_nonzero(far.crop > 127) < _SOLID * seen:
        return Mask.empty()
    behind = (hull > 0) & (covered > 0) & (far.crop <= 127)
    return Mask.place(behind.astype(np.uint8) * np.uint8(255), far.x, far.y)


def _solid(crop: Array) -> Array:
    return np.where(crop > 127, 255, 0).astype(np.uint8)
