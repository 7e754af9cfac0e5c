"""What tools draw over the picture, the same size at every zoom."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.editor.theme import color

_Option = QStyleOptionGraphicsItem


class MarkItem(QGraphicsItem):
    """A plus or minus click, the same size at every zoom."""

    _RADIUS = 8

    def __init__(self, x: float, y: float, plus: bool) -> None:
        super().__init__()
        self._plus = plus
        self.setPos(x, y)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)

    def boundingRect(self) -> QRectF:
        r = self._RADIUS + 2
        return QRectF(-r, -r, 2 * r, 2 * r)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(Qt.GlobalColor.white, 2))
        painter.setBrush(color("good" if self._plus else "bad"))
        painter.drawEllipse(QPointF(0, 0), self._RADIUS, self._RADIUS)
        painter.drawLine(QPointF(-4, 0), QPointF(4, 0))
        if self._plus:
            painter.drawLine(QPointF(0, -4), QPointF(0, 4))


class BrushItem(QGraphicsItem):
    """The round brush under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self._radius = 10.0

    def set_radius(self, radius: float) -> None:
        self.prepareGeometryChange()
        self._radius = radius

    def boundingRect(self) -> QRectF:
        r = self._radius + 8
        return QRectF(-r, -r, 2 * r, 2 * r)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for colour, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(255, 255, 255), 1.2)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(0, 0), self._radius, self._radius)
