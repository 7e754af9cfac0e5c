"""Holes of layers, and what a user may choose for their fills."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from inpaint_studio.basics.mask import Mask

MOST_CANDIDATES = 4
"""How many fills one run of a filler gives at most."""


def new_id() -> str:
    """An id that no other node or hole has."""
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class FillOptions:
    """What a user may choose for a fill.

    `candidate` 0..`MOST_CANDIDATES` - 1 is which of the fills that one run of the filler gives, the best
    first; `adaptation` 0..1 how far copied colours follow those around the hole; `sample`, in source pixels,
    the only area to copy from (None: anywhere).
    """

    filler: str = "auto"
    seed: int = 0
    candidate: int = 0
    adaptation: float = 1.0
    sample: Mask | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Hole:
    """The part of a layer uncovered by lifting or removing, in the pixels of the layer's source.

    `owner` is the id of the cutout lifted from here, None for what was removed without one. `stuff` says that
    the cutout is scenery, such as a building or sky: while it is at home, fills may copy from it.
    """

    mask: Mask
    owner: str | None = None
    options: FillOptions = field(default_factory=FillOptions)
    id: str = field(default_factory=new_id)
    stuff: bool = False
