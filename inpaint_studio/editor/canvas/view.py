"""The view: the canvas and its events, handed to the tool in hand as canvas points."""

from __future__ import annotations

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
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from inpaint_studio.editor.canvas.camera import Camera
from inpaint_studio.editor.layer_mime import has_layers
from inpaint_studio.editor.theme import color, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

    from inpaint_studio.editor.canvas.scene import Scene

_SHADOW = 10
_MODIFIERS = {
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
}


class PointerTool(Protocol):
    """What the view needs of the tool in hand. Points are canvas points."""

    @property
    def hint(self) -> str: ...

    @property
    def cursor(self) -> QCursor | Qt.CursorShape: ...

    pressure: float

    def press(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def release(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def hover(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def leave(self) -> None: ...

    def wants_key(self, event: QKeyEvent) -> bool: ...

    def key_press(self, event: QKeyEvent) -> bool: ...

    def key_release(self, event: QKeyEvent) -> None: ...


class View(Camera):
    """Shows a Scene, and hands the events of mouse, pen and keys to the tool in hand."""

    pointed = Signal(object)
    """The canvas point under the pointer; None when it leaves."""
    dropped = Signal(object, QPointF)
    """A QMimeData of files or layers dropped on the canvas, and the canvas point."""
    menu_asked = Signal(QPointF, QPoint)
    """A menu is asked for at a canvas point, and where that is on the screen."""
    escaped = Signal()
    """Esc was pressed and the tool had no use for it."""
    tab_pressed = Signal()
    """On the canvas Tab hides the panels; Shift+Tab leaves it for the next field."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.tool: PointerTool | None = None
        self._panning = False
        self._pointer: QPointF | None = None
        """Where the pointer rests in the viewport, None while a button is held and outside."""
        self._space = False
        self._from = QPointF()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setAccessibleName("Canvas")
        theme().changed.connect(self.viewport().update)

    # Painting

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, color("canvas"))
        width, height = self._scene.size
        if width and not QRectF(0, 0, width, height).contains(QRectF(rect)):
            self._paint_shadow(painter, width, height)

    def _paint_shadow(self, painter: QPainter, width: int, height: int) -> None:
        unit = self.devicePixelRatioF() / self.zoom
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
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.tool is not None
            and self.tool.wants_key(event)
        ):
            # The tool's before the menu's.
            event.accept()
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
        self.pointed.emit(self._to_tool(event))
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
            self.tool.pressure = event.pressure()
            self.tool.press(point, event.modifiers())
        elif event.type() == QEvent.Type.TabletMove and event.buttons():
            self.tool.pressure = event.pressure()
            self.tool.drag(point, event.modifiers())
        elif event.type() == QEvent.Type.TabletRelease:
            self.tool.release(point, event.modifiers())
            self.tool.pressure = 1.0
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.pointed.emit(None)
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
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
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
        if event.mimeData().hasUrls() or has_layers(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit(event.mimeData(), self.to_scene(event.position()))
        event.acceptProposedAction()
