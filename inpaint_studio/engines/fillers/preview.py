"""The first thing that is seen of a fill: smooth colours from around the hole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from inpaint_studio.engines.fillers.pyramid import diffused_pixels, stretched

if TYPE_CHECKING:
    from inpaint_studio.engines.fillers.holes import Areas, Group
    from inpaint_studio.engines.fillers.pyramid import Array

_SIDE = 200


def painted(out: Array, group: Group, pixels: Array) -> None:
    """Writes the colours of a group's hole pixels (N×3) into the picture."""
    x, y, w, h = group.box
    out[y : y + h, x : x + w][group.hole] = pixels


def smooth_preview(image: Array, areas: Areas, group: Group) -> Array:
    """Smooth colours for the hole pixels of a group, N×3, within a few milliseconds at any size."""
    x, y, w, h = group.box
    margin = max(4, max(w, h) // 10)
    top, left = max(0, y - margin), max(0, x - margin)
    part = (slice(top, y + h + margin), slice(left, x + w + margin))
    step = math.ceil(max(w, h) / _SIDE)
    known = areas.known[part][::step, ::step]
    if not known.any():
        known = areas.source[part][::step, ::step]
    small = diffused_pixels(image[part][::step, ::step], known)
    return stretched(small, step, (x - left, y - top, w, h))[group.hole]
