"""The filler that asks LaMa for the layout, a network that a user can add."""

from __future__ import annotations

from inpaint_studio.engines.inpainting.options import layout_by_network

ENGINE = layout_by_network("lama", "LaMa", "Apache-2.0", f"{__name__}:make", rank=35, memory_mb=1400)


def make() -> object:
    """The filler; its network is read at first use."""
    from inpaint_studio.engines.inpainting.proposal import AddedPainter, ProposedFiller

    return ProposedFiller(AddedPainter("lama"), "LaMa")
