"""Drawn pixels with their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from inpaint_studio.basics.mask import Box

Space = Literal["document", "srgb"]
"""Colours in the document's own profile, or converted to sRGB."""

Pixels = NDArray[Any]
"""Of dtype uint8 or uint16; 0 is none, the largest number full."""


def full(dtype: DTypeLike) -> int:
    """The number that means white, or opaque."""
    return int(np.iinfo(np.dtype(dtype)).max)


def as_dtype(pixels: Pixels, dtype: DTypeLike) -> Pixels:
    """The same values of uint8 or uint16; the same array if they are of that dtype already."""
    wanted = np.dtype(dtype)
    if pixels.dtype == wanted:
        return pixels
    if wanted == np.uint16:
        return pixels.astype(np.uint16) * np.uint16(257)
    if not pixels.size:
        return pixels.astype(np.uint8)
    import cv2

    # Rounded: 257 steps of the one lie in a step of the other, and none of them in the middle between two.
    small = cv2.convertScaleAbs(np.ascontiguousarray(pixels), alpha=1 / 257)
    return np.asarray(small, np.uint8).reshape(pixels.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """`pixels` h×w×4 straight RGBA of the canvas pixels `box`.

    At `level` n one pixel stands for 2ⁿ × 2ⁿ of the canvas, counted from its corner.
    """

    pixels: Pixels
    box: Box
    level: int = 0
    space: Space = "document"
