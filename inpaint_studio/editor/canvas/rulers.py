"""Rulers at the top and left of the canvas; a guide is dragged out of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inpaint_studio.document.guides import Axis, Guide
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.theme import color, theme

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.canvas.guides import GuideItem
    from inpaint_studio.editor.canvas.view import View

THICKNESS = 20
_APART = 60
"""Least device pixels between two numbers."""
_FONT = 10


def step_for(scale: float) -> int:
    """Canvas pixels between two numbers of a ruler: 1, 2, 5, 10, 20 …, as far apart as can be read."""
    least = max(1.0, _APART / scale)
    power = 10 ** math.floor(math.log10(least))
    return next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= least - 1e-9)


class Ruler(QWidget):
    """One ruler over the view's margin: `axis` "x" lies at the top and tells x."""

    def __init__(self, axis: Axis, app: Application, view: View, guides: GuideItem) -> None:
        super().__init__(view)
        self._axis, self._app, self._view, self._guides = axis, app, view, guides
        self._pointer: float | None = None
        self.setCursor(Qt.CursorShape.SplitVCursor if axis == "x" else Qt.CursorShape.SplitHCursor)
        self.setToolTip("Drag a guide out of the ruler")
        theme().changed.connect(self.update)

    def point_at(self, place: QPointF | None) -> None:
        """Marks where the pointer is, a canvas point."""
        self._pointer = None if place is None else (place.x() if self._axis == "x" else place.y())
        self.update()

    def _along(self, place: float) -> float:
        """A canvas place as one along the ruler, in its own pixels."""
        viewport = self._view.viewport()
        point = QPointF(place, 0) if self._axis == "x" else QPointF(0, place)
        at = self.mapFrom(self._view, viewport.mapTo(self._view, self._view.viewportTransform().map(point)))
        return at.x() if self._axis == "x" else at.y()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("panel"))
        scale = abs(self._along(1000.0) - self._along(0.0)) / 1000
        if scale > 0 and self._app.document is not None:
            self._paint_steps(painter, scale)
        if self._pointer is not None:
            painter.setPen(color("accent-line"))
            self._line(painter, self._along(self._pointer), THICKNESS)
        painter.setPen(color("line"))
        edge = self.rect().adjusted(0, 0, -1, -1)
        painter.drawLine(edge.bottomLeft() if self._axis == "x" else edge.topRight(), edge.bottomRight())

    def _paint_steps(self, painter: QPainter, scale: float) -> None:
        length = self.width() if self._axis == "x" else self.height()
        step, start = step_for(scale), self._along(0.0)
        small = step / 10 if step >= 10 else step / 5 if step == 5 else step
        font = painter.font()
        font.setPixelSize(_FONT)
        painter.setFont(font)
        first, last = math.floor(-start / scale / small), math.ceil((length - start) / scale / small)
        for number in range(first, last + 1):
            place = number * small
            at, large = start + place * scale, abs(place / step - round(place / step)) < 1e-6
            painter.setPen(color("second"))
            self._line(painter, at, THICKNESS if large else 5)
            if large:
                self._write(painter, at, f"{round(place)}")

    def _line(self, painter: QPainter, at: float, length: int) -> None:
        if self._axis == "x":
            painter.drawLine(QPointF(at, THICKNESS - length), QPointF(at, THICKNESS))
        else:
            painter.drawLine(QPointF(THICKNESS - length, at), QPointF(THICKNESS, at))

    def _write(self, painter: QPainter, at: float, text: str) -> None:
        painter.save()
        if self._axis == "x":
            painter.translate(at + 3, 0)
        else:
            painter.translate(0, at - 3)
            painter.rotate(-90)
        painter.drawText(QRectF(0, 0, _APART, THICKNESS - 7), Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    # Dragging a guide out

    def _guide(self, event: QMouseEvent) -> Guide | None:
        """The guide where the pointer is; None over the ruler, and outside of the view."""
        place = self._view.viewport().mapFrom(self._view, self.mapTo(self._view, event.position()))
        if not QRectF(self._view.viewport().rect()).contains(place) or self._app.document is None:
            return None
        point = self._view.to_scene(place)
        # The ruler at the top gives level guides.
        return Guide("y", round(point.y())) if self._axis == "x" else Guide("x", round(point.x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._guides.drag(self._guide(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        guide = self._guide(event)
        self._guides.drag(None)
        if guide is not None:
            self._app.verbs.perform("guide.add", axis=guide.axis, place=guide.place)
            if not self._app.view.is_on("guides"):
                self._app.view.toggle("guides")


class Rulers(QObject):
    """Both rulers of a view; hidden while it is turned, when they would tell nothing."""

    def __init__(self, app: Application, view: View, guides: GuideItem) -> None:
        super().__init__(view)
        self._app, self._view = app, view
        self.top, self.left = Ruler("x", app, view, guides), Ruler("y", app, view, guides)
        self._corner = QWidget(view)
        self._corner.setAutoFillBackground(True)
        follow(self, app.view.changed, self._switched)
        view.looked.connect(self._follow)
        view.pointed.connect(self._point)
        self._switched("rulers")

    def _switched(self, name: str) -> None:
        if name == "rulers":
            self._follow()

    def _follow(self) -> None:
        on = self._app.view.is_on("rulers") and not self._view.turned
        margin = THICKNESS if on else 0
        self._view.set_rulers_width(margin)
        size = self._view.size()
        self.top.setGeometry(margin, 0, size.width() - margin, THICKNESS)
        self.left.setGeometry(0, margin, THICKNESS, size.height() - margin)
        self._corner.setGeometry(0, 0, margin, margin)
        for widget in (self.top, self.left, self._corner):
            widget.setVisible(on)
            widget.update()

    def _point(self, place: QPointF | None) -> None:
        if not self.top.isHidden():
            self.top.point_at(place)
            self.left.point_at(place)
