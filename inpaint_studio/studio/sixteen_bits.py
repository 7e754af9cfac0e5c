"""16 bits a channel around engines that work in 8: what they leave stays, what they make has no bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Patch
from inpaint_studio.basics.mask import Array
from inpaint_studio.basics.surface import Pixels, as_dtype

if TYPE_CHECKING:
    from inpaint_studio.document import Layer

_STEP = 257.0
"""Numbers of 16 bits in one of 8."""
_WIDTHS = (97, 49, 25, 13, 7, 3)
"""Sides of the boxes whose mean is taken, three times each, pixels: the first finds the slope of what is
nearly flat, the others what bends."""


_FLAT, _NEAR = 4, 9
"""Levels of 8 bits that a gradient spans within so many pixels, at most: what spans more is texture."""


def carried(deep: Pixels, before: Array, after: Array) -> Pixels:
    """The 16-bit picture `deep` changed as an engine changed its 8-bit likeness `before` to `after`.

    All h×w×3. Where nothing was changed the very numbers of `deep` stay.
    """
    change = (after.astype(np.int32) - before) * int(_STEP)
    return np.asarray(np.clip(deep + change, 0, 65535), np.uint16)


def unbanded(filled: Array, hole: NDArray[np.bool_], deep: Pixels) -> Pixels:
    """A picture filled in 8 bits as 16 bits, h×w×3: `deep` outside the hole, smooth where the fill is.

    Between the steps of 8 bits the smoothest course is taken, as it goes on from what lies around the hole.
    Texture stays what it is in 8 bits.
    """
    import cv2

    coarse = filled.astype(np.float32) * np.float32(_STEP)
    out = np.where(hole[..., None], coarse, deep.astype(np.float32)).astype(np.float32)
    away = np.float32(_STEP) * (np.float32(0.5) + np.float32(_FLAT / 2) * _flat(filled))
    for width in _WIDTHS:
        mean = out
        for _ in range(3):
            mean = np.asarray(cv2.blur(mean, (width, width), borderType=cv2.BORDER_REPLICATE), np.float32)
        # Where the mean is another colour there is texture, which is not to be blurred.
        near = (np.abs(mean - coarse) <= 2 * away) & hole[..., None]
        np.copyto(out, np.clip(mean, coarse - away, coarse + away), where=near)
    made: Pixels = np.rint(np.clip(out, 0, 65535)).astype(np.uint16)
    np.copyto(made, deep, where=~hole[..., None])
    return made


def _flat(filled: Array) -> NDArray[np.float32]:
    """1 where nothing but a gradient is seen, else 0, h×w×3: there a filler's own steps are bands, too."""
    import cv2

    around = np.ones((_NEAR, _NEAR), np.uint8)
    spread = cv2.dilate(filled, around).astype(np.int16) - cv2.erode(filled, around)
    return np.asarray(spread <= _FLAT, np.float32)


def grey(pixels: Pixels) -> bool:
    """Whether a picture h×w×3 has no colours: red, green and blue are the same everywhere."""
    first: Any = pixels[..., 0]
    return bool((pixels[..., 1] == first).all() and (pixels[..., 2] == first).all())


def greyed(pixels: Pixels) -> Pixels:
    """A picture h×w×3 without the tint that an engine gave it: all channels as their mean."""
    if grey(pixels):
        return pixels
    mean = (pixels.astype(np.uint32).sum(axis=2) + 1) // 3
    return np.repeat(mean[..., None], 3, axis=2).astype(pixels.dtype)


def shallow(layer: Layer) -> Array:
    """The whole source of a layer as engines take it, H×W×3; not copied if it has 8 bits."""
    return as_dtype(layer.source[..., :3], np.uint8)


def clean_patch(layer: Layer, image: Array, colours: Patch) -> Patch:
    """Clean colours that an engine made of `image`, H×W×3 uint8 of the whole layer, in the layer's depth."""
    x, y, w, h = box = colours.box
    before = image[y : y + h, x : x + w]
    made: Pixels = greyed(colours.crop) if grey(before) else colours.crop
    return Patch(x, y, carried(layer.pixels(box, np.uint16), before, made) if layer.deep else made)
