"""Pixels as a picture layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Array
from inpaint_studio.document import Picture, Transform


def picture_layer(name: str, pixels: Array, corner: tuple[int, int], **known: Any) -> Picture:
    """H×W×3 or H×W×4 straight pixels as a layer at `corner` of the canvas, trimmed to what they cover."""
    source, mask, left, top = pixels, None, 0, 0
    if pixels.shape[2] == 4:
        covered = Mask.place(pixels[:, :, 3])
        left, top, width, height = covered.box if covered else (0, 0, 1, 1)
        source = np.ascontiguousarray(pixels[top : top + height, left : left + width, :3])
        mask = None if covered and (covered.crop == 255).all() else Mask(0, 0, covered.crop)
    place = Transform(float(corner[0] + left), float(corner[1] + top))
    return Picture(name, source, mask, transform=place, **known)
