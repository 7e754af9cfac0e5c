"""The filler that asks MI-GAN for the layout, a network that a user can add."""

from __future__ import annotations

from inpaint_studio.engines.contracts import EngineInfo
from inpaint_studio.engines.inpainting.options import ADAPTATION

ENGINE = EngineInfo(
    "mi-gan",
    "filler",
    "MI-GAN: layout by a network",
    f"{__name__}:make",
    "MIT",
    rank=36,
    network="mi-gan",
    memory_mb=700,
    takes=frozenset({"source_mask", "excluded_mask"}),
    parameters=(ADAPTATION,),
    colour_space="srgb",
)


def make() -> object:
    """The filler; its network is read at first use."""
    from inpaint_studio.engines.inpainting.proposal import AddedPainter, ProposedFiller

    return ProposedFiller(AddedPainter("mi-gan"), "MI-GAN")
