"""The box with handles round the active layer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.basics.mask import Box
from inpaint_studio.editor.canvas.items import device_scale
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.theme import color
from inpaint_studio.editor.tools.transforming import HANDLES, Grip, handle_point

_SIZE = 8.0
_REACH = 8.0
_TURN_REACH = 26.0
_PIVOT = 7.0


def grip_cursor(grip: Grip | None, turned: float) -> Qt.CursorShape:
    """The pointer over a part of a box that is turned by so many degrees."""
    if grip == "move":
        return Qt.CursorShape.SizeAllCursor
    if grip == "turn" or grip == "pivot":
        return Qt.CursorShape.CrossCursor
    if grip is None:
        return Qt.CursorShape.ArrowCursor
    shapes = (
        Qt.CursorShape.SizeHorCursor,
        Qt.CursorShape.SizeFDiagCursor,
        Qt.CursorShape.SizeVerCursor,
        Qt.CursorShape.SizeBDiagCursor,
    )
    eighth = {(1, 0): 0, (1, 1): 1, (0, 1): 2, (-1, 1): 3}
    base = eighth.get(grip, eighth.get((-grip[0], -grip[1]), 0))
    return shapes[(base + round(turned / 45)) % 4]


class TransformBox(QGraphicsItem):
    """Drawn in canvas coordinates; handles keep their size on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.box: Box = (0, 0, 0, 0)
        self.matrix = QTransform()
        self.pivot: tuple[float, float] | None = None
        """What the box turns about, in source pixels, if it is not the middle; None where there is none."""
        self.has_pivot = False
        self.setZValue(TOOL_Z)
        self.setVisible(False)

    def show_box(self, box: Box, matrix: QTransform) -> None:
        """`box` in source pixels, `matrix` from source to canvas."""
        self.prepareGeometryChange()
        self.box, self.matrix = box, matrix
        self.setVisible(box[2] > 0 and box[3] > 0)
        self.update()

    def corners(self) -> QPolygonF:
        points = (handle_point(self.box, h) for h in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
        return self.matrix.map(QPolygonF([QPointF(*p) for p in points]))

    def handle_at(self, handle: tuple[int, int]) -> QPointF:
        """A handle on the canvas."""
        return self.matrix.map(QPointF(*handle_point(self.box, handle)))

    def pivot_at(self) -> QPointF:
        """What the box turns about, on the canvas."""
        return self.matrix.map(QPointF(*(self.pivot or handle_point(self.box, (0, 0)))))

    def grip_at(self, point: QPointF, zoom: float) -> Grip | None:
        """What of the box a canvas point holds; None outside."""
        if not self.isVisible():
            return None

        def away(handle: tuple[int, int]) -> float:
            way = self.handle_at(handle) - point
            return float((way.x() ** 2 + way.y() ** 2) ** 0.5 * zoom)

        if self.has_pivot:
            way = self.pivot_at() - point
            if (way.x() ** 2 + way.y() ** 2) ** 0.5 * zoom <= _PIVOT:
                return "pivot"
        nearest = min(HANDLES, key=away)
        if away(nearest) <= _REACH:
            return nearest
        if self.corners().containsPoint(point, Qt.FillRule.OddEvenFill):
            return "move"
        corner = min((h for h in HANDLES if h[0] and h[1]), key=away)
        return "turn" if away(corner) <= _TURN_REACH else None

    def boundingRect(self) -> QRectF:
        # Handles keep their screen size, so their size in canvas pixels has no bound but the zoom.
        margin = 400.0
        return self.corners().boundingRect().adjusted(-margin, -margin, margin, margin)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        accent, corners = color("accent-line"), self.corners().toList()
        for colour, width in ((QColor(0, 0, 0, 110), 3.0), (accent, 1.5)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            # One by one: Qt takes three times as long for the same lines as a polygon.
            for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
                painter.drawLine(start, end)
        size = _SIZE / device_scale(painter)
        pen = QPen(accent, 1.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.GlobalColor.white)
        for handle in HANDLES:
            at = self.handle_at(handle)
            painter.drawRect(QRectF(at.x() - size / 2, at.y() - size / 2, size, size))
        if self.has_pivot:
            self._paint_pivot(painter, size)

    def _paint_pivot(self, painter: QPainter, size: float) -> None:
        at = self.pivot_at()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, size / 2, size / 2)
        painter.drawLine(at - QPointF(size, 0), at + QPointF(size, 0))
        painter.drawLine(at - QPointF(0, size), at + QPointF(0, size))
