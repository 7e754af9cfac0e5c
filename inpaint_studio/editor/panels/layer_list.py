"""The list of layers: how a row looks, and what mouse and keys do on it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
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

from inpaint_studio.document import Group, Layer
from inpaint_studio.editor import theme
from inpaint_studio.editor.layer_mime import end_drag, has_layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.document import Node
    from inpaint_studio.editor.panels.layer_model import LayerModel

_Index = QModelIndex | QPersistentModelIndex
_EYE = 28
_THUMB = QSize(32, 22)
_LEFT, _RIGHT = 8, 8
_GAP = 12
"""Between a name and what is known of the node."""
_INDENT, _DEEPEST = 14, 5
"""The step to the right for each group that a node is in, and how many of them are shown."""
_TAG_COLOURS = {
    "red": "#d9534f", "orange": "#e0883a", "yellow": "#d9b93b", "green": "#5aa860", "blue": "#4f87d9",
    "violet": "#9466c9", "grey": "#8c8c8c",
}  # fmt: skip
"""The same in both themes: they are the user's, and stand out from either."""


def eye_rect(row: QRect) -> QRect:
    return QRect(row.left() + _LEFT, row.center().y() - _EYE // 2 + 1, _EYE, _EYE)


def tag_rect(row: QRect) -> QRect:
    return QRect(row.left(), row.top() + 1, 4, row.height() - 2)


def thumb_rect(row: QRect, depth: int = 0) -> QRect:
    """The place of the picture of a row, whose node is in so many groups."""
    top = row.top() + (row.height() - _THUMB.height()) // 2
    left = row.left() + _LEFT + _EYE + 4 + _INDENT * min(depth, _DEEPEST)
    return QRect(left, top, _THUMB.width(), _THUMB.height())


def lock_rect(row: QRect) -> QRect:
    return QRect(row.right() + 1 - _RIGHT - _EYE, row.center().y() - _EYE // 2 + 1, _EYE, _EYE)


def name_rect(row: QRect, depth: int = 0) -> QRect:
    left = thumb_rect(row, depth).right() + 1 + 10
    return QRect(left, row.top(), lock_rect(row).left() - 4 - left, row.height())


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


def _icon_of(node: Node, *, collapsed: bool) -> str:
    """What stands for a node that has no pixels of its own."""
    if isinstance(node, Group):
        return "chevron-right" if collapsed else "chevron-down"
    return "settings"


class LayerDelegate(QStyledItemDelegate):
    """Paints a row: eye, picture, name, what is known of it, lock."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, theme.LAYER_ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model, node = _model(index), _model(index).node(index.row())
        if node is None:
            return
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(row, theme.color("selected"))
        elif hovered:
            painter.fillRect(row, theme.color("hover"))
        if node.tag != "none":
            painter.fillRect(tag_rect(row), QColor(_TAG_COLOURS[node.tag]))
        self._icon(painter, eye_rect(row), "eye" if node.visible else "eye-off", faint=not node.visible)
        depth = model.depth(index.row())
        painter.setOpacity(1.0 if node.visible else 0.4)
        if isinstance(node, Layer):
            paint_picture(painter, thumb_rect(row, depth), model.thumbnail(index.row()))
        else:
            icon = _icon_of(node, collapsed=model.is_collapsed(node.id))
            self._icon(painter, thumb_rect(row, depth), icon, faint=not node.visible)
        painter.setOpacity(1.0 if node.visible else 0.6)
        self._text(painter, name_rect(row, depth), node.name, model.note(index.row()), option.widget)
        painter.setOpacity(1.0)
        if node.locked or hovered:
            self._icon(painter, lock_rect(row), "lock" if node.locked else "unlock", faint=not node.locked)
        painter.restore()

    @staticmethod
    def _icon(painter: QPainter, rect: QRect, name: str, *, faint: bool) -> None:
        size, ratio = 16, painter.device().devicePixelRatio()
        place = QRect(0, 0, size, size)
        place.moveCenter(rect.center())
        painter.setOpacity(0.6 if faint else 1.0)
        painter.drawPixmap(place, theme.pixmap(name, size, "second", ratio))

    @staticmethod
    def _text(painter: QPainter, place: QRect, name: str, note: str, widget: QWidget) -> None:
        """The name, and at the right what is known of it if the name leaves room for that."""
        font, middle = QFont(widget.font()), Qt.AlignmentFlag.AlignVCenter
        font.setPixelSize(13)
        painter.setFont(font)
        wanted = painter.fontMetrics().horizontalAdvance(name)
        fitted = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, place.width())
        painter.setPen(theme.color("text"))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, fitted)
        font.setPixelSize(11)
        painter.setFont(font)
        if wanted + _GAP + painter.fontMetrics().horizontalAdvance(note) <= place.width():
            painter.setPen(theme.color("second"))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, note)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(120)
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        place = name_rect(option.rect, _model(index).depth(index.row()))
        height = editor.sizeHint().height()
        row: QRect = option.rect
        editor.setGeometry(place.left() - 9, row.center().y() - height // 2 + 1, place.width() + 13, height)


class LayerList(QListView):
    """Tells what the user asks of a node, by id; changes nothing itself."""

    eye_clicked = Signal(str, bool)
    """Layer, and whether Alt was held."""
    lock_clicked = Signal(str)
    dropped = Signal(object, int)
    """A QMimeData of layers, and the gap between rows they were dropped in: 0 above the first row."""
    chosen = Signal()
    """The user selected other rows (`selected_ids`), or made another of them the current one."""
    key_command = Signal(str)
    """"delete" or "duplicate"."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by_user = False
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(self))
        self.setAccessibleName("Layers")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)
        self._gap: int | None = None
        self.selectionModel().currentChanged.connect(self._moved_on)

    def _layers(self) -> LayerModel:
        return cast("LayerModel", self.model())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self._by_user:
            self.chosen.emit()

    def _moved_on(self) -> None:
        if self._by_user:
            self.chosen.emit()

    @contextmanager
    def _user(self) -> Iterator[None]:
        """Rows that are selected inside are selected by the user, not because others came or went."""
        self._by_user = True
        try:
            yield
        finally:
            self._by_user = False

    def selected_ids(self) -> list[str]:
        """The ids of the nodes of all selected rows."""
        nodes = (self._layers().node(index.row()) for index in self.selectedIndexes())
        return [node.id for node in nodes if node is not None]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._button_pressed(event):
            with self._user():
                super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        with self._user():
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        with self._user():
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick clicks on the eye are two clicks, not the wish to rename.
        if not self._button_pressed(event):
            super().mouseDoubleClickEvent(event)

    def _button_pressed(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        index = self.indexAt(place)
        node = self._layers().node(index.row())
        if node is None:
            return False
        row = self.visualRect(index)
        if eye_rect(row).contains(place):
            self.eye_clicked.emit(node.id, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
            return True
        if lock_rect(row).contains(place):
            self.lock_clicked.emit(node.id)
            return True
        if isinstance(node, Group) and thumb_rect(row, self._layers().depth(index.row())).contains(place):
            self._layers().toggle(node.id)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.key_command.emit("delete")
        elif event.key() == Qt.Key.Key_J and control:
            self.key_command.emit("duplicate")
        else:
            with self._user():
                super().keyPressEvent(event)

    def gap_at(self, y: int) -> int:
        """The gap between rows nearest to a height in the viewport; never below the backdrop."""
        rows = self._layers().rowCount()
        gap = next(
            (r for r in range(rows) if y < self.visualRect(self._layers().index(r)).center().y()), rows
        )
        last = self._layers().node(rows - 1)
        return min(gap, rows - 1) if last is not None and not last.movable else gap

    def startDrag(self, actions: Qt.DropAction) -> None:
        super().startDrag(actions)
        end_drag()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        if has_layers(event.mimeData()):
            self._gap = self.gap_at(event.position().toPoint().y())
            event.acceptProposedAction()
            self.viewport().update()

    def dragLeaveEvent(self, event: QEvent) -> None:
        self._gap = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._gap = None
        self.viewport().update()
        if has_layers(event.mimeData()):
            # Copied, not moved: else the view would want to remove the rows they came from.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(event.mimeData(), self.gap_at(event.position().toPoint().y()))

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
