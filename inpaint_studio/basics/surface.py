"""Drawn pixels with their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inpaint_studio.basics.mask import Array, Box

Space = Literal["document", "srgb"]
"""Colours in the document's own profile, or converted to sRGB."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """`pixels` h×w×4 straight RGBA of the canvas pixels `box`."""

    pixels: Array
    box: Box
    space: Space = "document"
