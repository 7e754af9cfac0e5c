"""Whether two fills look the same, so that nobody has to choose between equal pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask, Patch
    from inpaint_studio.basics.mask import Array

_SIDE = 256
"""Fills are compared at most this many pixels a side."""
_WINDOW = 5
_FEW = 0.005
"""A difference in fewer of the hole's pixels than this part is not seen as another picture."""
_COLOUR, _ROUGHNESS = 6.0, 5.0
"""Levels by which local colour or local contrast must differ to be seen beside each other."""

_Floats = NDArray[np.float32]


class DistinctFills:
    """Numbers the fills of one hole in the order they come; those that look like an earlier one get none."""

    def __init__(self, hole: Mask) -> None:
        self._hole = hole
        self._kept: list[Patch] = []

    def add(self, patch: Patch) -> int | None:
        """The number of a fill, None if it looks like one that has a number."""
        if any(self.same(patch, old) for old in self._kept):
            return None
        self._kept.append(patch)
        return len(self._kept) - 1

    def same(self, a: Patch, b: Patch) -> bool:
        """Whether two fills of the hole's box look the same inside the hole."""
        return a is b or look_same(a.crop, b.crop, self._hole.crop)


def look_same(a: Array, b: Array, hole: Array) -> bool:
    """Whether two fills (h×w×3 uint8) look the same where `hole` (h×w uint8) > 0.

    Two patches of the same grass differ in every pixel and may still look the same: what is compared is
    the colour and the contrast of small neighbourhoods.
    """
    import cv2

    inside = np.where(hole > 0, 255, 0).astype(np.uint8)
    colours: list[_Floats] = [np.where(inside[..., None] > 0, x, 0).astype(np.float32) for x in (a, b)]
    weight = inside
    scale = _SIDE / max(inside.shape)
    if scale < 1:
        size = max(1, round(inside.shape[1] * scale)), max(1, round(inside.shape[0] * scale))
        colours = [np.asarray(cv2.resize(x, size, interpolation=cv2.INTER_AREA), np.float32) for x in colours]
        weight = np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), np.uint8)
    cover: _Floats = (weight / np.float32(255)).astype(np.float32)
    means, roughness = zip(*(_local(x, cover) for x in colours), strict=True)
    other = np.abs(means[0] - means[1]).max(axis=2) > _COLOUR
    other |= np.abs(roughness[0] - roughness[1]) > _ROUGHNESS
    seen = cover > 0.5 if (cover > 0.5).any() else cover > 0
    return bool(other[seen].mean() < _FEW) if seen.any() else True


def _local(pixels: _Floats, cover: _Floats) -> tuple[_Floats, _Floats]:
    """Mean colour (h×w×3) and contrast (h×w) of the neighbourhood of each pixel; `pixels` times `cover`."""
    import cv2

    window = (_WINDOW, _WINDOW)
    share = np.maximum(cv2.blur(cover, window), 1e-4)[..., None]
    mean = cv2.blur(pixels, window) / share
    square = cv2.blur(pixels**2 / np.maximum(cover, 1e-4)[..., None], window) / share
    contrast = np.sqrt(np.maximum(square - mean**2, 0)).mean(axis=2)
    return np.asarray(mean, np.float32), np.asarray(contrast, np.float32)
