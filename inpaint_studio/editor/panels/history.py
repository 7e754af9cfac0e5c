"""The history panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QUndoView, QWidget

from inpaint_studio.editor import theme
from inpaint_studio.editor.widgets import MARGIN, Panel

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoStack

    from inpaint_studio.editor.session import Session

_ROW = 28


class _StepDelegate(QStyledItemDelegate):
    """Past steps in second text, the present on a raised row, undone ones dimmed."""

    def __init__(self, stack: QUndoStack, parent: QWidget) -> None:
        super().__init__(parent)
        self._stack = stack

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: QRect = option.rect
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        present = self._stack.index()
        painter.save()
        if index.row() == present:
            painter.fillRect(row, theme.color("raised"))
        elif hovered:
            painter.fillRect(row, theme.color("hover"))
        token = "text" if index.row() == present else "second"
        painter.setPen(theme.color("disabled" if index.row() > present else token))
        area = row.adjusted(MARGIN, 0, -MARGIN, 0)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class HistoryPanel(Panel):
    """Every step by name; a click goes there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("History", parent)
        self._session = session
        self.view = QUndoView(session.undo_stack)
        self.view.setAccessibleName("History")
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setItemDelegate(_StepDelegate(session.undo_stack, self.view))
        self.body.addWidget(self.view, 1)
        session.replaced.connect(self._name_start)
        self._name_start()

    @Slot()
    def _name_start(self) -> None:
        document = self._session.document
        self.view.setEnabled(document is not None)
        self.view.setEmptyLabel(f"Open {document.photo.name}" if document is not None else "")
