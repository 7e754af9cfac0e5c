"""The scene's items: the composed picture, a layer while it moves, and what is drawn over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.editor.theme import color

if TYPE_CHECKING:
    from inpaint_studio.document import Layer
    from inpaint_studio.editor.canvas.picture import Picture

_Option = QStyleOptionGraphicsItem
_CHECK = 8
_MANY_CORNERS = 1000
_COMPOSITION = {
    "normal": QPainter.CompositionMode.CompositionMode_SourceOver,
    "multiply": QPainter.CompositionMode.CompositionMode_Multiply,
    "screen": QPainter.CompositionMode.CompositionMode_Screen,
    "overlay": QPainter.CompositionMode.CompositionMode_Overlay,
    "darken": QPainter.CompositionMode.CompositionMode_Darken,
    "lighten": QPainter.CompositionMode.CompositionMode_Lighten,
    "color-dodge": QPainter.CompositionMode.CompositionMode_ColorDodge,
    "color-burn": QPainter.CompositionMode.CompositionMode_ColorBurn,
    "hard-light": QPainter.CompositionMode.CompositionMode_HardLight,
    "soft-light": QPainter.CompositionMode.CompositionMode_SoftLight,
    "difference": QPainter.CompositionMode.CompositionMode_Difference,
    "exclusion": QPainter.CompositionMode.CompositionMode_Exclusion,
}
"""QPainter's modes, for the preview while a layer moves; those it lacks show as normal until release."""


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
    device = painter.worldTransform().mapRect(target)
    painter.save()
    painter.resetTransform()
    painter.fillRect(device, board)
    painter.restore()


def device_scale(painter: QPainter) -> float:
    """Device pixels per scene pixel."""
    return float(abs(painter.deviceTransform().determinant()) ** 0.5)


class PictureItem(QGraphicsItem):
    """The composed canvas over a checkerboard; `original` stands in for it while it is set."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.picture = picture
        self.original: QImage | None = None
        self._board = checkerboard()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self.picture.size)

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        exposed = option.exposedRect.intersected(self.boundingRect())
        if exposed.isEmpty():
            return
        scale = device_scale(painter)
        level = 0 if self.original is not None else self.picture.level_for(scale)
        image = self.original if self.original is not None else self.picture.images[level]
        across, down = image.width() / self.picture.size[0], image.height() / self.picture.size[1]
        # Whole pixels of the level, so that neighbouring repaints sample the same grid.
        source = QRectF(
            exposed.x() * across, exposed.y() * down, exposed.width() * across, exposed.height() * down
        ).toAlignedRect()
        source = source.adjusted(-1, -1, 1, 1).intersected(image.rect())
        target = QRectF(
            source.x() / across, source.y() / down, source.width() / across, source.height() / down
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 2 and scale != 1)
        if image.hasAlphaChannel() and self.original is None:
            paint_board(painter, target, self._board)
        painter.drawImage(target, image, QRectF(source))


class LayerItem(QGraphicsItem):
    """One layer of the document. It paints only while it is live: being moved, or above what moves."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        self._image: QImage | None = None
        self._at = QPointF()
        self._canvas = QRectF()

    def follow(self, layer: Layer) -> None:
        """Takes over the layer's new value."""
        self.prepareGeometryChange()
        self.layer = layer

    @property
    def live(self) -> bool:
        return self._image is not None

    def go_live(self, image: QImage, x: int, y: int, canvas: QRectF) -> None:
        """Paints `image` with its corner at (x, y), moved by the item's own transform, inside the canvas."""
        self.prepareGeometryChange()
        self._canvas = canvas
        self._image, self._at = image, QPointF(x, y)
        self.setOpacity(self.layer.opacity)
        self.update()

    def rest(self) -> None:
        """Leaves painting to the composed picture again."""
        self.prepareGeometryChange()
        self._image = None
        self.setTransform(QTransform())

    def boundingRect(self) -> QRectF:
        if self._image is not None:
            return QRectF(self._at.x(), self._at.y(), self._image.width(), self._image.height())
        return QRectF(*self.layer.bounds())

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        if self._image is None or not self.layer.visible:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, device_scale(painter) < 2)
        mode = _COMPOSITION.get(self.layer.blend, _COMPOSITION["normal"])
        painter.setCompositionMode(mode)
        inside = QPainterPath()
        inside.addPolygon(self.mapFromScene(self._canvas))
        painter.setClipPath(inside, Qt.ClipOperation.IntersectClip)
        painter.drawImage(self._at, self._image)


class ImageItem(QGraphicsItem):
    """A picture at a place on the canvas: tints, and what lies below a moving layer."""

    def __init__(self, *, board: bool = False) -> None:
        """`board` puts a checkerboard behind the picture."""
        super().__init__()
        self._image = QImage()
        self._target = QRectF()
        self._board = checkerboard() if board else None

    def show_image(self, image: QImage | None, x: int = 0, y: int = 0, scale: int = 1) -> None:
        """`scale` is how many canvas pixels one of the image covers along a side."""
        self.prepareGeometryChange()
        self._image = image if image is not None else QImage()
        self._target = QRectF(x, y, self._image.width() * scale, self._image.height() * scale)
        self.setVisible(image is not None)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._target

    def paint(self, painter: QPainter, option: _Option, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        enlarged = self._target.width() > self._image.width()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, enlarged or device_scale(painter) < 2
        )
        if self._board is not None:
            paint_board(painter, self.boundingRect(), self._board)
        painter.drawImage(self._target, self._image)


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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        # Qt draws lines of one device pixel (0) a hundred times faster than wider ones.
        width = 1.5 if self._path.elementCount() < _MANY_CORNERS else 0
        under = QPen(QColor(20, 20, 20, 200), width)
        over = QPen(QColor(255, 255, 255), width)
        over.setDashPattern([4 / (width or 1), 4 / (width or 1)])
        over.setDashOffset(self._phase / (width or 1))
        for pen in (under, over):
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(self._path)


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
