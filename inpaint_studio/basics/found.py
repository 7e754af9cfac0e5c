"""What a finder saw, before it becomes a layer."""

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
