"""The arithmetic of dragging a layer, a corner or the turn of a transform box."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtGui import QTransform

from inpaint_studio.basics.mask import Box
from inpaint_studio.document import Transform
from inpaint_studio.document.transform import transform_point

Point = tuple[float, float]
Grip = Literal["move", "turn", "pivot"] | tuple[int, int]
"""(−1|0|1, −1|0|1) is a handle: which side across and down."""

HANDLES: tuple[tuple[int, int], ...] = tuple(
    (i, j) for j in (-1, 0, 1) for i in (-1, 0, 1) if (i, j) != (0, 0)
)
_SMALLEST = 2.0
"""Canvas pixels a side can't be dragged below."""


def handle_point(box: Box, handle: tuple[int, int]) -> Point:
    """A handle (or the middle, for (0, 0)) in source pixels."""
    x, y, w, h = box
    return x + w * (handle[0] + 1) / 2, y + h * (handle[1] + 1) / 2


def qtransform(transform: Transform) -> QTransform:
    m = transform.matrix()
    return QTransform(m[0, 0], m[1, 0], m[0, 1], m[1, 1], m[0, 2], m[1, 2])


@dataclass(frozen=True, slots=True)
class Grab:
    """A drag that began: what is held, of which box (source pixels), from which transform and point.

    `pivot`, in source pixels, is what turns and centred scaling go about; the middle of the box if None.
    """

    grip: Grip
    box: Box
    start: Transform
    point: Point
    pivot: Point | None = None

    @property
    def middle(self) -> Point:
        """What stays where it is when the box is turned, in source pixels."""
        return handle_point(self.box, (0, 0)) if self.pivot is None else self.pivot

    def dragged(self, point: Point, constrain: bool, centred: bool) -> Transform:
        """The transform when the pointer is at `point`."""
        if self.grip == "move":
            return self._moved(point, constrain)
        if self.grip == "turn":
            return self._turned(point, constrain)
        return self._scaled(point, constrain, centred)

    def _moved(self, point: Point, constrain: bool) -> Transform:
        dx, dy = point[0] - self.point[0], point[1] - self.point[1]
        if constrain:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        # Whole pixels, so that a moved layer stays as sharp as it was.
        return replace(self.start, dx=self.start.dx + round(dx), dy=self.start.dy + round(dy))

    def _turned(self, point: Point, constrain: bool) -> Transform:
        middle = self.middle
        about = self.start.rebased(middle)
        cx, cy = transform_point(about.matrix(), *middle)
        first = math.atan2(self.point[1] - cy, self.point[0] - cx)
        now = math.atan2(point[1] - cy, point[0] - cx)
        degrees = about.degrees + math.degrees(now - first)
        if constrain:
            degrees = round(degrees / 15) * 15
        degrees = (degrees + 180) % 360 - 180
        return replace(about, degrees=degrees)

    def _scaled(self, point: Point, constrain: bool, centred: bool) -> Transform:
        assert isinstance(self.grip, tuple)
        across, down = self.grip
        fixed = self.middle if centred else handle_point(self.box, (-across, -down))
        about = self.start.rebased(fixed)
        ax, ay = transform_point(about.matrix(), *fixed)
        turn = math.radians(about.degrees)
        vx, vy = point[0] - ax, point[1] - ay
        local_y = -math.sin(turn) * vx + math.cos(turn) * vy
        local = math.cos(turn) * vx + math.sin(turn) * vy - about.skew * local_y, local_y
        held = handle_point(self.box, self.grip)
        scale_x = self._factor(local[0], held[0] - fixed[0], about.scale_x) if across else about.scale_x
        scale_y = self._factor(local[1], held[1] - fixed[1], about.scale_y) if down else about.scale_y
        if constrain and across and down:
            grown = max(abs(scale_x / about.scale_x), abs(scale_y / about.scale_y))
            scale_x = math.copysign(abs(about.scale_x) * grown, scale_x)
            scale_y = math.copysign(abs(about.scale_y) * grown, scale_y)
        return replace(about, scale_x=scale_x, scale_y=scale_y)

    @staticmethod
    def _factor(wanted: float, length: float, before: float) -> float:
        if abs(length) < 1e-6:
            # The pivot lies on the side that is held.
            return before
        factor = wanted / length
        smallest = _SMALLEST / abs(length)
        return factor if abs(factor) >= smallest else math.copysign(smallest, factor or before)
