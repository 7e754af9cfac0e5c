"""The scene's item that stands for the document: its picture."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QPolygonF, QRegion
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.basics.mask import Box, intersect_boxes

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.editor.canvas.picture import Picture

_Option = QStyleOptionGraphicsItem
_CHECK = 8
_BUDGET = 0.03
"""Seconds that one painting may draw for; what is left is drawn between frames."""


def checkerboard() -> QBrush:
    board = QPixmap(2 * _CHECK, 2 * _CHECK)
    board.fill(QColor(255, 255, 255))
    painter = QPainter(board)
    for x, y in ((0, 0), (_CHECK, _CHECK)):
        painter.fillRect(x, y, _CHECK, _CHECK, QColor(204, 204, 204))
    painter.end()
    return QBrush(board)


def paint_board(painter: QPainter, target: QRectF, board: QBrush) -> None:
    """Fills a scene rectangle with squares that keep their size at every zoom."""
    device = painter.worldTransform().map(QPolygonF(target))
    painter.save()
    painter.resetTransform()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(board)
    painter.drawPolygon(device)
    painter.restore()


def device_scale(painter: QPainter) -> float:
    """Device pixels per scene pixel."""
    return float(abs(painter.deviceTransform().determinant()) ** 0.5)


def pixel_box(rect: QRectF) -> Box:
    """The whole pixels around a scene rectangle."""
    whole = rect.toAlignedRect()
    return whole.x(), whole.y(), whole.width(), whole.height()


class PictureItem(QGraphicsItem):
    """The canvas over a checkerboard. What is looked at is drawn when it is painted."""

    def __init__(self, picture: Picture, late: Callable[[], None]) -> None:
        """`late` is called where a painting leaves something to do: `paint_again`, or squares to draw."""
        super().__init__()
        self._picture = picture
        self._late = late
        self._owed: list[Box] = []
        self.exposed = QRegion()
        """What of the view is being painted; its bounding box is all that Qt tells an item."""
        self._board = checkerboard()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    @property
    def picture(self) -> Picture:
        return self._picture

    def set_picture(self, picture: Picture) -> None:
        """Shows another picture of the same size."""
        self._picture = picture
        self.update()

    def paint_again(self) -> None:
        """Has painted again what was drawn only after it was painted."""
        for box in self._owed:
            self.update(QRectF(*box))
        self._owed.clear()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self._picture.size)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        exposed = option.exposedRect.intersected(self.boundingRect())
        if exposed.isEmpty():
            return
        scale, picture = device_scale(painter), self._picture
        level = picture.level_for(scale)
        x, y, w, h = pixel_box(exposed)
        # Neighbouring pixels of the level are mixed in at the border.
        edge = 1 << level
        box = intersect_boxes((x - edge, y - edge, w + 2 * edge, h + 2 * edge), (0, 0, *picture.size))
        self._draw(level, box, painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        turned = painter.worldTransform().isRotating()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 2 and (scale != 1 or turned))
        if not picture.hides(level, box):
            paint_board(painter, QRectF(*box), self._board)
        painter.setClipRect(self.boundingRect())
        for image, (left, top, width, height), own in picture.pieces(level, box):
            size = 1 << own
            target = QRectF(left * size, top * size, width * size, height * size)
            painter.drawImage(target, image, QRectF(left, top, width, height))

    def _draw(self, level: int, box: Box, painter: QPainter) -> None:
        end = time.monotonic() + _BUDGET
        for tile in self._picture.waiting(level, box):
            if time.monotonic() > end:
                self._late()
                return
            drawn = self._picture.draw(level, tile)
            place = painter.worldTransform().mapRect(QRectF(*drawn)).toAlignedRect()
            if intersect_boxes(drawn, box) != drawn or not QRegion(place).subtracted(self.exposed).isEmpty():
                # What lies outside of what is painted now may have been painted before it was drawn. Qt may
                # forget an update that is asked for while it paints.
                self._owed.append(drawn)
                self._late()
