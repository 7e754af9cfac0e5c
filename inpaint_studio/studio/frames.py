"""Where a source made anew lies on the one it was made from, and how masks and pixels are taken across."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.document import Transform
from inpaint_studio.document.transform import near_whole

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Tree

_KERNEL = 3
"""Pixels around a box that cubic interpolation at its border looks at, one more than it needs."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A new picture over an old one: its point (x, y) lies at (left + x / scale_x, top + y / scale_y) there.

    `width` and `height` are the new picture's, in pixels.
    """

    left: float
    top: float
    scale_x: float
    scale_y: float
    width: int
    height: int

    @property
    def box(self) -> Box:
        return 0, 0, self.width, self.height

    @property
    def shift(self) -> tuple[int, int] | None:
        """Old minus new coordinates where both have the same pixels, else None."""
        if self.scale_x != 1 or self.scale_y != 1 or self.left % 1 or self.top % 1:
            return None
        return round(self.left), round(self.top)

    def under(self, box: Box, margin: int = 0) -> Box:
        """The old picture's whole pixels that a box of new ones lies on; may reach over its edge."""
        x, y, w, h = box
        left, top = math.floor(self.left + x / self.scale_x), math.floor(self.top + y / self.scale_y)
        right, bottom = self.left + (x + w) / self.scale_x, self.top + (y + h) / self.scale_y
        left, top = left - margin, top - margin
        return left, top, math.ceil(right - 1e-9) + margin - left, math.ceil(bottom - 1e-9) + margin - top

    def over(self, box: Box) -> Box:
        """The new pixels that a box of old ones reaches, within the new picture."""
        x, y, w, h = box
        left, top = (x - self.left) * self.scale_x, (y - self.top) * self.scale_y
        x0, y0 = math.floor(left + 1e-9), math.floor(top + 1e-9)
        right, bottom = math.ceil(left + w * self.scale_x - 1e-9), math.ceil(top + h * self.scale_y - 1e-9)
        return intersect_boxes((x0, y0, right - x0, bottom - y0), self.box)

    def cut(self, pixels: Callable[[Box], Pixels], size: tuple[int, int], box: Box) -> Pixels:
        """The pixels of a new box, h×w×C of any dtype. `pixels` gives those of old boxes, `size` is all's."""
        if self.shift is not None:
            x, y, w, h = box
            return pixels((x + self.shift[0], y + self.shift[1], w, h))
        old = intersect_boxes(self.under(box, _KERNEL), (0, 0, *size))
        return self._warped(pixels(old), old, box, cubic=True)

    def _warped(self, crop: Pixels, old: Box, new: Box, *, cubic: bool) -> Pixels:
        """A crop that lies at the old box, seen through the new box; outside 0, or if cubic continued."""
        import cv2

        # From the middles of new pixels to those of the crop.
        matrix = np.array(
            [
                [1 / self.scale_x, 0, self.left + (new[0] + 0.5) / self.scale_x - 0.5 - old[0]],
                [0, 1 / self.scale_y, self.top + (new[1] + 0.5) / self.scale_y - 0.5 - old[1]],
            ]
        )
        flags = (cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REPLICATE if cubic else cv2.BORDER_CONSTANT
        return np.asarray(cv2.warpAffine(crop, matrix, new[2:], flags=flags, borderMode=border))

    def mask(self, mask: Mask, *, solid: bool = False) -> Mask:
        """A mask of the old picture as one of the new; `solid` gives resampled ones no soft edge."""
        if self.shift is not None:
            moved = mask if self.shift == (0, 0) else mask.moved(-self.shift[0], -self.shift[1])
            # Not trimmed where it need not be: a transparent photo's mask has the photo's box.
            return moved if intersect_boxes(moved.box, self.box) == moved.box else moved.clipped(self.box)
        x, y, w, h = box = self.over((mask.x - 1, mask.y - 1, mask.box[2] + 2, mask.box[3] + 2))
        if not (mask and w and h):
            return Mask.empty()
        crop = self._warped(mask.crop, mask.box, box, cubic=False)
        return Mask.place(np.where(crop > 127, 255, 0).astype(np.uint8) if solid else crop, x, y)

    def transform(self, old: Transform) -> Transform:
        """Puts the new picture where `old` puts the old one."""
        at = old.rebased((self.left, self.top))
        new = Transform(
            self.left + at.dx, self.top + at.dy, near_whole(old.scale_x / self.scale_x),
            near_whole(old.scale_y / self.scale_y), old.degrees, skew=old.skew,
        )  # fmt: skip
        x, y = (old.pivot[0] - self.left) * self.scale_x, (old.pivot[1] - self.top) * self.scale_y
        moved = new.rebased((x, y))
        if new.degrees % 360 == 0 and new.scale_x == new.scale_y == 1 and not new.skew:
            moved = replace(moved, dx=near_whole(new.dx), dy=near_whole(new.dy))
        return moved


def _on_origin(layer: Layer) -> Frame | None:
    """How a layer's source lies on that it was lifted from, None where both have the same pixels."""
    made = layer.source_frame
    if made is None or (made.left, made.top, made.scale_x, made.scale_y) == (0, 0, 1, 1):
        return None
    height, width = layer.source.shape[:2]
    return Frame(made.left, made.top, made.scale_x, made.scale_y, width, height)


def mask_on_origin(layer: Layer, mask: Mask, origin: Layer) -> Mask:
    """A mask in the pixels of a layer's source as one in those of the layer it was lifted from."""
    frame = _on_origin(layer)
    if frame is None:
        return mask
    height, width = origin.source.shape[:2]
    back = Frame(
        -frame.left * frame.scale_x, -frame.top * frame.scale_y, 1 / frame.scale_x, 1 / frame.scale_y,
        width, height,
    )  # fmt: skip
    return back.mask(mask)


def home(tree: Tree, layer: Layer) -> Transform:
    """The transform that puts a layer where it was lifted, or as it is at its own size."""
    origin, frame = tree.origin(layer), _on_origin(layer)
    place = Transform() if origin is None else origin.transform
    if frame is not None:
        place = frame.transform(place)
    return place.rebased(layer.transform.pivot)
