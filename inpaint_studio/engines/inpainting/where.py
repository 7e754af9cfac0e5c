"""Where things lie in a picture: what can be copied as whole patches, the nearest flagged pixel, bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.engines.inpainting.descriptors import REACH

if TYPE_CHECKING:
    from inpaint_studio.engines.inpainting.pyramid import Flags

Index = NDArray[np.int64]

_REACHES = (2, 1)


def copyable(source: Flags) -> tuple[int, Flags]:
    """How far patches may vote, and around which pixels all of that is source."""
    wanted = max(64, int(source.sum()) // 4)
    for reach in _REACHES:
        kernel = np.ones((2 * reach + 1,) * 2, np.uint8)
        inner = cv2.erode(source.view(np.uint8), kernel).view(np.bool_)
        if np.count_nonzero(inner) >= wanted:
            return reach, inner
    return 0, source


def nearest(flags: NDArray[np.uint8]) -> Index:
    """The flat index of the nearest pixel where flags > 0, for each pixel; there must be one."""
    _, labels = cv2.distanceTransformWithLabels(
        (flags == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    where = np.flatnonzero(flags)
    of_label = np.zeros(labels.max() + 1, np.int64)
    of_label[labels.ravel()[where]] = where
    return of_label[labels]


def bounds(flags: Flags) -> tuple[int, int, int, int]:
    """Top, left, height, width of the box with a patch around what is flagged, within the array."""
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    top, left = max(0, rows[0] - REACH), max(0, columns[0] - REACH)
    bottom = min(flags.shape[0], rows[-1] + REACH + 1)
    right = min(flags.shape[1], columns[-1] + REACH + 1)
    return int(top), int(left), int(bottom - top), int(right - left)


def mirrored(picture: Flags, pad: int) -> Flags:
    """The flags with `pad` pixels around that mirror them: what lies at their border can be copied."""
    return np.pad(picture, pad, mode="symmetric")


def echoes(hole: Flags, pad: int) -> tuple[Index, Index]:
    """Of the `pad` pixels around a picture those that mirror its hole, and which of the hole's they mirror.

    `hole` is that of the picture with these pixels, flat indices are into it. Patches at the border of the
    picture reach over it: what they see there must follow the hole, or it would keep its first colours.
    """
    inner = np.arange(hole.size).reshape(hole.shape)[pad:-pad, pad:-pad]
    mirror = np.pad(inner, pad, mode="symmetric").ravel()
    beyond = np.flatnonzero(hole.ravel()[mirror] & ~hole.ravel())
    return beyond, mirror[beyond]
