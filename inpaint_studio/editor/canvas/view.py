"""The view: zoom at the pointer, pan, and events handed to the tool in hand as canvas points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from inpaint_studio.editor.theme import color, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

    from inpaint_studio.editor.canvas.scene import Scene

_SMALLEST, _LARGEST = 0.01, 32.0
_STEP = 1.25
_MARGIN = 40
_SHADOW = 10
_MODIFIERS = {
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What of a canvas is looked at: a zoom and the canvas point in the middle; `fitted`, all of it."""

    zoom: float
    middle: QPointF
    fitted: bool


class PointerTool(Protocol):
    """What the view needs of the tool in hand. Points are canvas points."""

    @property
    def hint(self) -> str: ...

    @property
    def cursor(self) -> QCursor | Qt.CursorShape: ...

    def press(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def release(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def hover(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def leave(self) -> None: ...

    def key_press(self, event: QKeyEvent) -> bool: ...

    def key_release(self, event: QKeyEvent) -> None: ...


class View(QGraphicsView):
    """Shows a Scene. 100 % is one image pixel on one device pixel."""

    zoomed = Signal(float)
    """Zoom in device pixels per image pixel."""
    dropped = Signal(list, QPointF)
    """Paths of files dropped on the canvas, and the canvas point."""
    menu_asked = Signal(QPointF, QPoint)
    """A menu is asked for at a canvas point, and where that is on the screen."""
    tab_pressed = Signal()
    """On the canvas Tab hides the panels; Shift+Tab leaves it for the next field."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self.tool: PointerTool | None = None
        self._panning = False
        self._pointer: QPointF | None = None
        """Where the pointer rests in the viewport, None while a button is held and outside."""
        self._space = False
        self._from = QPointF()
        self._fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setAccessibleName("Canvas")
        theme().changed.connect(self.viewport().update)
        scene.sceneRectChanged.connect(self.fit)

    # Zoom

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel."""
        return self.transform().m11() * self.devicePixelRatioF()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms; the image point under `at` (viewport pixels, the middle if None) stays there."""
        zoom = min(max(zoom, _SMALLEST), _LARGEST)
        at = QPointF(self.viewport().rect().center()) if at is None else at
        before = self.to_scene(at)
        scale = zoom / self.devicePixelRatioF()
        self.resetTransform()
        self.scale(scale, scale)
        after = self.to_scene(at)
        self._fitted = False
        self._scroll((before.x() - after.x()) * scale, (before.y() - after.y()) * scale)
        self.zoomed.emit(self.zoom)

    def _scroll(self, dx: float, dy: float) -> None:
        for bar, by in ((self.horizontalScrollBar(), dx), (self.verticalScrollBar(), dy)):
            bar.setValue(bar.value() + round(by))

    def pan_by(self, way: QPointF) -> None:
        """Moves the picture by a way in canvas pixels."""
        self._fitted = False
        scale = self.transform().m11()
        self._scroll(-way.x() * scale, -way.y() * scale)

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
        across = max(1, room.width() - 2 * _MARGIN) / width
        down = max(1, room.height() - 2 * _MARGIN) / height
        self.set_zoom(min(across, down, 1 / self.devicePixelRatioF()) * self.devicePixelRatioF())
        self.centerOn(width / 2, height / 2)
        self._fitted = True

    @property
    def outlook(self) -> Outlook:
        """What is looked at now."""
        middle = self.to_scene(QRectF(self.viewport().rect()).center())
        return Outlook(self.zoom, middle, self._fitted)

    def look(self, outlook: Outlook) -> None:
        """Looks at what was looked at before."""
        if outlook.fitted:
            self.fit()
        else:
            self.set_zoom(outlook.zoom)
            self.centerOn(outlook.middle)

    def actual_size(self) -> None:
        """100 %: one image pixel on one device pixel."""
        self.set_zoom(1.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    # Painting

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, color("canvas"))
        width, height = self._scene.size
        if width and not QRectF(0, 0, width, height).contains(QRectF(rect)):
            self._paint_shadow(painter, width, height)

    def _paint_shadow(self, painter: QPainter, width: int, height: int) -> None:
        unit = 1 / self.transform().m11()
        painter.setPen(Qt.PenStyle.NoPen)
        for spread in range(_SHADOW, 0, -1):
            s = spread * unit
            painter.setBrush(QColor(0, 0, 0, 5))
            painter.drawRoundedRect(-s, -s + 2 * unit, width + 2 * s, height + 2 * s, s, s)  # type: ignore[call-overload]

    # Events

    def event(self, event: QEvent) -> bool:
        # Before QWidget takes Tab for going to the next field.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Tab
        ):
            self.tab_pressed.emit()
            return True
        return super().event(event)

    def _to_tool(self, event: QMouseEvent) -> QPointF:
        return self.to_scene(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (self._space and event.button() == Qt.MouseButton.LeftButton):
            self._panning, self._from = True, event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and self.tool is not None and self._scene.size[0]:
            self.tool.press(self._to_tool(event), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = None if event.buttons() else event.position()
        if self._panning:
            way = event.position() - self._from
            self._from = event.position()
            self._fitted = False
            self._scroll(-way.x(), -way.y())
        elif self.tool is not None and self._scene.size[0]:
            if event.buttons() & Qt.MouseButton.LeftButton:
                self.tool.drag(self._to_tool(event), event.modifiers())
            else:
                self.tool.hover(self._to_tool(event), event.modifiers())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panning:
            self._panning = False
            self.update_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and self.tool is not None and self._scene.size[0]:
            self.tool.release(self._to_tool(event), event.modifiers())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._scene.size[0]:
            self.menu_asked.emit(self.to_scene(event.pos().toPointF()), event.globalPos())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        if self.tool is None or not self._scene.size[0]:
            return
        point = self.to_scene(event.position())
        if event.type() == QEvent.Type.TabletPress:
            self.tool.press(point, event.modifiers())
        elif event.type() == QEvent.Type.TabletMove and event.buttons():
            self.tool.drag(point, event.modifiers())
        elif event.type() == QEvent.Type.TabletRelease:
            self.tool.release(point, event.modifiers())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        if self.tool is not None:
            self.tool.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.modifiers():
            # A trackpad: two fingers pan, as everywhere else.
            way = event.pixelDelta()
            self._fitted = False
            self._scroll(-way.x(), -way.y())
        else:
            self.zoom_by(event.angleDelta().y() / 120, event.position())
        event.accept()

    def _modifier_changed(self, event: QKeyEvent) -> None:
        """What a click would do depends on the modifiers: the tool is told as if the pointer had moved."""
        own = _MODIFIERS.get(Qt.Key(event.key()))
        if own is not None:
            pressed = event.type() == QEvent.Type.KeyPress
            self.hover_again(event.modifiers() | own if pressed else event.modifiers() & ~own)

    def hover_again(self, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Tells the tool where the pointer rests, if it does: what lies under it may be another thing now."""
        if self._pointer is not None and self.tool is not None and not self._panning:
            self.tool.hover(self.to_scene(self._pointer), modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._modifier_changed(event)
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            event.accept()
            return
        if event.key() == Qt.Key.Key_Backslash and not event.isAutoRepeat():
            self._scene.show_original(True)
            event.accept()
            return
        if self.tool is not None and self.tool.key_press(event):
            event.accept()
            return
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._modifier_changed(event)
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.update_cursor()
        elif event.key() == Qt.Key.Key_Backslash and not event.isAutoRepeat():
            self._scene.show_original(False)
        elif self.tool is not None:
            self.tool.key_release(event)
        event.accept()

    def focusOutEvent(self, event: QEvent) -> None:
        if self._space or self._panning:
            self._space = self._panning = False
            self.update_cursor()
        self._scene.show_original(False)
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def update_cursor(self) -> None:
        self.viewport().setCursor(self.tool.cursor if self.tool is not None else Qt.CursorShape.ArrowCursor)

    # Dropping files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.dropped.emit(paths, self.to_scene(event.position()))
        event.acceptProposedAction()
