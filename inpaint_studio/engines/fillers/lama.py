"""The filler that asks LaMa for the layout, a network that a user can add."""

from __future__ import annotations

from inpaint_studio.engines.contracts import EngineInfo
from inpaint_studio.engines.inpainting.options import ADAPTATION

ENGINE = EngineInfo(
    "lama",
    "filler",
    "LaMa: layout by a network",
    f"{__name__}:make",
    "Apache-2.0",
    rank=35,
    network="lama",
    memory_mb=1400,
    takes=frozenset({"source_mask", "excluded_mask"}),
    parameters=(ADAPTATION,),
    colour_space="srgb",
)


def make() -> object:
    """The filler; its network is read at first use."""
    from inpaint_studio.engines.inpainting.proposal import AddedPainter, ProposedFiller

    return ProposedFiller(AddedPainter("lama"), "LaMa")
