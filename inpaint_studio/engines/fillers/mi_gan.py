"""The filler that asks MI-GAN for the layout, a network that a user can add."""

from __future__ import annotations

from inpaint_studio.engines.inpainting.options import layout_by_network

ENGINE = layout_by_network("mi-gan", "MI-GAN", "MIT", f"{__name__}:make", rank=36, memory_mb=700)


def make() -> object:
    """The filler; its network is read at first use."""
    from inpaint_studio.engines.inpainting.proposal import AddedPainter, ProposedFiller

    return ProposedFiller(AddedPainter("mi-gan"), "MI-GAN")
