"""A fill in steps, group of holes by group: smooth colours first, then coarse ones, then those that stay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from inpaint_studio.basics import Progress, SubProgress, message
from inpaint_studio.engines.contracts import Array, Fill, FillTask
from inpaint_studio.engines.inpainting.holes import Areas, Group, groups
from inpaint_studio.engines.inpainting.pyramid import Level, diffused_pixels, stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIDE = 200


class Work(Protocol):
    """One group being filled; `error` (levels) is how badly it fits, known after the last step."""

    error: float

    def steps(self) -> Iterator[tuple[Array, bool]]:
        """Colours of the group's hole pixels, N×3, and whether they stay; only the last ones do."""
        ...


def in_steps(
    task: FillTask,
    begin: Callable[[Areas, Group, Progress], Work],
    note: str,
    progress: Progress,
    *,
    previews: bool = True,
) -> Iterator[Fill]:
    """A smooth preview, those of each group's steps that do not stay, then one final fill.

    Without `previews` only the last.

    As `Filler.fill`; the score is 1 for a perfectly coherent fill, towards 0 for one that fits badly.
    Raises StudioError for an empty hole, wrong sizes and when there is nothing to copy from.
    """
    progress.report(0.0, message("job.filling"))
    areas = Areas.of(task)
    progress.report(0.0)
    parts = groups(task.hole)
    progress.report(0.0)
    out = task.image.copy()
    if previews:
        for group in parts:
            _paint(out, group, _smooth(task.image, areas, group))
            progress.report(0.01)
        yield Fill(out.copy(), final=False, note=note)
    total, done, error = sum(int(g.hole.sum()) for g in parts), 0, 0.0
    for group in parts:
        size = int(group.hole.sum())
        share = SubProgress(progress, 0.02 + 0.98 * done / total, 0.02 + 0.98 * (done + size) / total)
        work = begin(areas, group, share)
        for pixels, stays in work.steps():
            _paint(out, group, pixels)
            if previews and not stays:
                yield Fill(out.copy(), final=False, note=note)
        done, error = done + size, error + size * work.error
    progress.report(1.0)
    yield Fill(out, final=True, score=math.exp(-error / total / 25), note=note)


def cropped(
    image: Array, areas: Areas, group: Group, progress: Progress
) -> tuple[Level, tuple[slice, slice]]:
    """What filling a group needs of the photo at full size, and where in it the group's box lies."""
    x, y, w, h = areas.crop_for(group)
    part = (slice(y, y + h), slice(x, x + w))
    left, top = group.box[0] - x, group.box[1] - y
    inside = (slice(top, top + group.box[3]), slice(left, left + group.box[2]))
    own = np.zeros((h, w), np.bool_)
    own[inside] = group.hole
    progress.report(0.0)
    shown = areas.known[part].view(np.uint8)
    pixels = np.asarray(cv2.bitwise_and(image[part], image[part], mask=shown), np.uint8)
    progress.report(0.0)
    return Level(pixels, own, areas.known[part], areas.source[part]), inside


def _paint(out: Array, group: Group, pixels: Array) -> None:
    """Writes the colours of a group's hole pixels (N×3) into the picture."""
    x, y, w, h = group.box
    out[y : y + h, x : x + w][group.hole] = pixels


def _smooth(image: Array, areas: Areas, group: Group) -> Array:
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
