"""What the network is to say about a scene, on the grids of its answers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.objects.components import UNKNOWN
from training.objects.network import CELL, REACH
from training.objects.scenes import Scene

Floats = NDArray[np.float32]
_SIGMA = 1.0, 2.5
"""Least and largest width of the mark of a middle, in cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """`mask` (h/2 × w/2) is coverage, 0 to 1, with a weight in `known`.

    On cells of `CELL` pixels: `middles` is 1 at the middle of a thing and falls off around it, `seen` is 1
    where middles are known; `offsets` (2 × h/4 × w/4: x, y) lead to the middle, in units of `REACH` pixels,
    with a weight in `inside` that makes small things count.
    """

    mask: Floats
    known: Floats
    middles: Floats
    seen: Floats
    offsets: Floats
    inside: Floats


def target_of(scene: Scene) -> Target:
    """The target of a scene whose sides are multiples of `CELL`."""
    high, wide = scene.alpha.shape
    half, quarter = (wide // 2, high // 2), (wide // CELL, high // CELL)
    mask = cv2.resize(scene.alpha, half, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    known = cv2.resize(scene.known, half, interpolation=cv2.INTER_NEAREST).astype(np.float32) / 255
    instances = cv2.resize(scene.instances, quarter, interpolation=cv2.INTER_NEAREST)
    middles, offsets, inside, areas = _things(scene.instances, instances)
    unknown = (instances == UNKNOWN).astype(np.uint8)
    seen = 1 - cv2.dilate(unknown, np.ones((5, 5), np.uint8)).astype(np.float32)
    known *= 1 + 3 * cv2.resize(areas, half, interpolation=cv2.INTER_NEAREST)
    return Target(mask, known, middles, np.maximum(seen, middles > 0.5).astype(np.float32), offsets, inside)


def _things(full: np.ndarray, cells: np.ndarray) -> tuple[Floats, Floats, Floats, Floats]:
    """Middles, offsets and weights of the offsets; and how small the thing of each cell is, 0 to 1."""
    rows, columns = full.shape
    flat = full.ravel()
    count = np.bincount(flat, minlength=UNKNOWN + 1).astype(np.float64)
    ys, xs = (grid.ravel() for grid in np.mgrid[:rows, :columns])
    divisor = np.maximum(count, 1)
    middle_y = (np.bincount(flat, ys, UNKNOWN + 1) / divisor + 0.5) / CELL
    middle_x = (np.bincount(flat, xs, UNKNOWN + 1) / divisor + 0.5) / CELL
    count[[0, UNKNOWN]] = 0
    high, wide = cells.shape
    cell_y, cell_x = np.mgrid[:high, :wide] + 0.5
    inside = (count[cells] > 0).astype(np.float32)
    across, along = middle_x[cells] - cell_x, middle_y[cells] - cell_y
    offsets = (np.stack([across, along]) * inside * (CELL / REACH)).astype(np.float32)
    side = np.sqrt(np.maximum(count, CELL * CELL))[cells]
    middles = np.zeros(cells.shape, np.float32)
    for number in np.flatnonzero(count):
        _mark(middles, middle_x[number], middle_y[number], float(np.sqrt(count[number])) / CELL)
    return (
        middles,
        offsets,
        inside * (40 / side).astype(np.float32),
        inside * np.exp(-side / 24).astype(np.float32),
    )


def _mark(middles: Floats, x: float, y: float, side: float) -> None:
    """Raise `middles` around a middle, for a thing of `side` cells."""
    sigma = float(np.clip(0.12 * side, *_SIGMA))
    reach = int(3 * sigma) + 1
    high, wide = middles.shape
    top, left = max(0, int(y) - reach), max(0, int(x) - reach)
    bottom, right = min(high, int(y) + reach + 1), min(wide, int(x) + reach + 1)
    if top >= bottom or left >= right:
        return
    ys, xs = np.arange(top, bottom) + 0.5 - y, np.arange(left, right) + 0.5 - x
    near = np.exp(-(ys[:, None] ** 2 + xs[None, :] ** 2) / (2 * sigma**2)).astype(np.float32)
    part = middles[top:bottom, left:right]
    # The cell that holds the middle is the peak, wherever in it the middle lies.
    near[np.unravel_index(near.argmax(), near.shape)] = 1
    np.maximum(part, near, out=part)
