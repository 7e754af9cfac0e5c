"""Small pictures of found objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.editor.images import to_image
from inpaint_studio.render import to_srgb

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from inpaint_studio.basics import FoundObject
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document import Document


_GAP = 4
"""Clear room beside the picture: that part of its side."""


def picture_of(document: Document, found: FoundObject, side: int) -> QImage:
    """An object as the photo shows it, in a square of `side` pixels and a little room to the right.

    A button puts its text close to its picture.
    """
    x, y, w, h = found.mask.box
    scale = min(1.0, side / max(w, h, 1))
    size = max(1, round(w * scale)), max(1, round(h * scale))
    # Of a large object only every so many pixels are read: it is to be small.
    step = max(1, int(1 / (2 * scale)))
    pixels = document.photo.pixels[y : y + h : step, x : x + w : step]
    small = to_srgb(_reduced(np.ascontiguousarray(pixels[..., :3]), size), document.photo.icc)
    cover = _reduced(np.ascontiguousarray(found.mask.crop[::step, ::step]), size)
    out = np.zeros((side, side + side // _GAP, 4), np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    out[top : top + size[1], left : left + size[0]] = np.dstack([small, cover])
    return to_image(out)


def _reduced(picture: Array, size: tuple[int, int]) -> Array:
    import cv2  # not before it is needed: the window comes up sooner

    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), picture.dtype)
