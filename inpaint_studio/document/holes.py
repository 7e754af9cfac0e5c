"""Holes of layers, and what a user may choose for their fills."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from inpaint_studio.basics.mask import Mask

if TYPE_CHECKING:
    from inpaint_studio.basics.parameters import Value

MOST_CANDIDATES = 4
"""How many fills one run of a filler gives at most."""


def new_id() -> str:
    """An id that no other node or hole has."""
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class FillOptions:
    """What a user may choose for a fill.

    `candidate` 0..`MOST_CANDIDATES` - 1 is which of the fills that one run of the filler gives, the best
    first; `sample`, in source pixels, is the only area to copy from (None: anywhere). `values` are those of
    the filler's parameters that are not the usual ones, by name and in its order.
    """

    filler: str = "auto"
    seed: int = 0
    candidate: int = 0
    sample: Mask | None = None
    values: tuple[tuple[str, Value], ...] = ()

    def with_value(self, name: str, value: Value | None) -> FillOptions:
        """The same with another value of a parameter; None for the usual one."""
        kept = {key: old for key, old in self.values if key != name}
        if value is not None:
            kept[name] = value
        return replace(self, values=tuple(sorted(kept.items())))


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Hole:
    """The part of a layer uncovered by lifting or removing, in the pixels of the layer's source.

    `owner` is the id of the cutout lifted from here, None for what was removed without one. `stuff` says that
    the cutout is scenery, such as a building or sky: while it is at home, fills may copy from it. `behind`
    says that the layer goes on here, behind the owner, as far as its mask says; else alpha is filled as
    colours are.
    """

    mask: Mask
    owner: str | None = None
    options: FillOptions = field(default_factory=FillOptions)
    id: str = field(default_factory=new_id)
    stuff: bool = False
    behind: bool = False
