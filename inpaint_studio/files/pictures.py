"""Pixels as a picture layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.document import Picture, Transform
from inpaint_studio.document.nodes import source_and_mask


def picture_layer(name: str, pixels: Pixels, corner: tuple[int, int], **known: Any) -> Picture:
    """H×W×3 or H×W×4 straight pixels, uint8 or uint16, as a layer at `corner`, trimmed to what they cover."""
    (source, mask), left, top = source_and_mask(pixels), 0, 0
    if mask is not None:
        covered = Mask.place(mask.crop)
        left, top, width, height = covered.box if covered else (0, 0, 1, 1)
        source = np.ascontiguousarray(source[top : top + height, left : left + width])
        mask = Mask(0, 0, covered.crop)
        if covered and (covered.crop == 255).all():
            source, mask = np.ascontiguousarray(source[..., :3]), None
    place = Transform(float(corner[0] + left), float(corner[1] + top))
    return Picture(name, source, mask, transform=place, **known)
