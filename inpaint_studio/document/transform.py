"""Where a layer lies: from the pixels of its source to those of the canvas."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Box


@dataclass(frozen=True, slots=True)
class Transform:
    """From a layer's source to the canvas: scale and flip, skew, then turn, about `pivot`, then move.

    `degrees` is clockwise as seen (y points down); a negative scale flips. `skew` is by how many pixels each
    row is shifted to the right of the one above, before the turn.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    degrees: float = 0.0
    pivot: tuple[float, float] = (0.0, 0.0)
    skew: float = 0.0

    def matrix(self) -> NDArray[np.float64]:
        """The 2×3 affine matrix, source point (x, y, 1) to canvas point."""
        turn = math.radians(self.degrees % 360)
        cos, sin = math.cos(turn), math.sin(turn)
        a, b = cos * self.scale_x, (self.skew * cos - sin) * self.scale_y
        c, d = sin * self.scale_x, (self.skew * sin + cos) * self.scale_y
        px, py = self.pivot
        return np.array(
            [[a, b, px + self.dx - a * px - b * py], [c, d, py + self.dy - c * px - d * py]], np.float64
        )

    def inverse(self) -> NDArray[np.float64]:
        """The 2×3 matrix from canvas to source."""
        m = self.matrix()
        linear = np.linalg.inv(m[:, :2])
        return np.hstack([linear, -linear @ m[:, 2:]])

    def rebased(self, pivot: tuple[float, float]) -> Transform:
        """The same mapping about another pivot."""
        x, y = transform_point(self.matrix(), *pivot)
        return replace(self, pivot=pivot, dx=x - pivot[0], dy=y - pivot[1])

    def followed_by(self, matrix: NDArray[np.float64]) -> Transform:
        """This mapping and then a 2×3 matrix from canvas to canvas, which may not be singular."""
        linear = matrix[:, :2] @ self.matrix()[:, :2]
        mirrored = np.linalg.det(matrix[:, :2]) < 0 and matrix[0, 0] < 0
        sign = math.copysign(1.0, self.scale_x) * (-1 if mirrored else 1)
        scale_x = sign * math.hypot(linear[0, 0], linear[1, 0])
        degrees = round(math.degrees(math.atan2(linear[1, 0] * sign, linear[0, 0] * sign)), 9)
        turn = math.radians(degrees)
        across, down = linear[0, 1], linear[1, 1]
        scale_y = math.cos(turn) * down - math.sin(turn) * across
        skew = (math.cos(turn) * across + math.sin(turn) * down) / scale_y
        x, y = transform_point(matrix, self.pivot[0] + self.dx, self.pivot[1] + self.dy)
        return Transform(
            near_whole(x - self.pivot[0]), near_whole(y - self.pivot[1]), near_whole(scale_x),
            near_whole(scale_y), degrees, self.pivot, near_whole(skew),
        )  # fmt: skip

    @property
    def whole_shift(self) -> tuple[int, int] | None:
        """The shift in whole pixels if the transform is nothing else, else None."""
        if self.scale_x != 1 or self.scale_y != 1 or self.degrees % 360 or self.skew:
            return None
        if self.dx != round(self.dx) or self.dy != round(self.dy):
            return None
        return round(self.dx), round(self.dy)


def near_whole(value: float) -> float:
    """Undoes the rounding errors of a number that is meant to be whole."""
    return float(round(value)) if abs(value - round(value)) < 1e-6 else float(value)


def transform_point(matrix: NDArray[np.float64], x: float, y: float) -> tuple[float, float]:
    """The point that a 2×3 matrix takes (x, y) to."""
    out = matrix[:, :2] @ (x, y) + matrix[:, 2]
    return float(out[0]), float(out[1])


def same_mapping(a: Transform, b: Transform) -> bool:
    """Whether two transforms put every point in the same place, whatever their pivots."""
    return a == b or bool((np.abs(a.matrix() - b.matrix()) <= 1e-6).all())


@lru_cache(maxsize=512)
def transformed_box(transform: Transform, box: Box) -> Box:
    """The box of whole canvas pixels around a box of source pixels: every drawing asks for every layer's."""
    x, y, w, h = box
    if not (w and h):
        return 0, 0, 0, 0
    shift = transform.whole_shift
    if shift is not None:
        return x + shift[0], y + shift[1], w, h
    (a, b, c), (d, e, f) = transform.matrix().tolist()
    corners = [(px, py) for px in (x, x + w) for py in (y, y + h)]
    across, down = [a * px + b * py + c for px, py in corners], [d * px + e * py + f for px, py in corners]
    left, top = math.floor(min(across) + 1e-6), math.floor(min(down) + 1e-6)
    return left, top, math.ceil(max(across) - 1e-6) - left, math.ceil(max(down) - 1e-6) - top


def reach(transform: Transform, box: Box) -> Box:
    """The canvas pixels that a change inside a box of source pixels can reach.

    Larger than `transformed_box` where the layer is resampled: pixels mix with their neighbours.
    """
    x, y, w, h = transformed_box(transform, box)
    if not (w and h) or transform.whole_shift is not None:
        return x, y, w, h
    # Two pixels of the cubic kernel, behind area averaging to whole pixels where the layer is shrunk.
    across, down = abs(transform.scale_x), abs(transform.scale_y) * (1 + abs(transform.skew))
    margin = 1 + math.ceil(4 * max(1.0, across, down))
    return x - margin, y - margin, w + 2 * margin, h + 2 * margin
