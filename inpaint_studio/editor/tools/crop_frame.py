"""The frame of the crop tool: its arithmetic, and how it is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.basics.mask import Box
from inpaint_studio.document import Transform
from inpaint_studio.document.transform import transform_point
from inpaint_studio.editor.canvas.stacking import TOOL_Z

Size = tuple[int, int]
_SHADE = QColor(0, 0, 0, 120)
_FAR = 1e6
"""Scene pixels that are darkened around: more than can be seen."""


@dataclass(frozen=True, slots=True)
class CropFrame:
    """A frame about a middle on the canvas, turned clockwise; lengths in canvas pixels."""

    x: float
    y: float
    width: float
    height: float
    degrees: float = 0.0

    @classmethod
    def around(cls, size: Size) -> CropFrame:
        """The whole canvas."""
        return cls(size[0] / 2, size[1] / 2, *size)

    @classmethod
    def between(cls, a: QPointF, b: QPointF, ratio: float | None) -> CropFrame:
        """An upright frame from one corner to another, which gives way to the ratio of width to height."""
        width, height = abs(b.x() - a.x()), abs(b.y() - a.y())
        if ratio is not None:
            width, height = max(width, height * ratio), max(height, width / ratio)
        x = a.x() + math.copysign(width / 2, b.x() - a.x())
        y = a.y() + math.copysign(height / 2, b.y() - a.y())
        return cls(x, y, max(1, width), max(1, height))

    @classmethod
    def under(cls, transform: Transform, size: Size) -> CropFrame:
        """The canvas as a transform moves, scales and turns it."""
        x, y = transform_point(transform.matrix(), size[0] / 2, size[1] / 2)
        width, height = abs(transform.scale_x) * size[0], abs(transform.scale_y) * size[1]
        return cls(x, y, width, height, (transform.degrees + 180) % 360 - 180)

    def transform(self, size: Size) -> Transform:
        """What takes the canvas to the frame."""
        middle = size[0] / 2, size[1] / 2
        scale = self.width / size[0], self.height / size[1]
        return Transform(self.x - middle[0], self.y - middle[1], *scale, self.degrees, middle)

    @property
    def box(self) -> Box:
        """In whole pixels, before it is turned about its middle."""
        width, height = max(1, round(self.width)), max(1, round(self.height))
        left, top = self.x - width / 2, self.y - height / 2
        return math.floor(left + 0.5), math.floor(top + 0.5), width, height

    @property
    def rounded(self) -> CropFrame:
        """The frame that `box` is."""
        x, y, width, height = self.box
        return CropFrame(x + width / 2, y + height / 2, width, height, self.degrees)

    def with_ratio(self, ratio: float) -> CropFrame:
        """The largest frame inside this of a ratio of width to height."""
        width = min(self.width, self.height * ratio)
        return replace(self, width=width, height=width / ratio)

    def corners(self) -> list[tuple[float, float]]:
        turn = math.radians(self.degrees)
        cos, sin = math.cos(turn), math.sin(turn)
        halves = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        points = [(i * self.width / 2, j * self.height / 2) for i, j in halves]
        return [(self.x + cos * x - sin * y, self.y + sin * x + cos * y) for x, y in points]

    def inside(self, size: Size) -> CropFrame:
        """The frame made smaller about its middle until it lies on the canvas."""
        x, y = min(max(self.x, 1), size[0] - 1), min(max(self.y, 1), size[1] - 1)
        # A turned frame is rounded to whole pixels afterwards, which may move its corners by so much.
        margin = 1.0 if self.degrees else 0.0
        factor = 1.0
        for cx, cy in replace(self, x=x, y=y).corners():
            for way, place, room in ((cx - x, x, size[0]), (cy - y, y, size[1])):
                free = max(0.5, (room - place if way > 0 else place) - margin)
                if abs(way) > free:
                    factor = min(factor, free / abs(way))
        return replace(self, x=x, y=y, width=self.width * factor, height=self.height * factor)

    def reaches_out(self, size: Size) -> bool:
        """Whether a part of it lies outside of the canvas."""
        return any(
            not (-0.01 <= x <= size[0] + 0.01 and -0.01 <= y <= size[1] + 0.01) for x, y in self.corners()
        )


class ShadeItem(QGraphicsItem):
    """Darkens all outside of a frame and divides it in thirds."""

    def __init__(self) -> None:
        super().__init__()
        self._frame = CropFrame(0, 0, 1, 1)
        self.setZValue(TOOL_Z - 1)
        self.setVisible(False)

    def show_frame(self, frame: CropFrame) -> None:
        """Shows another frame."""
        self._frame = frame
        self.setVisible(True)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-_FAR, -_FAR, 2 * _FAR, 2 * _FAR)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        corners = QPolygonF([QPointF(*corner) for corner in self._frame.corners()])
        outside = QPainterPath()
        outside.addRect(self.boundingRect())
        outside.addPolygon(corners)
        outside.closeSubpath()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.fillPath(outside, _SHADE)
        pen = QPen(QColor(255, 255, 255, 110), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        a, b, c, d = corners.toList()
        for part in (1 / 3, 2 / 3):
            painter.drawLine(a + (b - a) * part, d + (c - d) * part)
            painter.drawLine(a + (d - a) * part, b + (c - b) * part)
