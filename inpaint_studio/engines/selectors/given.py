"""Prompts as every selector needs them: checked, brought to a small grid, and obeyed to the pixel."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.engines.contracts import Point, Prompts

Area = NDArray[np.bool_]
Shape = tuple[int, int]
"""Height and width."""
Clicks = dict[tuple[int, int], bool]
"""Pixel (x, y) → belongs, in the order of the clicks."""


def clicks_on(shape: Shape, prompts: Prompts) -> Clicks:
    """The clicks on a photo; a later click on a pixel replaces an earlier."""
    height, width = shape
    clicks: Clicks = {}
    labels = (*prompts.labels, *([1] * (len(prompts.points) - len(prompts.labels))))
    for (x, y), label in zip(prompts.points, labels, strict=False):
        if math.isfinite(x) and math.isfinite(y) and 0 <= x < width and 0 <= y < height:
            spot = (int(x), int(y))
            clicks.pop(spot, None)
            clicks[spot] = bool(label)
    return clicks


def need_wanted(anything: bool, unwanted: bool) -> None:
    """Raise StudioError unless something says what is wanted; `unwanted` is whether something is unwanted."""
    if not anything:
        what = "Click on the object that you want" if unwanted else "Click on the photo itself"
        raise StudioError(message("prompt.or_a_box", what=what))


def on_grid(mask: Mask | None, shape: Shape, grid: Shape, least: int) -> Area:
    """A mask of a photo on a grid laid over it: cells of which half has coverage `least` or more.

    With `least` 1 a cell counts for any pixel, so that a thin stroke stays.
    """
    rows, cols = grid
    area = np.zeros((rows, cols), np.bool_)
    height, width = shape
    placed = mask.clipped((0, 0, width, height)) if mask is not None else Mask.empty()
    if not placed:
        return area
    ys, xs = np.nonzero(placed.crop >= least)
    np.add(ys, placed.y, out=ys)
    np.add(xs, placed.x, out=xs)
    hits = np.bincount((ys * rows // height) * cols + xs * cols // width, minlength=rows * cols)
    cell = (height / rows) * (width / cols)
    return np.asarray((hits >= (1 if least == 1 else 0.5 * cell)).reshape(rows, cols))


def enclosed(shape: Shape, grid: Shape, prompts: Prompts) -> Area | None:
    """What box and lasso enclose, on a grid laid over the photo; None if there is neither.

    StudioError if one has no inside or lies beside the photo.
    """
    height, width = shape
    rows, cols = grid
    outlines: list[tuple[Point, ...]] = []
    if prompts.box is not None:
        x, y, w, h = prompts.box
        if not all(math.isfinite(v) for v in prompts.box) or w <= 0 or h <= 0:
            raise StudioError(message("prompt.box_empty"))
        outlines.append(((x, y), (x + w, y), (x + w, y + h), (x, y + h)))
    if prompts.lasso:
        if len(prompts.lasso) < 3 or not np.isfinite(prompts.lasso).all():
            raise StudioError(message("prompt.outline_empty"))
        outlines.append(prompts.lasso)
    limit: Area | None = None
    for outline in outlines:
        # 16 more positions in a pixel; far corners are cut so that they stay in range.
        corners = np.array(outline, np.float64) * (cols / width, rows / height) - 0.5
        fixed = np.round(np.clip(corners, -4 * cols - 4 * rows, 4 * cols + 4 * rows) * 16).astype(np.int32)
        inside = np.zeros((rows, cols), np.uint8)
        cv2.fillPoly(inside, [fixed], 1, cv2.LINE_8, 4)
        limit = inside > 0 if limit is None else limit & (inside > 0)
    if limit is not None and not limit.any():
        raise StudioError(message("prompt.beside_photo"))
    return limit


def obey(mask: Mask, shape: Shape, prompts: Prompts, clicks: Clicks, radius: int) -> Mask:
    """The mask with each prompt true to the pixel: a spot of `radius` around a click that it had wrong."""
    height, width = shape
    if prompts.wanted is not None:
        mask = mask.union(prompts.wanted.clipped((0, 0, width, height)))
    if prompts.unwanted is not None:
        mask = mask.minus(prompts.unwanted)
    for spot_radius in (radius, 0):
        for (x, y), belongs in clicks.items():
            if mask.covers(x, y, 255) if belongs else not mask.covers(x, y, 1):
                continue
            left, top = max(0, x - spot_radius), max(0, y - spot_radius)
            size = (min(height, y + spot_radius + 1) - top, min(width, x + spot_radius + 1) - left)
            spot = Mask(left, top, np.full(size, 255, np.uint8))
            mask = mask.union(spot) if belongs else mask.minus(spot)
    return mask
