"""Smooth colours drawn in from the border of a hole (Telea: An Image Inpainting Technique, 2004)."""

from __future__ import annotations

import math

import cv2
import numpy as np

from inpaint_studio.basics import Progress, SubProgress, message
from inpaint_studio.basics.mask import grow_box
from inpaint_studio.engines.contracts import Array, FillTask
from inpaint_studio.engines.inpainting.holes import Areas, Group, groups
from inpaint_studio.engines.inpainting.pyramid import diffused_pixels, stretched

_LARGEST_SIDE = 400
"""A hole's box with more pixels a side is filled at a reduced size: the colours are smooth anyway."""
_RADIUS = 5


def marched(task: FillTask, progress: Progress) -> Array:
    """The picture with its hole filled by OpenCV's fast marching method; H×W×3 uint8, a new array.

    Where nothing to copy from lies near a hole, surrounding colours are spread smoothly first. Raises
    StudioError.
    """
    progress.report(0.0, message("job.filling"))
    areas = Areas.of(task)
    progress.report(0.0)
    out = task.image.copy()
    parts = groups(task.hole)
    for done, group in enumerate(parts):
        share = SubProgress(progress, done / len(parts), (done + 1) / len(parts))
        x, y, w, h = group.box
        out[y : y + h, x : x + w][group.hole] = _filled(task.image, areas, group, share)
    progress.report(1.0)
    return out


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
