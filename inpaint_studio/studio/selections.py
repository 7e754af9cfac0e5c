"""Selections: combining them, and taking them into a layer's own pixels."""

from __future__ import annotations

from typing import Literal

import numpy as np

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.basics.mask import intersect_boxes
from inpaint_studio.document import Layer, State
from inpaint_studio.document.transform import Transform, transformed_box

_NOWHERE_ELSE = Transform()
Combine = Literal["new", "add", "subtract", "intersect"]


def combined(old: Mask | None, new: Mask, how: Combine) -> Mask:
    """The selection after a new one was made over an old one."""
    old = old or Mask.empty()
    if how == "add":
        return old.union(new)
    if how == "subtract":
        return old.minus(new)
    if how == "intersect":
        return old.intersection(new)
    return new


def _inverse(transform: Transform) -> Transform | None:
    """The inverse as a whole shift, None where it is more than that."""
    shift = transform.whole_shift
    return None if shift is None else Transform(-shift[0], -shift[1])


def to_source(layer: Layer, mask: Mask) -> Mask:
    """A mask in canvas pixels as one in the pixels of a layer's source."""
    height, width = layer.source.shape[:2]
    back = _inverse(layer.transform)
    if back is not None:
        return mask.moved(round(back.dx), round(back.dy)).clipped((0, 0, width, height))
    if not mask:
        return mask
    import cv2

    # warpAffine with WARP_INVERSE_MAP takes output to input: source pixels to the mask's crop.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    move = np.array([[1, 0, -mask.x - 0.5], [0, 1, -mask.y - 0.5], [0, 0, 1]])
    matrix = (move @ np.vstack([layer.transform.matrix(), [0, 0, 1]]) @ half)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return Mask.place(np.asarray(cv2.warpAffine(mask.crop, matrix, (width, height), flags=flags), np.uint8))


def to_canvas(layer: Layer, size: tuple[int, int]) -> Mask:
    """What a layer covers of a width × height canvas; its fills and holes do not matter."""
    height, width = layer.source.shape[:2]
    mask = layer.mask if layer.mask is not None else Mask(0, 0, np.full((height, width), 255, np.uint8))
    return placed(mask, layer.transform, size)


def placed(mask: Mask, transform: Transform, size: tuple[int, int]) -> Mask:
    """Where a transform puts a mask on a width × height canvas."""
    shift = transform.whole_shift
    canvas = 0, 0, *size
    if shift is not None or not mask:
        return mask.moved(*(shift or (0, 0))).clipped(canvas)
    import cv2

    x, y, w, h = intersect_boxes(transformed_box(transform, mask.box), canvas)
    if not (w and h):
        return Mask.empty()
    # From the middles of the canvas box's pixels to those of the mask's crop.
    half = np.array([[1, 0, x + 0.5], [0, 1, y + 0.5], [0, 0, 1]])
    move = np.array([[1, 0, -mask.x - 0.5], [0, 1, -mask.y - 0.5], [0, 0, 1]])
    matrix = (move @ np.vstack([transform.inverse(), [0, 0, 1]]) @ half)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return Mask.place(np.asarray(cv2.warpAffine(mask.crop, matrix, (w, h), flags=flags), np.uint8), x, y)


def found_on_canvas(state: State, found: FoundObject) -> Mask:
    """Where a found object, whose mask is in pixels of the backdrop, lies on the canvas."""
    base = state.tree.base
    if base.transform == _NOWHERE_ELSE:
        # The very mask: who shows it need not trace it again.
        return found.mask
    return placed(found.mask, base.transform, state.canvas[2:])


def filled_outline(points: list[tuple[float, float]], size: tuple[int, int]) -> Mask:
    """The inside of a closed outline as a mask of a width × height picture, edges smoothed."""
    import cv2

    if len(points) < 3:
        return Mask.empty()
    out = np.zeros((size[1], size[0]), np.uint8)
    # Fixed point with 4 bits, so that the edge lies where the hand drew it.
    outline = np.rint((np.array(points) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(out, [outline], 255, lineType=cv2.LINE_AA, shift=4)
    return Mask.place(out)


def rectangle(x0: float, y0: float, x1: float, y1: float, size: tuple[int, int]) -> Mask:
    """A box between two corners, cut to a width × height picture."""
    left, right = sorted((min(max(round(x0), 0), size[0]), min(max(round(x1), 0), size[0])))
    top, bottom = sorted((min(max(round(y0), 0), size[1]), min(max(round(y1), 0), size[1])))
    if right <= left or bottom <= top:
        return Mask.empty()
    return Mask(left, top, np.full((bottom - top, right - left), 255, np.uint8))
