"""What can be done to a mask as a whole: grow, shrink, feather, close gaps, remove specks, invert.

All take a mask and the `size` (width, height) of the picture that it lies in, and give a new one; soft edges
stay as soft as they were. The border of the picture is no edge: nothing shrinks or fades there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress
from inpaint_studio.basics.mask import Array, grow_box, intersect_boxes

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size = tuple[int, int]
Reshape = Callable[..., Mask]
"""(mask, pixels, size, progress) → mask."""

_DISC = 5
"""Pixels that one pass grows by: of the small discs the roundest, within 4 % however often."""


def invert(mask: Mask | None, size: Size) -> Mask:
    """What the mask leaves; all of the picture for none."""
    return Mask.place(255 - (mask or Mask.empty()).full((size[1], size[0])))


def grow(mask: Mask, pixels: float, size: Size, progress: Progress = NO_PROGRESS) -> Mask:
    """The mask with its edge moved outward."""
    return _moved_edge(mask, round(pixels), size, progress)


def shrink(mask: Mask, pixels: float, size: Size, progress: Progress = NO_PROGRESS) -> Mask:
    """The mask with its edge moved inward; empty where nothing is as thick as that."""
    return _moved_edge(mask, -round(pixels), size, progress)


def close_gaps(mask: Mask, pixels: float, size: Size, progress: Progress = NO_PROGRESS) -> Mask:
    """The mask with holes and clefts filled that are up to so many pixels wide."""
    reach = max(1, round(pixels / 2))
    window, x, y = _window(mask, reach + 1, size)
    closed = _passed(_passed(window, reach, progress), -reach, progress)
    return Mask.place(np.maximum(window, closed), x, y)


def remove_specks(mask: Mask, pixels: float, size: Size, progress: Progress = NO_PROGRESS) -> Mask:
    """The mask without separate spots of less area than a disc so many pixels wide; the largest stays."""
    import cv2

    if not mask:
        return mask
    shown = (mask.crop > 0).astype(np.uint8)
    count, parts = cv2.connectedComponents(shown, connectivity=8, ltype=cv2.CV_32S)
    progress.report(0.6)
    solid = np.bincount(parts[mask.crop > 127], minlength=count)
    solid[0] = 0
    kept = solid >= np.pi / 4 * pixels**2
    kept[int(solid.argmax())] = True
    kept[0] = False
    table: NDArray[np.uint8] = np.where(kept, 255, 0).astype(np.uint8)
    return Mask.place(np.minimum(mask.crop, table[parts]), mask.x, mask.y)


def feather(mask: Mask, pixels: float, size: Size, progress: Progress = NO_PROGRESS) -> Mask:
    """The mask with an edge that fades over about so many pixels to each side.

    Three box means, which come close to a Gaussian and take as long for wide edges as for narrow ones.
    """
    import cv2

    side = 2 * max(1, round(pixels / 3)) + 1
    window, x, y = _window(mask, 3 * (side // 2), size)
    for turn in range(3):
        progress.report(turn / 3)
        window = np.asarray(cv2.blur(window, (side, side), borderType=cv2.BORDER_REPLICATE), np.uint8)
    return Mask.place(window, x, y)


def overlap(a: Mask, b: Mask) -> float:
    """Intersection over union of what two masks cover by half or more, 0..1; 0 for two empty ones."""
    x, y, w, h = intersect_boxes(a.box, b.box)
    both = int(((a.window((x, y, w, h)) > 127) & (b.window((x, y, w, h)) > 127)).sum())
    either = int((a.crop > 127).sum()) + int((b.crop > 127).sum()) - both
    return both / max(1, either)


def _window(mask: Mask, margin: int, size: Size) -> tuple[Array, int, int]:
    """The mask with room round it, as far as the picture reaches, and where that begins."""
    box = grow_box(mask.box, margin, *size)
    return mask.window(box), box[0], box[1]


def _moved_edge(mask: Mask, pixels: int, size: Size, progress: Progress) -> Mask:
    if not mask or not pixels:
        return mask
    window, x, y = _window(mask, abs(pixels) + 1, size)
    return Mask.place(_passed(window, pixels, progress), x, y)


def _passed(coverage: Array, pixels: int, progress: Progress) -> Array:
    """Coverage grown, or shrunk by less than 0 pixels: the maximum or minimum within a disc, in passes."""
    import cv2

    act, left, whole = cv2.dilate if pixels > 0 else cv2.erode, abs(pixels), abs(pixels)
    while left:
        progress.report(1 - left / whole)
        step = min(left, _DISC)
        coverage = np.asarray(act(coverage, _disc(step)), np.uint8)
        left -= step
    return coverage


def _disc(radius: int) -> Array:
    ys, xs = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(xs**2 + ys**2 <= (radius + 0.1) ** 2, np.uint8)
