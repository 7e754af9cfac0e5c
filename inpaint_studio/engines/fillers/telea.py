"""The quick filler: smooth colours drawn in from the border; good for scratches and small spots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, SubProgress
from inpaint_studio.basics.mask import grow_box
from inpaint_studio.engines.contracts import Array, Fill
from inpaint_studio.engines.fillers.holes import Areas, Group, groups
from inpaint_studio.engines.fillers.pyramid import diffused_pixels, stretched

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTE = "Quick: smooth colours from the border"
_LARGEST_SIDE = 400
"""A hole's box with more pixels a side is filled at a reduced size: the colours are smooth anyway."""
_RADIUS = 5


class TeleaFiller:
    """Fills with OpenCV's fast marching method (Telea, An Image Inpainting Technique, 2004).

    Where nothing to copy from lies near a hole, surrounding colours are spread smoothly first.
    """

    def fill(
        self,
        image: Array,
        hole: Array,
        *,
        sample_from: Array | None = None,
        keep_out: Array | None = None,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """One final fill, as `Filler.fill`; the seed changes nothing. Raises StudioError."""
        progress.report(0.0, "Filling")
        areas = Areas.checked(image, hole, sample_from, keep_out)
        progress.report(0.0)
        out = image.copy()
        parts = groups(hole)
        for done, group in enumerate(parts):
            share = SubProgress(progress, done / len(parts), (done + 1) / len(parts))
            x, y, w, h = group.box
            out[y : y + h, x : x + w][group.hole] = _filled(image, areas, group, share)
        progress.report(1.0)
        yield Fill(out, final=True, score=0.0, note=_NOTE)


def _filled(image: Array, areas: Areas, group: Group, progress: Progress) -> Array:
    """Colours of the group's hole pixels, N×3."""
    progress.report(0.0)
    left, top, width, height = areas.crop_for(group)
    step = math.ceil(max(group.box[2:]) / _LARGEST_SIDE)
    part = (slice(top, top + height, step), slice(left, left + width, step))
    source = areas.source[part]
    if not source.any():
        step = 1
        part = (slice(top, top + height), slice(left, left + width))
        source = areas.source[part]
    progress.report(0.2)
    smooth = diffused_pixels(image[part], source)
    progress.report(0.5)
    x, y, w, h = group.box
    near = grow_box(
        ((x - left) // step, (y - top) // step, w // step + 1, h // step + 1),
        2 * _RADIUS,
        *source.shape[::-1],
    )
    window = (slice(near[1], near[1] + near[3]), slice(near[0], near[0] + near[2]))
    unknown = (~source[window]).astype(np.uint8)
    if not unknown.all():
        smooth[window] = cv2.inpaint(smooth[window], unknown, _RADIUS, cv2.INPAINT_TELEA)
    progress.report(0.8)
    return stretched(smooth, step, (x - left, y - top, w, h))[group.hole]
