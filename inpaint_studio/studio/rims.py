"""The soft rims of what lies on a transparent ground: they belong to what they are the rim of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.basics.mask import Array, grow_box, intersect_boxes

if TYPE_CHECKING:
    from inpaint_studio.document import Layer
    from inpaint_studio.engines.contracts import Cut

_REACH = 48
"""Pixels to which a rim may reach from what it belongs to."""
_FAR = 200
"""Pixels around an object that matter to its edge."""


def with_rim(mask: Mask, alpha: Mask, size: tuple[int, int]) -> Mask:
    """A mask, and what hangs together with it that is half transparent, out to where there is nothing.

    `alpha` is that of the layer (source pixels, `size` its width and height). A rim between two objects goes
    to the nearer one. The answer covers no more than `alpha` does.
    """
    import cv2

    x, y, w, h = box = grow_box(mask.box, _REACH, *size)
    if not (w and h):
        return Mask.empty()
    cover, own = mask.window(box), alpha.window(box)
    inside = (cover > 127) & (own > 0)
    soft = (own > 0) & (own < 255) & ~inside
    if inside.any() and soft.any():
        to_mask = cv2.distanceTransform((~inside).view(np.uint8), cv2.DIST_L2, 5)
        others = (own > 127) & (cover == 0) & ~(soft & (to_mask < 2))
        near = to_mask <= _REACH
        if others.any():
            near &= to_mask < cv2.distanceTransform((~others).view(np.uint8), cv2.DIST_L2, 5)
        _, labels = cv2.connectedComponents(((soft & near) | inside).view(np.uint8))
        cover[soft & near & np.isin(labels, np.unique(labels[inside]))] = 255
    return Mask.place(np.minimum(cover, own), x, y)


def with_ground(mask: Mask, alpha: Mask, size: tuple[int, int]) -> Mask | None:
    """A mask and the transparent ground around it, so that it has an edge only where something else adjoins.

    None where nothing does: the edge is the layer's own, and there is none to look for.
    """
    import cv2

    x, y, _, _ = box = grow_box(mask.box, _FAR, *size)
    cover, own = mask.window(box), alpha.window(box)
    inside = (cover > 0) & (own > 127)
    others = (own > 127) & ~inside
    beside = cv2.dilate(inside.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not (others & beside).any():
        return None
    to_mask, to_others = (
        cv2.distanceTransform((~side).view(np.uint8), cv2.DIST_L2, 5) for side in (inside, others)
    )
    ground = (own < 255) & (to_mask < to_others)
    return Mask.place(np.where(ground, 255, cover).astype(np.uint8), x, y)


def as_it_is(layer: Layer, mask: Mask) -> Cut:
    """A cutout with the coverage and the colours that the layer has."""
    from inpaint_studio.engines.contracts import Cut

    return Cut(mask, Patch(mask.x, mask.y, layer.pixels(mask.box, layer.source.dtype)))


def without_hidden(image: Array, mask: Mask, alpha: Mask) -> Array:
    """H×W×3 with smooth colours around a mask where nothing can be seen: what is hidden there has no say."""
    from inpaint_studio.engines.inpainting.pyramid import diffused_pixels

    height, width = image.shape[:2]
    x, y, w, h = box = grow_box(mask.box, _FAR, width, height)
    seen = alpha.window(box) > 0
    if seen.all() or not seen.any():
        return image
    out = image.copy()
    part = out[y : y + h, x : x + w]
    np.copyto(part, diffused_pixels(part, seen), where=~seen[..., None])
    return out


def with_own_edge(cut: Cut, layer: Layer, rough: Mask, alpha: Mask) -> Cut:
    """A matte of a cutout of `layer`; where the layer it comes from is half transparent, that is the edge.

    `rough` is the mask it was lifted with, `alpha` that layer's.
    """
    x, y, w, h = box = rough.box
    own = alpha.window(box)
    cover = np.where(own == 255, cut.alpha.window(box), np.minimum(rough.window(box), own))
    colours = layer.pixels(box, layer.source.dtype)
    left, top, wide, high = intersect_boxes(cut.colours.box, box)
    here = np.s_[top - y : top - y + high, left - x : left - x + wide]
    there = np.s_[top - cut.colours.y :, left - cut.colours.x :]
    np.copyto(colours[here], cut.colours.crop[there][:high, :wide], where=(own[here] == 255)[..., None])
    placed = Mask.place(cover.astype(np.uint8), x, y)
    if not placed:
        return cut
    dx, dy, w, h = placed.x - x, placed.y - y, placed.box[2], placed.box[3]
    kept = Patch(placed.x, placed.y, colours[dy : dy + h, dx : dx + w].copy())
    return replace(cut, alpha=placed, colours=kept)
