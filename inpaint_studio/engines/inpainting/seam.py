"""A thin correction of a fill's colours, so that its border does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.engines.inpainting.pyramid import diffuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from inpaint_studio.engines.inpainting.pyramid import Array, Flags

_EDGE = 16.0
"""Levels up to which a difference at the border is taken for one of light and spread over all of the hole."""
_BAND = 2.0
"""Depth in pixels at which what lies above has faded to a third."""
_ROWS = 256
"""Rows that are changed at once."""


def joined(
    fill: Array,
    hole: Flags,
    border: tuple[NDArray[np.int64], NDArray[np.int64]],
    jumps: NDArray[np.float32],
    pause: Callable[[], None] = lambda: None,
) -> Array:
    """The fill (H×W×3 uint8) with the differences at its border carried into it.

    `jumps` N×3: photo minus what the fill would continue with, at the known pixels next to the hole
    (`border`: rows, columns). So steps across the border become those of the copied texture, as in Perez,
    Gangnet, Blake: Poisson Image Editing, SIGGRAPH 2003. What is too large for a difference of light fades
    within a few pixels. `pause` is called now and then, and may raise.
    """
    out = fill.copy()
    if not len(jumps) or not hole.any():
        return out
    x, y, w, h = cv2.boundingRect(hole.view(np.uint8))
    top, left = max(0, y - 1), max(0, x - 1)
    part = (slice(top, y + h + 1), slice(left, x + w + 1))
    smooth, rest = _spread(hole[part].shape, (border[0] - top, border[1] - left), jumps, pause)
    depth = cv2.distanceTransform(hole[part].view(np.uint8), cv2.DIST_L2, 3)
    for row in range(0, len(smooth), _ROWS):
        pause()
        rows = slice(row, row + _ROWS)
        change = smooth[rows] + rest[rows] * np.exp(-depth[rows] / _BAND)[..., None]
        inside = hole[part][rows]
        painted = out[part][rows]
        painted[inside] = np.clip(painted[inside] + change[inside] + 0.5, 0, 255).astype(np.uint8)
    return out


def _spread(
    shape: tuple[int, ...],
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
    jumps: NDArray[np.float32],
    pause: Callable[[], None],
) -> list[NDArray[np.float32]]:
    """The differences at some places brought to all, H×W×3: what light may explain, and what is beyond it."""
    weights = np.zeros(shape, np.float32)
    weights[places] = 1
    smooth = np.clip(jumps, -_EDGE, _EDGE)
    found = []
    for values in (smooth, jumps - smooth):
        field = np.zeros((*shape, 3), np.float32)
        field[places] = values
        planes = []
        for channel in range(3):
            pause()
            planes.append(diffuse(np.ascontiguousarray(field[..., channel : channel + 1]), weights))
        found.append(np.dstack(planes))
    return found
