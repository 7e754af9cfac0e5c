"""Masks over the picture: their outlines and tints, worked out as finely as they are seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.editor.canvas.items import device_scale, pixel_box
from inpaint_studio.editor.images import tinted

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array

_Option = QStyleOptionGraphicsItem
_MANY_CORNERS = 1000
_MOST_CORNERS = 20_000
_LARGE = 1 << 22
"""Masks of more pixels are traced through the middles of their outermost pixels."""
_CELL = 256
"""An outline is traced in steps of so many device pixels around what is seen, so that panning keeps it."""
_AROUND = 16
"""Device pixels around what is seen in which the cut through a mask shows as an outline."""


def outline(mask: Mask, step: int = 1, within: Box | None = None) -> QPainterPath:
    """The edge of a mask at half coverage as closed lines along the pixel borders.

    Looks at every `step`-th pixel, and only inside a box (None: at all); there the box's border is a part of
    the edge. One of very many corners is drawn to within a pixel, a very large one to within half a pixel.
    """
    import cv2

    path = QPainterPath()
    x, y, w, h = mask.box if within is None else intersect_boxes(mask.box, within)
    if not (w and h):
        return path
    crop = mask.crop[y - mask.y : y - mask.y + h, x - mask.x : x - mask.x + w]
    solid = np.pad((_sampled(crop, step) > 127).astype(np.uint8), 1)
    # Doubled, so that the contour through pixel centres becomes one along the borders.
    times = 2 if solid.size <= _LARGE else 1
    traced = cv2.resize(solid, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours(traced, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if sum(map(len, contours)) > _MOST_CORNERS:
        contours = [cv2.approxPolyDP(c, 1.5, closed=True) for c in contours]
    for contour in contours:
        points = ((contour[:, 0, :].astype(np.float64) + 0.5) / times - 1) * step + (x, y)
        path.addPolygon(QPolygonF([QPointF(*p) for p in points.tolist()]))
        path.closeSubpath()
    return path


def _sampled(crop: Array, step: int) -> Array:
    """Every `step`-th pixel, from the middle of the first so many."""
    middle = min(step // 2, *(side - 1 for side in crop.shape))
    return crop[middle::step, middle::step]


def _step(painter: QPainter) -> int:
    """How many canvas pixels one device pixel stands for, at least 1."""
    return max(1, math.floor(1 / device_scale(painter)))


class OutlineItem(QGraphicsItem):
    """A moving dashed line, white over dark, that keeps its width at every zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._phase = 0.0
        self.marching = True

    def set_path(self, path: QPainterPath) -> None:
        self.prepareGeometryChange()
        self._path = path
        self.setVisible(not path.isEmpty())
        self.update()

    def path(self) -> QPainterPath:
        return self._path

    def march(self) -> None:
        if self.isVisible() and self.marching:
            self._phase = (self._phase + 1) % 8
            self.update()

    def boundingRect(self) -> QRectF:
        # Generous: the pen is cosmetic, so its width in scene pixels grows when zoomed out.
        return self._path.boundingRect().adjusted(-8, -8, 8, 8)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        self._paint_path(painter, self._path)

    def _paint_path(self, painter: QPainter, path: QPainterPath) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        # Qt draws lines of one device pixel (0) a hundred times faster than wider ones.
        width = 1.5 if path.elementCount() < _MANY_CORNERS else 0
        under = QPen(QColor(20, 20, 20, 200), width)
        over = QPen(QColor(255, 255, 255), width)
        over.setDashPattern([4 / (width or 1), 4 / (width or 1)])
        over.setDashOffset(self._phase / (width or 1))
        for pen in (under, over):
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(path)


class MaskOutlineItem(OutlineItem):
    """The outline of a mask, traced where it is seen and as finely: a large one takes no longer."""

    def __init__(self) -> None:
        super().__init__()
        self._mask: Mask | None = None
        self._traced: tuple[int, Box] | None = None

    @property
    def mask(self) -> Mask | None:
        """What is outlined now."""
        return self._mask

    def set_mask(self, mask: Mask | None) -> None:
        """Draws the outline of another mask, or of none."""
        self.prepareGeometryChange()
        self._mask, self._traced = mask or None, None
        self.setVisible(bool(mask))
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF() if self._mask is None else QRectF(*self._mask.box).adjusted(-8, -8, 8, 8)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        if self._mask is None:
            return
        step, seen = _step(painter), self.boundingRect()
        if widget is not None:
            seen = painter.worldTransform().inverted()[0].mapRect(QRectF(widget.rect())).intersected(seen)
        key = step, _cells(pixel_box(seen), _CELL * step, _AROUND * step)
        if key != self._traced:
            self._path, self._traced = outline(self._mask, *key), key
        self._paint_path(painter, self._path)


def _cells(box: Box, cell: int, around: int) -> Box:
    """The box of whole cells around a box and so many pixels more."""
    x, y, w, h = box
    left, top = (x - around) // cell * cell, (y - around) // cell * cell
    right, bottom = -(-(x + w + around) // cell) * cell, -(-(y + h + around) // cell) * cell
    return left, top, right - left, bottom - top


class TintItem(QGraphicsItem):
    """A mask, or all outside of it, in one see-through colour."""

    def __init__(self) -> None:
        super().__init__()
        self._mask: Mask | None = None
        self._colour = QColor()
        self._strength = 0.0
        self._outside: Box | None = None
        self.setVisible(False)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    @property
    def mask(self) -> Mask | None:
        """What is tinted now."""
        return self._mask

    def set_mask(
        self,
        mask: Mask | None,
        colour: QColor | None = None,
        strength: float = 0.0,
        outside: Box | None = None,
    ) -> None:
        """Tints another mask, or none; `strength` 0..1 is how opaque full coverage is.

        With a box as `outside` what the mask leaves of that box is tinted instead.
        """
        self.prepareGeometryChange()
        self._mask, self._outside = mask or None, outside
        self._colour, self._strength = colour or self._colour, strength
        self.setVisible(bool(mask))
        self.update()

    @property
    def _box(self) -> Box:
        if self._mask is None:
            return 0, 0, 0, 0
        return self._outside or self._mask.box

    def boundingRect(self) -> QRectF:
        return QRectF(*self._box)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        mask, step = self._mask, _step(painter)
        if mask is None:
            return
        # On a grid of the mask's own, so that a part painted again looks the same.
        x, y, w, h = _cells(pixel_box(option.exposedRect.translated(-mask.x, -mask.y)), step, step)
        left, top, width, height = self._box
        x, y, w, h = intersect_boxes((x, y, w, h), (left - mask.x, top - mask.y, width, height))
        if not (w and h):
            return
        cover = _sampled(mask.crop[y : y + h, x : x + w], step) if self._outside is None else None
        if cover is None:
            cover = 255 - _sampled(mask.window((x + mask.x, y + mask.y, w, h)), step)
        image = tinted(cover, (self._colour.red(), self._colour.green(), self._colour.blue()), self._strength)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, device_scale(painter) < 2)
        target = QRectF(mask.x + x, mask.y + y, cover.shape[1] * step, cover.shape[0] * step)
        painter.drawImage(target, image)
