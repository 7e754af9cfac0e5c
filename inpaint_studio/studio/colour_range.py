"""Selecting by colour, without a network: what is like the pixel that was clicked, connected to it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress, StudioError, message
from inpaint_studio.studio.find import rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inpaint_studio.basics.mask import Array

_ROWS = 512
"""Rows that are looked at together: so that a large photo needs little memory."""
_FADE = 0.25
"""Coverage fades over this part of the tolerance beyond it, so that the edge is not jagged."""
_LEAST_FADE = 3.0
_NEAR = 1
"""Pixels around the one clicked whose median is the colour that is meant."""


def similar(
    pixels: Array,
    x: int,
    y: int,
    tolerance: float,
    *,
    connected: bool = True,
    progress: Progress = NO_PROGRESS,
) -> Mask:
    """What has about the colour at a pixel of an H×W×3 or H×W×4 uint8 sRGB picture.

    `tolerance` 0..100 is the distance of colours in Lab that still counts. `connected` leaves out what does
    not hang together with the pixel. Raises StudioError for a pixel outside.
    """
    import cv2

    height, width = pixels.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        raise StudioError(message("prompt.outside"))
    cover = np.empty((height, width), np.uint8)
    meant = _meant(pixels, x, y)
    for top in range(0, height, _ROWS):
        progress.report(0.8 * top / height)
        cover[top : top + _ROWS] = _cover(_distance(rgb(pixels[top : top + _ROWS]), meant), tolerance)
    if connected:
        cover[y, x] = 255
        # What is covered by half or more hangs together; its soft rim belongs to it.
        _, parts = cv2.connectedComponents((cover > 127).astype(np.uint8), connectivity=4)
        own = np.asarray(parts == parts[y, x], np.uint8)
        cover[cv2.dilate(own, np.ones((3, 3), np.uint8)) == 0] = 0
    progress.report(1.0)
    return Mask.place(cover)


def _lab(pixels: Array) -> NDArray[np.float32]:
    import cv2

    unit = pixels.astype(np.float32) * np.float32(1 / 255)
    return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB), np.float32)


def _meant(pixels: Array, x: int, y: int) -> NDArray[np.float32]:
    near = rgb(pixels[max(0, y - _NEAR) : y + _NEAR + 1, max(0, x - _NEAR) : x + _NEAR + 1])
    return np.asarray(np.median(_lab(near).reshape(-1, 3), axis=0), np.float32)


def _distance(pixels: Array, meant: NDArray[np.float32]) -> NDArray[np.float32]:
    away = _lab(pixels) - meant
    return np.asarray(np.sqrt(np.einsum("ijk,ijk->ij", away, away)), np.float32)


def _cover(distance: NDArray[np.float32], tolerance: float) -> Array:
    fade = max(_LEAST_FADE, _FADE * tolerance)
    return np.asarray(np.clip((tolerance + fade - distance) / fade, 0, 1) * 255 + 0.5).astype(np.uint8)
