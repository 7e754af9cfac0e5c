"""The list of layers: how a row looks, and what mouse and keys do on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from inpaint_studio.editor import theme

if TYPE_CHECKING:
    from inpaint_studio.editor.panels.layer_model import LayerModel

_Index = QModelIndex | QPersistentModelIndex
_EYE = 28
_THUMB = QSize(48, 36)
_LEFT, _RIGHT = 8, 8
_TAG_COLOURS = {
    "red": "#d9534f", "orange": "#e0883a", "yellow": "#d9b93b", "green": "#5aa860", "blue": "#4f87d9",
    "violet": "#9466c9", "grey": "#8c8c8c",
}  # fmt: skip
"""The same in both themes: they are the user's, and stand out from either."""


def eye_rect(row: QRect) -> QRect:
    return QRect(row.left() + _LEFT, row.center().y() - _EYE // 2 + 1, _EYE, _EYE)


def tag_rect(row: QRect) -> QRect:
    return QRect(row.left(), row.top() + 1, 4, row.height() - 2)


def thumb_rect(row: QRect) -> QRect:
    top = row.top() + (row.height() - _THUMB.height()) // 2
    return QRect(row.left() + _LEFT + _EYE + 4, top, _THUMB.width(), _THUMB.height())


def lock_rect(row: QRect) -> QRect:
    return QRect(row.right() + 1 - _RIGHT - _EYE, row.center().y() - _EYE // 2 + 1, _EYE, _EYE)


def name_rect(row: QRect) -> QRect:
    left = thumb_rect(row).right() + 1 + 10
    return QRect(left, row.top() + 8, lock_rect(row).left() - 4 - left, 20)


def _model(index: _Index) -> LayerModel:
    return cast("LayerModel", index.model())


def paint_picture(painter: QPainter, rect: QRect, image: QImage | None) -> None:
    """A picture with rounded corners, as large as fits in the middle of a rectangle."""
    known = image is not None and not image.isNull()
    size = (
        image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if image and known
        else rect.size()
    )
    place = QRect(rect.topLeft(), size.expandedTo(QSize(4, 4)))
    place.moveCenter(rect.center())
    painter.save()
    path = QPainterPath()
    path.addRoundedRect(place, 3, 3)
    painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
    painter.setClipPath(path)
    painter.fillRect(place, theme.color("raised"))
    if image is not None and known:
        painter.drawImage(place, image)
    painter.restore()


class LayerDelegate(QStyledItemDelegate):
    """Paints a row: eye, picture, name over a second line, lock."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, theme.LAYER_ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        layer = _model(index).layer(index.row())
        if layer is None:
            return
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(row, theme.color("selected"))
        elif hovered:
            painter.fillRect(row, theme.color("hover"))
        if layer.tag != "none":
            painter.fillRect(tag_rect(row), QColor(_TAG_COLOURS[layer.tag]))
        self._icon(painter, eye_rect(row), "eye" if layer.visible else "eye-off", faint=not layer.visible)
        painter.setOpacity(1.0 if layer.visible else 0.4)
        paint_picture(painter, thumb_rect(row), _model(index).thumbnail(index.row()))
        painter.setOpacity(1.0 if layer.visible else 0.6)
        self._text(painter, row, layer.name, _model(index).note(index.row()), option.widget)
        painter.setOpacity(1.0)
        if layer.locked or hovered:
            self._icon(painter, lock_rect(row), "lock" if layer.locked else "unlock", faint=not layer.locked)
        painter.restore()

    @staticmethod
    def _icon(painter: QPainter, rect: QRect, name: str, *, faint: bool) -> None:
        size, ratio = 16, painter.device().devicePixelRatio()
        place = QRect(0, 0, size, size)
        place.moveCenter(rect.center())
        painter.setOpacity(0.6 if faint else 1.0)
        painter.drawPixmap(place, theme.pixmap(name, size, "second", ratio))

    @staticmethod
    def _text(painter: QPainter, row: QRect, name: str, note: str, widget: QWidget) -> None:
        place = name_rect(row)
        font = QFont(widget.font())
        for text, size, token, area in (
            (name, 13, "text", place),
            (note, 11, "second", place.translated(0, 19)),
        ):
            font.setPixelSize(size)
            painter.setFont(font)
            painter.setPen(theme.color(token))
            fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(120)
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        place = name_rect(option.rect)
        height = editor.sizeHint().height()
        row: QRect = option.rect
        editor.setGeometry(place.left() - 9, row.center().y() - height // 2 + 1, place.width() + 13, height)


class LayerList(QListView):
    """Tells what the user asks of a layer, by id; changes nothing itself."""

    eye_clicked = Signal(str, bool)
    """Layer, and whether Alt was held."""
    lock_clicked = Signal(str)
    dropped = Signal(str, int)
    """Layer, and the gap between rows it was dropped in: 0 above the first row."""
    key_command = Signal(str)
    """"delete" or "duplicate"."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(self))
        self.setAccessibleName("Layers")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(False)
        self._gap: int | None = None

    def _layers(self) -> LayerModel:
        return cast("LayerModel", self.model())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._button_pressed(event):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick clicks on the eye are two clicks, not the wish to rename.
        if not self._button_pressed(event):
            super().mouseDoubleClickEvent(event)

    def _button_pressed(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        index = self.indexAt(place)
        layer = self._layers().layer(index.row())
        if layer is None:
            return False
        row = self.visualRect(index)
        if eye_rect(row).contains(place):
            self.eye_clicked.emit(layer.id, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
            return True
        if lock_rect(row).contains(place):
            self.lock_clicked.emit(layer.id)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.key_command.emit("delete")
        elif event.key() == Qt.Key.Key_J and control:
            self.key_command.emit("duplicate")
        else:
            super().keyPressEvent(event)

    def gap_at(self, y: int) -> int:
        """The gap between rows nearest to a height in the viewport; never below the backdrop."""
        rows = self._layers().rowCount()
        gap = next(
            (r for r in range(rows) if y < self.visualRect(self._layers().index(r)).center().y()), rows
        )
        last = self._layers().layer(rows - 1)
        return min(gap, rows - 1) if last is not None and not last.movable else gap

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        if event.source() is self:
            self._gap = self.gap_at(event.position().toPoint().y())
            event.acceptProposedAction()
            self.viewport().update()

    def dragLeaveEvent(self, event: QEvent) -> None:
        self._gap = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        layer = self._layers().layer(self.currentIndex().row())
        self._gap = None
        self.viewport().update()
        if event.source() is self and layer is not None:
            # Copied, not moved: else the view would want to remove the row it came from.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(layer.id, self.gap_at(event.position().toPoint().y()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None:
            return
        rows = self._layers().rowCount()
        index = self._layers().index(min(self._gap, rows - 1))
        rect = self.visualRect(index)
        y = rect.top() if self._gap < rows else rect.bottom()
        painter = QPainter(self.viewport())
        painter.fillRect(QRect(0, max(0, y - 1), self.viewport().width(), 2), theme.color("accent-line"))
        painter.end()
