"""A piece of the canvas to look closely at: the wheel zooms, dragging moves."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from inpaint_studio.basics.mask import Array, Box, intersect_boxes
from inpaint_studio.editor import theme

_MOST = 16.0
_STEP = 1.25


class EdgeView(QWidget):
    """Shows what it is given for `box` (canvas pixels); `moved` asks for a new piece."""

    moved = Signal()

    def __init__(self, frame: Box, parent: QWidget | None = None) -> None:
        """`frame` is what can be looked at, in canvas pixels; at first all of it."""
        super().__init__(parent)
        self._frame = frame
        self._zoom = 0.0
        self._middle = QPointF(frame[0] + frame[2] / 2, frame[1] + frame[3] / 2)
        self._shown: tuple[Box, QImage] | None = None
        self._grip: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Preview")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setMinimumSize(240, 200)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(600, 480)

    # What is seen

    @property
    def zoom(self) -> float:
        """Widget pixels for a canvas pixel."""
        return self._zoom

    def _fitting(self) -> float:
        return min(self.width() / max(1, self._frame[2]), self.height() / max(1, self._frame[3]), 4.0)

    @property
    def box(self) -> Box:
        """The canvas pixels that are seen, as far as they lie in the frame."""
        if not self._zoom:
            return self._frame
        half_w, half_h = self.width() / 2 / self._zoom, self.height() / 2 / self._zoom
        left, top = int(self._middle.x() - half_w) - 1, int(self._middle.y() - half_h) - 1
        return intersect_boxes((left, top, int(2 * half_w) + 3, int(2 * half_h) + 3), self._frame)

    @property
    def pixels(self) -> int:
        """The longer side in device pixels at which that is seen."""
        _, _, w, h = self.box
        return max(1, round(max(w, h) * self._zoom * self.devicePixelRatioF()))

    def show_piece(self, box: Box, pixels: Array) -> None:
        """h×w×3 uint8 RGB of a canvas box, of any size."""
        height, width = pixels.shape[:2]
        rows = pixels.copy()
        image = QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_RGB888).copy()
        self._shown = box, image
        self.update()

    @property
    def image(self) -> QImage | None:
        """What was given last."""
        return None if self._shown is None else self._shown[1]

    def to_canvas(self, place: QPointF) -> QPointF:
        """The canvas point that a point of the widget shows."""
        return self._middle + (place - QPointF(self.width() / 2, self.height() / 2)) / self._zoom

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = event.oldSize()
        if not self._zoom or not before.isValid():
            self._zoom = self._fitting()
        self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_to(self._zoom * _STEP**turns, event.position())
        event.accept()

    def zoom_to(self, zoom: float, place: QPointF) -> None:
        """Changes the zoom so that what lies under a place of the widget stays there."""
        held = self.to_canvas(place)
        self._zoom = min(max(zoom, min(self._fitting(), 1.0)), _MOST)
        self._middle += held - self.to_canvas(place)
        self._keep_inside()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = self.to_canvas(event.position())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._middle += self._grip - self.to_canvas(event.position())
            self._keep_inside()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def _keep_inside(self) -> None:
        x, y, w, h = self._frame
        self._middle = QPointF(min(max(self._middle.x(), x), x + w), min(max(self._middle.y(), y), y + h))
        self.update()
        self.moved.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("canvas"))
        if self._shown is None or not self._zoom:
            return
        (x, y, w, h), image = self._shown
        corner = (QPointF(x, y) - self._middle) * self._zoom + QPointF(self.width() / 2, self.height() / 2)
        # Single pixels are to be seen when looking closely.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < 3)
        painter.drawImage(QRectF(corner.x(), corner.y(), w * self._zoom, h * self._zoom), image)
