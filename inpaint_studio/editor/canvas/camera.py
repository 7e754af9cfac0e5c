"""The camera on the canvas: zoom, pan, turn, and fingers on a touchpad."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QGestureEvent, QGraphicsView, QPinchGesture, QWidget

if TYPE_CHECKING:
    from inpaint_studio.editor.canvas.scene import Scene

_SMALLEST, _LARGEST = 0.01, 32.0
_STEP = 1.25
_MARGIN = 40
TURN = 15.0
"""Degrees that the view is turned by at a time."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What of a canvas is looked at: a zoom, the canvas point in the middle, and by how many degrees the
    view is turned; `fitted`, all of it.
    """

    zoom: float
    middle: QPointF
    fitted: bool
    turned: float = 0.0


class Camera(QGraphicsView):
    """Looks at a Scene. 100 % is one image pixel on one device pixel."""

    zoomed = Signal(float)
    """Zoom in device pixels per image pixel."""
    looked = Signal()
    """Something else is looked at: by zoom, pan, turn or another size of the view."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._fitted = True
        self._turned = 0.0
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        scene.sceneRectChanged.connect(self.fit)

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel."""
        return self._scale * self.devicePixelRatioF()

    @property
    def _scale(self) -> float:
        """Viewport pixels per image pixel."""
        return math.hypot(self.transform().m11(), self.transform().m12())

    @property
    def turned(self) -> float:
        """By how many degrees the view is turned clockwise, −180..180."""
        return self._turned

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms; the image point under `at` (viewport pixels, the middle if None) stays there."""
        self._look_from(zoom, self._turned, at)

    def turn_to(self, degrees: float, at: QPointF | None = None) -> None:
        """Turns the view; `at` as in `set_zoom`."""
        self._look_from(self.zoom, (degrees + 180) % 360 - 180, at)

    def turn_by(self, degrees: float) -> None:
        """Turns the view about its middle, clockwise."""
        self.turn_to(self._turned + degrees)

    def _look_from(self, zoom: float, turned: float, at: QPointF | None) -> None:
        zoom = min(max(zoom, _SMALLEST), _LARGEST)
        at = QPointF(self.viewport().rect().center()) if at is None else at
        before = self.to_scene(at)
        scale = zoom / self.devicePixelRatioF()
        self._turned, self._fitted = turned, False
        self.setTransform(QTransform().rotate(turned).scale(scale, scale))
        way = self.viewportTransform().map(before) - at
        self._scroll(way.x(), way.y())
        self.zoomed.emit(self.zoom)
        self.looked.emit()

    def _scroll(self, dx: float, dy: float) -> None:
        for bar, by in ((self.horizontalScrollBar(), dx), (self.verticalScrollBar(), dy)):
            bar.setValue(bar.value() + round(by))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.looked.emit()

    def pan_by(self, way: QPointF) -> None:
        """Moves the picture by a way in canvas pixels."""
        self._fitted = False
        seen = self.transform().map(way)
        self._scroll(-seen.x(), -seen.y())

    def to_scene(self, point: QPointF) -> QPointF:
        """A viewport point, fractions kept, as a canvas point."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(point)

    def zoom_by(self, steps: float, at: QPointF | None = None) -> None:
        self.set_zoom(self.zoom * _STEP**steps, at)

    def fit(self) -> None:
        """The whole canvas in the window, enlarged at most to 100 %."""
        width, height = self._scene.size
        if not width:
            return
        room = self.viewport().size()
        seen = QTransform().rotate(self._turned).mapRect(QRectF(0, 0, width, height))
        across = max(1, room.width() - 2 * _MARGIN) / seen.width()
        down = max(1, room.height() - 2 * _MARGIN) / seen.height()
        self.set_zoom(min(across, down, 1 / self.devicePixelRatioF()) * self.devicePixelRatioF())
        self.centerOn(width / 2, height / 2)
        self._fitted = True

    @property
    def canvas_size(self) -> tuple[int, int]:
        """Width and height of the canvas; 0, 0 without a document."""
        return self._scene.size

    @property
    def outlook(self) -> Outlook:
        """What is looked at now."""
        middle = self.to_scene(QRectF(self.viewport().rect()).center())
        return Outlook(self.zoom, middle, self._fitted, self._turned)

    def look(self, outlook: Outlook) -> None:
        """Looks at what was looked at before."""
        self._turned = outlook.turned
        if outlook.fitted:
            self.fit()
        else:
            self.set_zoom(outlook.zoom)
            self.centerOn(outlook.middle)

    def actual_size(self) -> None:
        """100 %: one image pixel on one device pixel."""
        self.set_zoom(1.0)

    def set_rulers_width(self, pixels: int) -> None:
        """Leaves room at the top and left."""
        if self.viewportMargins().top() != pixels:
            self.setViewportMargins(pixels, pixels, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self.looked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._scene.expose(event.region())
        super().paintEvent(event)

    # Fingers

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            return self._touched(event)
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinched(pinch)
                event.accept(pinch)
                return True
        return super().viewportEvent(event)

    def _touched(self, event: QNativeGestureEvent) -> bool:
        """Two fingers on a touchpad, as a Mac and Wayland tell it."""
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.set_zoom(self.zoom * (1 + event.value()), event.position())
        elif event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
            self.turn_to(self._turned + event.value(), event.position())
        return True

    def _pinched(self, pinch: QPinchGesture) -> None:
        """Two fingers on a screen."""
        at = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
        turned = self._turned + pinch.rotationAngle() - pinch.lastRotationAngle()
        self._look_from(self.zoom * pinch.scaleFactor(), turned, at)
