"""What lies in front of what in a photo, until the user says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.basics import FoundObject, Mask


def by_depth(found: Iterable[FoundObject]) -> list[FoundObject]:
    """Found objects, the farthest first.

    Scenery lies behind things. Of two things, or two pieces of scenery, the one whose lower edge is lower in
    the picture is nearer: it stands nearer on the ground. Of two as low the smaller one is nearer.
    """
    return sorted(found, key=lambda each: (each.kind == "thing", lower_edge(each.mask), -each.mask.area))


def things_by_depth(found: Iterable[FoundObject]) -> list[FoundObject]:
    """Those that are lifted with all others, the farthest first."""
    return by_depth(each for each in found if each.kind == "thing")


def lower_edge(mask: Mask) -> int:
    """The row below the lowest that is at least half covered somewhere; the top of an empty mask."""
    rows = np.flatnonzero((mask.crop > 127).any(axis=1)) if mask.crop.size else np.zeros(0, np.int64)
    return mask.y + (int(rows[-1]) + 1 if rows.size else 0)
