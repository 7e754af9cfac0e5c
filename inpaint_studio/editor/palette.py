"""The command palette: all verbs of the menus in one list, found by typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from inpaint_studio.editor import theme
from inpaint_studio.editor.actions import native_keys
from inpaint_studio.editor.widgets import GAP, MARGIN
from inpaint_studio.studio.verbs import Match, search

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application

_SIZE = QSize(560, 420)
_ROW, _ROW_REFUSED = 32, 48
_MATCH = Qt.ItemDataRole.UserRole
_ELSEWHERE = (
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
)
_TO_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QFrame):
    """Lies over the window. Typing filters, Enter or a click does what the row says, Esc closes it.

    A dimmed row says why it can't be done now.
    """

    def __init__(self, app: Application, ask: Callable[[str], None], parent: QWidget) -> None:
        """`ask` does a verb by its id, after the palette is closed."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "floating")
        self.setAccessibleName("Commands")
        self._context, self._ask = app.verbs.context(), ask
        self.words = QLineEdit()
        self.words.setPlaceholderText("Find a command")
        self.words.setAccessibleName("Find a command")
        self.words.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_MatchDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GAP)
        layout.addWidget(self.words)
        layout.addWidget(self.list, 1)
        self.words.textChanged.connect(self._show_matches)
        self.list.itemClicked.connect(self._choose)
        self._show_matches("")
        self._before = QApplication.focusWidget()
        self._place(parent)
        self.show()
        self.raise_()
        self.words.setFocus()

    def _place(self, parent: QWidget) -> None:
        """In the upper half of the window, in the middle."""
        self.resize(_SIZE.boundedTo(parent.size() - QSize(2 * MARGIN, 2 * MARGIN)))
        self.move(
            (parent.width() - self.width()) // 2, min(parent.height() // 8, parent.height() - self.height())
        )

    def _show_matches(self, words: str) -> None:
        self.list.clear()
        for match in search(self._context, words):
            item = QListWidgetItem(self.list)
            item.setData(_MATCH, match)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{match.verb.menu}, {match.caption}")
            item.setSizeHint(QSize(0, _ROW if match.refusal is None else _ROW_REFUSED))
        self.list.setCurrentRow(0)

    def _choose(self, item: QListWidgetItem | None) -> None:
        match: Match | None = item.data(_MATCH) if item is not None else None
        if match is not None and match.refusal is None:
            self._leave()
            self._ask(match.verb.id)

    def _leave(self) -> None:
        """Closes, and gives the keys back to what had them."""
        self.words.removeEventFilter(self)
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TO_LIST:
            self.list.keyPressEvent(event)
            return True
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() in _ELSEWHERE:
            self.close()
        return False


class _MatchDelegate(QStyledItemDelegate):
    """Menu and title at the left, keys at the right; under what can't be done, why not."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        match: Match = index.data(_MATCH)
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(row, theme.color("selected"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(row, theme.color("hover"))
        area = row.adjusted(MARGIN, 0, -MARGIN, 0)
        first = QRect(area.left(), area.top() + (0 if match.refusal is None else 4), area.width(), _ROW)
        if match.refusal is not None:
            first.setHeight(20)
            below = QRect(area.left(), first.bottom() + 1, area.width(), 20)
            self._write(painter, below, match.refusal, "second", Qt.AlignmentFlag.AlignLeft)
        keys = native_keys(match.verb.keys[0]) if match.verb.keys else ""
        self._write(painter, first, keys, "second", Qt.AlignmentFlag.AlignRight)
        menu = f"{match.verb.menu}:  "
        self._write(painter, first, menu, "second", Qt.AlignmentFlag.AlignLeft)
        first.setLeft(first.left() + painter.fontMetrics().horizontalAdvance(menu))
        token = "text" if match.refusal is None else "disabled"
        self._write(painter, first, match.caption, token, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, area: QRect, text: str, token: str, side: Qt.AlignmentFlag) -> None:
        painter.setPen(theme.color(token))
        fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, fitted)
