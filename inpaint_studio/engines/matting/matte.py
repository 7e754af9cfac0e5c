"""The matte `edge`: soft coverage of an object, and its colours without the old background."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, SubProgress, message
from inpaint_studio.basics.mask import Array, Box, grow_box, unite_boxes
from inpaint_studio.engines.contracts import Cut
from inpaint_studio.engines.matting import network
from inpaint_studio.engines.matting.closed_form import solve_alpha
from inpaint_studio.engines.matting.colours import clean_colours
from inpaint_studio.engines.matting.trimap import UNKNOWN, auto_band, make_trimap, strip_along

REACH = 40.0
"""Pixels to each side of an edge in which the network looks for hair and blur, in its smallest picture."""
_SIDE, _OBJECT = 1400, 200
"""That picture's longer side is at most the first, if the object's is then no smaller than the second."""

FAINT = 4
"""Coverage below this is nothing: hardly seen, it would make a cutout's box far larger than the object."""


class EdgeMatte:
    """Matte contract: by the network of soft edges, and from colours alone where it is not installed."""

    def refine(
        self,
        image: Array,
        mask: Mask,
        *,
        band: float = 0.0,
        unknown: Mask | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> Cut:
        """Soft coverage and colours without the old background.

        `image` H×W×3 uint8; `band` is the half width in pixels of the strip along the edge that is
        worked out anew, 0 chooses it. Inside the strip's inner side coverage stays 255, outside its outer
        side 0. With `unknown` it is worked out there and nowhere else (a brush along hair): elsewhere
        coverage stays as the mask has it. Raises StudioError for an empty mask.
        """
        height, width = image.shape[:2]
        mask = mask.clipped((0, 0, width, height))
        if not mask or not (mask.crop > 127).any():
            raise StudioError(message("matte.nothing"))
        task = _task((width, height), mask, band, unknown)
        x, y, w, h = task.box
        crop = np.ascontiguousarray(image[y : y + h, x : x + w])
        progress.report(0.1)
        if not task.wanted.any():
            return _cut(task.known, crop, x, y)
        found = _solve(task, crop, SubProgress(progress, 0.1, 0.7))
        alpha = np.where(task.wanted, found, task.known).astype(np.uint8)
        alpha[task.wanted & (alpha < FAINT)] = 0
        soft = task.wanted & (alpha > 0) & (alpha < 255)
        return _cut(alpha, clean_colours(crop, alpha, soft, SubProgress(progress, 0.7, 1.0)), x, y)

    def clean(self, image: Array, alpha: Mask, *, progress: Progress = NO_PROGRESS) -> Patch:
        """Colours without the old background for coverage that is given, over its box grown a little."""
        height, width = image.shape[:2]
        x, y, w, h = box = grow_box(alpha.box, 4, width, height)
        crop, cover = np.ascontiguousarray(image[y : y + h, x : x + w]), alpha.window(box)
        soft = (cover > 0) & (cover < 255)
        return Patch(x, y, clean_colours(crop, cover, soft, progress))


class _Task(NamedTuple):
    """What is to be found in a box of the picture, all H×W of it."""

    box: Box
    coverage: Array
    wanted: NDArray[np.bool_]
    known: Array
    """What stays where nothing is wanted."""
    band: float
    factor: int
    """How many times smaller the picture is that the network looks at first; 0 without a network."""


def _task(size: tuple[int, int], mask: Mask, band: float, unknown: Mask | None) -> _Task:
    by_network = network.installed()
    factor = _factor(size, mask) if by_network else 0
    if not band:
        band = REACH * factor if by_network else auto_band(*size, mask.area)
    band = float(np.clip(band, 1.0, 512.0 if by_network else 64.0))
    strokes = Mask.empty() if unknown is None else unknown.clipped((0, 0, *size))
    reach = int(np.ceil(band if by_network else 2 * band)) + 8
    box = grow_box(unite_boxes((mask.box, strokes.box)), reach, *size)
    coverage = mask.window(box)
    if unknown is not None:
        wanted, known = strokes.window(box) > 0, coverage
        factor = max(factor, _factor_for(coverage, wanted)) if by_network else 0
    elif by_network:
        wanted = strip_along(coverage, band)
        known = np.where(coverage > 127, 255, 0).astype(np.uint8)
    else:
        known = make_trimap(coverage, band)
        wanted = known == UNKNOWN
    return _Task(box, coverage, wanted, known, band, factor)


def _solve(task: _Task, crop: Array, progress: Progress) -> Array:
    if task.factor:
        return network.solve(crop, task.coverage, task.wanted, task.factor, progress)
    # Known coverage is never exactly UNKNOWN: a step of 1/255 more or less is not seen.
    known = np.where(task.known == UNKNOWN, UNKNOWN - 1, task.known)
    trimap = np.where(task.wanted, UNKNOWN, known).astype(np.uint8)
    return solve_alpha(crop, trimap, task.coverage, task.band, progress)


def _factor(size: tuple[int, int], mask: Mask) -> int:
    """How many times smaller the picture is that the network looks at first; a power of two."""
    factor = 1
    while max(size) > _SIDE * factor and max(mask.crop.shape) >= 2 * _OBJECT * factor:
        factor *= 2
    return factor


def _factor_for(coverage: Array, wanted: NDArray[np.bool_]) -> int:
    """The same, so that all wanted pixels are within reach of the edge."""
    apart = cv2.distanceTransform(np.asarray(coverage <= 127, np.uint8), cv2.DIST_L2, 3)
    farthest = float(apart[wanted].max(initial=0.0))
    return 1 << max(0, int(np.ceil(np.log2(max(1.0, farthest / REACH)))))


def _cut(alpha: Array, colours: Array, x: int, y: int) -> Cut:
    placed = Mask.place(alpha, x, y)
    left, top, w, h = placed.x - x, placed.y - y, placed.box[2], placed.box[3]
    return Cut(placed, Patch(placed.x, placed.y, colours[top : top + h, left : left + w].copy()))
