"""Guides on the canvas, and the grid between pixels that are shown large."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.document.guides import Guide
from inpaint_studio.editor.canvas.items import device_scale
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.theme import color

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.document import Change

_Option = QStyleOptionGraphicsItem
_GRID_FROM = 8.0
"""Device pixels a canvas pixel must have for the grid to be seen."""
_GRID = QColor(128, 128, 128, 120)


def _size(app: Application) -> tuple[int, int]:
    return (0, 0) if app.document is None else app.document.canvas[2:]


class GuideItem(QGraphicsItem):
    """Draws the guides of the document in front, and one more that is being dragged."""

    def __init__(self, app: Application, scene: QGraphicsScene) -> None:
        super().__init__()
        self._app = app
        self._dragged: tuple[Guide | None, int | None] = (None, None)
        self.setZValue(TOOL_Z - 2)
        scene.addItem(self)
        follow(scene, app.workspace.changed, self._changed)
        follow(scene, app.workspace.current_changed, self.prepareGeometryChange)
        follow(scene, app.view.changed, self._switched)

    def _changed(self, change: Change) -> None:
        if change.guides or change.canvas:
            self.prepareGeometryChange()
            self.update()

    def _switched(self, _name: str) -> None:
        self.update()

    def drag(self, guide: Guide | None, instead_of: int | None = None) -> None:
        """Shows a guide where it is dragged, `instead_of` one of the document's; None for no drag."""
        self._dragged = guide, instead_of
        self.update()

    def shown(self) -> list[Guide]:
        """The guides that can be seen."""
        if self._app.document is None:
            return []
        guide, instead_of = self._dragged
        on = self._app.view.is_on("guides")
        kept = [each for i, each in enumerate(self._app.document.state.guides) if on and i != instead_of]
        return kept if guide is None else [*kept, guide]

    def at(self, x: float, y: float, reach: float) -> int | None:
        """The number of the guide near a canvas point."""
        if self._app.document is None or not self._app.view.is_on("guides"):
            return None
        for number, guide in enumerate(self._app.document.state.guides):
            if abs((x if guide.axis == "x" else y) - guide.place) <= reach:
                return number
        return None

    def boundingRect(self) -> QRectF:
        width, height = _size(self._app)
        return QRectF(-width, -height, 3 * width, 3 * height)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        pen = QPen(color("accent-line"), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        room = self.boundingRect()
        for guide in self.shown():
            if guide.axis == "x":
                painter.drawLine(QLineF(guide.place, room.top(), guide.place, room.bottom()))
            else:
                painter.drawLine(QLineF(room.left(), guide.place, room.right(), guide.place))


class PixelGridItem(QGraphicsItem):
    """Thin lines between the pixels of the canvas where they are shown large."""

    def __init__(self, app: Application, scene: QGraphicsScene) -> None:
        super().__init__()
        self._app = app
        self.setZValue(TOOL_Z - 3)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        scene.addItem(self)
        follow(scene, app.view.changed, self._switched)
        follow(scene, app.workspace.changed, self._changed)
        follow(scene, app.workspace.current_changed, self.prepareGeometryChange)

    def _switched(self, _name: str) -> None:
        self.update()

    def _changed(self, change: Change) -> None:
        if change.canvas:
            self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *_size(self._app))

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        if device_scale(painter) < _GRID_FROM or not self._app.view.is_on("pixel_grid"):
            return
        seen = option.exposedRect.intersected(self.boundingRect())
        pen = QPen(_GRID, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for x in range(math.ceil(seen.left()), math.floor(seen.right()) + 1):
            painter.drawLine(QLineF(x, seen.top(), x, seen.bottom()))
        for y in range(math.ceil(seen.top()), math.floor(seen.bottom()) + 1):
            painter.drawLine(QLineF(seen.left(), y, seen.right(), y))
