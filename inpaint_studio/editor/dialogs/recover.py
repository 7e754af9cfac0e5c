"""What another run of the program left behind: restore it, give it up, or decide later."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Qt, QTime, Signal, SignalInstance
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.dialogs.scrolling import scrolling
from inpaint_studio.editor.widgets import GAP, ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.app.recovery import Found

_PICTURE = 96
_ROWS_SEEN = 3


def when(moment: datetime) -> str:
    """A moment in the past as people say it, in local time."""
    local = moment.astimezone()
    days = (datetime.now().astimezone().date() - local.date()).days
    short, locale = QLocale.FormatType.ShortFormat, QLocale.system()
    clock = locale.toString(QTime(local.hour, local.minute), short)
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} at {clock}"
    return f"{locale.toString(QDate(local.year, local.month, local.day), short)} at {clock}"


class _Row(QFrame):
    restore = Signal()
    discard = Signal()

    def __init__(self, found: Found) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GAP // 2, GAP, GAP // 2)
        row.setSpacing(GAP * 2)
        picture = QLabel()
        picture.setFixedSize(_PICTURE, _PICTURE * 3 // 4)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if found.preview is not None:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            picture.setPixmap(QPixmap(str(found.preview)).scaled(picture.size(), keep, smooth))
        row.addWidget(picture)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(ElidedLabel(found.belonging.name))
        words.addWidget(label(f"As it was {when(found.written)}", "muted"))
        words.addStretch(1)
        row.addLayout(words, 1)
        give_up, take = QPushButton("Discard"), QPushButton("Restore")
        give_up.setAccessibleName(f"Discard {found.belonging.name}")
        take.setAccessibleName(f"Restore {found.belonging.name}")
        give_up.clicked.connect(self.discard)
        take.clicked.connect(self.restore)
        row.addWidget(give_up)
        row.addWidget(take)


class RecoverDialog(QDialog):
    """A row for each document; closes when none is left. What is neither restored nor discarded stays."""

    restore = Signal(object)
    """A `Found` shall be opened."""
    discard = Signal(object)
    """A `Found` shall be deleted."""

    def __init__(self, found: Sequence[Found], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Restore unsaved work")
        self.setFixedWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(GAP)
        column.addWidget(label("Unsaved work was found", "heading"))
        text = label("Inpaint Studio ended before this was saved. Restore it, or give it up.", "muted")
        text.setWordWrap(True)
        column.addWidget(text)
        self.rows: list[_Row] = []
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        for each in found:
            self._add(each)
        self._list.addStretch(1)
        area = scrolling(inner)
        area.setFixedHeight(min(len(found), _ROWS_SEEN) * (_PICTURE * 3 // 4 + 2 * GAP) + GAP)
        column.addWidget(area)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.later_button = QPushButton("Later")
        self.later_button.clicked.connect(self.reject)
        buttons.addWidget(self.later_button)
        column.addLayout(buttons)

    def _add(self, found: Found) -> None:
        row = _Row(found)
        row.restore.connect(partial(self._decided, row, found, self.restore))
        row.discard.connect(partial(self._decided, row, found, self.discard))
        self.rows.append(row)
        self._list.addWidget(row)

    def _decided(self, row: _Row, found: Found, signal: SignalInstance) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        signal.emit(found)
        if not self.rows:
            self.accept()
