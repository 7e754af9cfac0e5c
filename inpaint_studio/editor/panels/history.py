"""The history panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inpaint_studio.editor import theme
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import MARGIN, Panel

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.document.history import Step

_ROW = 28
_NOWHERE = QModelIndex()


class HistoryModel(QAbstractListModel):
    """How the photo was opened, then the steps of the document in front, one a row."""

    def __init__(self, app: Application, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._steps: list[Step] = []
        follow(self, app.workspace.changed, self._changed)
        follow(self, app.workspace.current_changed, self._restart)
        self._restart()

    @property
    def present(self) -> int:
        """The row of where the document stands."""
        document = self._app.document
        return 0 if document is None else document.history.position

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() or self._app.document is None else len(self._steps) + 1

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        document = self._app.document
        if role != Qt.ItemDataRole.DisplayRole or document is None:
            return None
        return self._steps[index.row() - 1].name if index.row() else f"Open {document.photo.name}"

    def _restart(self) -> None:
        self.beginResetModel()
        document = self._app.document
        self._steps = [] if document is None else list(document.history.steps)
        self.endResetModel()

    def _changed(self, _change: object) -> None:
        document = self._app.document
        assert document is not None
        steps = document.history.steps
        # A history changes at its end only.
        same = min(len(steps), len(self._steps))
        while same and steps[same - 1] is not self._steps[same - 1]:
            same -= 1
        if same < len(self._steps):
            self.beginRemoveRows(_NOWHERE, same + 1, len(self._steps))
            del self._steps[same:]
            self.endRemoveRows()
        if same < len(steps):
            self.beginInsertRows(_NOWHERE, same + 1, len(steps))
            self._steps += steps[same:]
            self.endInsertRows()


class _StepDelegate(QStyledItemDelegate):
    """Past steps in second text, the present on a raised row, undone ones dimmed."""

    def __init__(self, model: HistoryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: QRect = option.rect
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        present = self._model.present
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
    """Every step by name; a click, or an arrow key, goes there."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__("History", parent)
        self._app = app
        self.view = QListView()
        self.view.setAccessibleName("History")
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = HistoryModel(app, self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_StepDelegate(self.model, self.view))
        self.body.addWidget(self.view, 1)
        self.view.selectionModel().currentChanged.connect(self._go)
        # Connected after the model, which has its rows by then.
        follow(self, app.workspace.changed, self._show_present)
        follow(self, app.workspace.current_changed, self._show_present)
        self._show_present()

    def _show_present(self, _change: object = None) -> None:
        self.view.setEnabled(self._app.document is not None)
        present = self.model.index(self.model.present, 0)
        if self.view.currentIndex() != present:
            self.view.setCurrentIndex(present)
            self.view.scrollTo(present)
        self.view.viewport().update()

    def _go(self, index: QModelIndex) -> None:
        document = self._app.document
        # Following the document sets the current row to where it stands already.
        if document is not None and index.isValid() and index.row() != document.history.position:
            document.go_to(index.row())
