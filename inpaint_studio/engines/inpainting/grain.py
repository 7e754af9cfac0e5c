"""The grain of a photo, which the mean of several patches loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from inpaint_studio.engines.inpainting.pyramid import Array, Flags

_SIGMA = 1.5
"""Pixels. What is finer than that is grain, where it is weak."""
_WEAK, _STRONG = 2.0, 5.0
"""Levels of deviation: weaker detail is grain, stronger is texture, which the mean keeps in register."""


_BAND, _OVERLAP = 256, 20
"""Rows that are worked on at once, and rows above and below that have a say in them."""


def with_grain(voted: Array, copied: Array, hole: Flags, pause: Callable[[], None] = lambda: None) -> Array:
    """The voted picture with the grain of the copied one inside the hole; both H×W×3 uint8.

    `voted` is the mean of what overlapping patches propose, `copied` holds for each pixel of the hole the one
    pixel that its own patch proposes. Only where both are nearly flat is the fine part taken from the copy.
    `pause` is called now and then, and may raise.
    """
    out = np.empty_like(voted)
    for top in range(0, len(voted), _BAND):
        first, last = max(0, top - _OVERLAP), top + _BAND + _OVERLAP
        part = _band(voted[first:last], copied[first:last], hole[first:last])
        out[top : top + _BAND] = part[top - first : top - first + _BAND]
        pause()
    return out


def _band(voted: Array, copied: Array, hole: Flags) -> Array:
    mean, fine = _split(voted)
    _, grain = _split(copied)
    strength = np.sqrt(cv2.GaussianBlur((grain * grain).mean(axis=2), (0, 0), 2 * _SIGMA))
    # A step between two copied pieces is no grain either, though each piece may be flat.
    strength = np.maximum(strength, 2 * np.abs(cv2.GaussianBlur(grain - fine, (0, 0), _SIGMA)).max(axis=2))
    share = np.clip((_STRONG - strength) / (_STRONG - _WEAK), 0, 1)[..., None]
    out = voted.copy()
    mixed = mean + fine + share * (grain - fine)
    out[hole] = np.clip(mixed[hole] + 0.5, 0, 255).astype(np.uint8)
    return out


def _split(picture: Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    values = picture.astype(np.float32)
    mean = cv2.GaussianBlur(values, (0, 0), _SIGMA)
    return np.asarray(mean, np.float32), np.asarray(values - mean, np.float32)
