"""What a finder saw, before it becomes a layer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from inpaint_studio.basics.mask import Mask


@dataclass(frozen=True, slots=True, eq=False)
class FoundObject:
    """An object that a finder saw.

    `label` is a plain word ("car"); `score` is certainty 0..1; `kind` is "thing" for what can be
    counted and lifted with all others, "area" for scenery (building, tree, road, sky), which is lifted only
    when asked for and which fills may always copy from.
    """

    mask: Mask
    label: str
    score: float
    kind: Literal["thing", "area"] = "thing"


def unlifted(found: Iterable[FoundObject], mask: Mask) -> tuple[FoundObject, ...]:
    """Those of which a mask, of what was lifted, covers less than half."""
    return tuple(o for o in found if o.mask.intersection(mask).area < 0.5 * max(1, o.mask.area))
