"""A part of a picture at 100 %, as it was at the left of a line and as it will be at the right."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from inpaint_studio.basics.mask import Array, Box, intersect_boxes
from inpaint_studio.editor import theme
from inpaint_studio.editor.images import on_checkerboard

_GRIP, _NEAR, _CHIP, _INSET = 9, 12, 22, 8
_STEP = 0.05
_SHADE, _WHITE = QColor(0, 0, 0, 150), QColor(255, 255, 255)


class BeforeAfter(QWidget):
    """Shows pieces of a picture of `size` (width, height); a drag looks elsewhere, or moves the line.

    The picture's pixels are the screen's. `moved` tells that `box` is another one now.
    """

    moved = Signal()

    def __init__(self, size: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._middle = QPointF(size[0] / 2, size[1] / 2)
        self._box: Box = (0, 0, 0, 0)
        self._before: Array | None = None
        self._after: Array | None = None
        self._images: tuple[QImage, QImage | None] | None = None
        self._strength, self._line, self._words = 1.0, 0.5, ""
        self._drag: tuple[str, QPointF, QPointF] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Before and after")
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    # What is shown

    @property
    def box(self) -> Box:
        """The part of the picture that is seen."""
        ratio = self.devicePixelRatioF()
        w, h = (
            min(a, round(b * ratio)) for a, b in zip(self._size, (self.width(), self.height()), strict=True)
        )
        x = round(min(max(self._middle.x() - w / 2, 0), self._size[0] - w))
        y = round(min(max(self._middle.y() - h / 2, 0), self._size[1] - h))
        return x, y, w, h

    @property
    def line(self) -> float:
        """Where the line stands, 0 at the left edge, 1 at the right."""
        return self._line

    def look_at(self, x: float, y: float) -> None:
        """Puts a point of the picture into the middle, as far as there is picture around it."""
        self._middle = QPointF(x, y)
        self.update()
        self.moved.emit()

    def show_before(self, box: Box, pixels: Array) -> None:
        """A piece at `box` as it was, h×w×4 straight RGBA."""
        if box != self._box:
            self._after = None
        self._box, self._before = box, pixels
        self._render()

    def show_after(self, box: Box, pixels: Array) -> None:
        """The same piece as it will be at full strength."""
        if box == self._box:
            self._after = pixels
            self._render()

    def set_strength(self, strength: float) -> None:
        """How much of the change is shown, 0..1."""
        self._strength = strength
        self._render()

    def set_words(self, words: str) -> None:
        """What stands over the right side instead of “After”, as long as that is not there."""
        self._words = words
        self.update()

    def _render(self) -> None:
        if self._before is None:
            return
        after = None
        if self._after is not None:
            change = self._after.astype(np.float32) - self._before
            after = on_checkerboard(np.rint(self._before + self._strength * change).astype(np.uint8))
        self._images = on_checkerboard(self._before), after
        self.update()

    # Painting

    def _corner(self) -> QPointF:
        """Where the corner of what is seen lies in the widget: smaller pictures are in its middle."""
        _, _, w, h = self.box
        ratio = self.devicePixelRatioF()
        return QPointF(
            max(0, round(self.width() * ratio) - w) // 2 / ratio,
            max(0, round(self.height() * ratio) - h) // 2 / ratio,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("canvas"))
        at = self._line * self.width()
        if self._images is not None:
            before, after = self._images
            self._paint_piece(painter, before, QRectF(0, 0, at, self.height()))
            self._paint_piece(painter, after or before, QRectF(at, 0, self.width() - at, self.height()))
        self._paint_line(painter, at)
        self._paint_chip(painter, "Before", left=True)
        if self._images is not None and self._images[1] is not None:
            self._paint_chip(painter, "After", left=False)
        elif self._words:
            self._paint_chip(painter, self._words, left=False)
        painter.end()

    def _paint_piece(self, painter: QPainter, image: QImage, part: QRectF) -> None:
        ratio, corner, box = self.devicePixelRatioF(), self._corner(), self.box
        x, y, w, h = intersect_boxes(self._box, box)
        if not (w and h):
            return
        target = QRectF(
            corner.x() + (x - box[0]) / ratio, corner.y() + (y - box[1]) / ratio, w / ratio, h / ratio
        )
        painter.save()
        painter.setClipRect(part)
        painter.drawImage(target, image, QRectF(x - self._box[0], y - self._box[1], w, h))
        painter.restore()

    def _paint_line(self, painter: QPainter, at: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        for colour, width in ((_SHADE, 4.0), (_WHITE, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(at, 0), QPointF(at, self.height()))
        painter.setPen(QPen(_SHADE, 1.0))
        painter.setBrush(theme.color("accent-line") if self.hasFocus() else _WHITE)
        painter.drawEllipse(QPointF(at, middle), _GRIP, _GRIP)
        painter.setPen(QPen(_WHITE if self.hasFocus() else QColor(60, 60, 60), 1.5))
        for side in (-1, 1):
            tip = at + side * 5
            painter.drawLine(QPointF(tip - side * 2.5, middle - 2.5), QPointF(tip, middle))
            painter.drawLine(QPointF(tip - side * 2.5, middle + 2.5), QPointF(tip, middle))

    def _paint_chip(self, painter: QPainter, words: str, *, left: bool) -> None:
        width = self.fontMetrics().horizontalAdvance(words) + 2 * _INSET
        x = _INSET if left else self.width() - width - _INSET
        chip = QRectF(x, self.height() - _CHIP - _INSET, width, _CHIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE)
        painter.drawRoundedRect(chip, 5, 5)
        painter.setPen(_WHITE)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)

    # Mouse and keys

    def _on_line(self, x: float) -> bool:
        return abs(x - self._line * self.width()) <= _NEAR

    def _move_line(self, x: float) -> None:
        self._line = min(max(x / max(1, self.width()), 0.0), 1.0)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            x, y, w, h = self.box
            kind = "line" if self._on_line(event.position().x()) else "pan"
            self._drag = kind, event.position(), QPointF(x + w / 2, y + h / 2)
            if kind == "pan":
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._drag is None:
            near = self._on_line(place.x())
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.OpenHandCursor)
        elif self._drag[0] == "line":
            self._move_line(place.x())
        else:
            way = (self._drag[1] - place) * self.devicePixelRatioF()
            self.look_at(self._drag[2].x() + way.x(), self._drag[2].y() + way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move_line((self._line + step) * self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.moved.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()
