"""Prompts and masks on the grid of cells that the network for clicks sees a photo in, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, grow_box, unite_boxes
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.networks.pictures import Floats
from inpaint_studio.engines.selectors.clicks import Maps
from inpaint_studio.engines.selectors.given import Area, Clicks, Shape, enclosed, on_grid

CELL = 4
"""Pixels of the network's input along a side of one cell of prompts and masks."""
MARGIN = 0.2
"""What a closer look shows around the object on each side, as a share of its box."""
LEAST_MARGIN = 8
STROKE = 192
"""A scribble becomes at most so many points."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A part of a photo as the network sees it: `grid` (rows, columns) of cells lie on `box` of the photo."""

    seen: Maps
    box: Box
    grid: tuple[int, int]


class Said(NamedTuple):
    """All prompts but the clicks, in cells of a look: strokes as points (x, y, label), box as its corners.

    `previous` (rows×columns, 0..1) is a mask to begin with, `limit` what a lasso encloses. `wants` tells
    whether any of them says what is wanted; `key` is equal for equal prompts.
    """

    key: Any
    strokes: tuple[tuple[float, float, int], ...]
    box: tuple[float, float, float, float] | None
    previous: Floats
    limit: Area | None
    wants: bool


def on_look(look: Look, prompts: Prompts) -> Said:
    """The prompts on a look; StudioError if box or lasso has no inside or lies beside it."""
    left, top, width, height = look.box
    rows, cols = look.grid
    shape, grid = (height, width), look.grid

    def local(mask: Mask | None) -> Mask | None:
        return mask.moved(-left, -top) if mask is not None else None

    box = None if prompts.box is None else (prompts.box[0] - left, prompts.box[1] - top, *prompts.box[2:])
    lasso = tuple((x - left, y - top) for x, y in prompts.lasso)
    inside = enclosed(shape, grid, Prompts(box=box, lasso=lasso))
    limit = enclosed(shape, grid, Prompts(lasso=lasso))
    strokes: list[tuple[float, float, int]] = []
    for mask, label in ((prompts.wanted, 1), (prompts.unwanted, 0)):
        spots = np.argwhere(on_grid(local(mask), shape, grid, 1))
        spots = spots[:: max(1, -(-len(spots) // STROKE))]
        strokes += [(float(x) + 0.5, float(y) + 0.5, label) for y, x in spots]
    previous = _coverage(local(prompts.previous), shape, grid)
    if limit is not None and not previous.any():
        previous = limit.astype(np.float32)
    corners = None
    if inside is not None and box is not None:
        across, down = cols / width, rows / height
        x0, y0, x1, y1 = box[0] * across, box[1] * down, (box[0] + box[2]) * across, (box[1] + box[3]) * down
        corners = (max(x0, -cols), max(y0, -rows), min(x1, 2 * cols), min(y1, 2 * rows))
    elif limit is not None:
        ys, xs = np.flatnonzero(limit.any(1)), np.flatnonzero(limit.any(0))
        corners = (float(xs[0]), float(ys[0]), float(xs[-1] + 1), float(ys[-1] + 1))
    wants = inside is not None or bool(previous.any()) or any(label for _, _, label in strokes)
    masks = (prompts.wanted, prompts.unwanted, prompts.previous)
    key = (prompts.box, prompts.lasso, tuple(m.digest() if m is not None else "" for m in masks))
    return Said(key, tuple(strokes), corners, previous, limit, wants)


def _coverage(mask: Mask | None, shape: Shape, grid: Shape) -> Floats:
    """Mean coverage of each cell, 0..1."""
    if mask is None or not mask.clipped((0, 0, shape[1], shape[0])):
        return np.zeros(grid, np.float32)
    small = cv2.resize(mask.full(shape), (grid[1], grid[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def cell(look: Look, spot: tuple[int, int]) -> tuple[float, float]:
    """Where the middle of a pixel (x, y) of the photo lies, in cells."""
    left, top, width, height = look.box
    rows, cols = look.grid
    return (spot[0] + 0.5 - left) * cols / width, (spot[1] + 0.5 - top) * rows / height


def cells(look: Look, clicks: Clicks, belongs: bool) -> list[tuple[int, int]]:
    """The cells (row, column) of the clicks that belong, or of the others, as far as the look shows them."""
    spots = [cell(look, spot) for spot, label in clicks.items() if label == belongs]
    rows, cols = look.grid
    return [(int(y), int(x)) for x, y in spots if 0 <= x < cols and 0 <= y < rows]


def enlarged(area: Floats, look: Look) -> Mask:
    """Chances on the grid as coverage of the photo's pixels, the edge a few pixels soft."""
    left, top, width, height = look.box
    rows, cols = look.grid
    ys, xs = np.flatnonzero((area > 0.3).any(1)), np.flatnonzero((area > 0.3).any(0))
    if not len(ys):
        return Mask.empty()
    across, down = width / cols, height / rows
    x0, x1 = max(0, int((xs[0] - 1) * across)), min(width, int(np.ceil((xs[-1] + 2) * across)))
    y0, y1 = max(0, int((ys[0] - 1) * down)), min(height, int(np.ceil((ys[-1] + 2) * down)))
    matrix = np.array([[1 / across, 0, (x0 + 0.5) / across - 0.5], [0, 1 / down, (y0 + 0.5) / down - 0.5]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    large = cv2.warpAffine(
        np.round(area * 255).astype(np.uint8), matrix, (x1 - x0, y1 - y0), None, how, cv2.BORDER_REPLICATE
    )
    gain = min(max(1.5 * max(across, down), 2.0), 16.0)
    table = np.clip((np.arange(256) - 127.5) * gain + 127.5, 0, 255).round().astype(np.uint8)
    return Mask.place(np.asarray(cv2.LUT(large, table), np.uint8), left + x0, top + y0)


def closer(shape: tuple[int, int], mask: Mask, prompts: Prompts, clicks: Clicks) -> Box:
    """The part of the photo to look at more closely: mask, wanted clicks, box and lasso, and a margin."""
    height, width = shape
    boxes: list[Box] = [mask.box, *((x, y, 1, 1) for (x, y), belongs in clicks.items() if belongs)]
    corners = [prompts.lasso] if prompts.lasso else []
    if prompts.box is not None:
        x, y, w, h = prompts.box
        corners.append(((x, y), (x + w, y + h)))
    for outline in corners:
        low, high = (
            np.clip(np.min(outline, 0), 0, (width, height)),
            np.clip(np.max(outline, 0), 0, (width, height)),
        )
        wide, high_ = (int(v) for v in np.ceil(high - low))
        boxes.append((int(low[0]), int(low[1]), wide, high_))
    x, y, w, h = unite_boxes(boxes)
    margin = max(round(MARGIN * max(w, h)), LEAST_MARGIN)
    return grow_box((x, y, w, h), margin, width, height)


def radius(look: Look) -> int:
    """Half a cell in pixels of the photo."""
    return max(1, round(max(look.box[2] / look.grid[1], look.box[3] / look.grid[0]) / 2))
