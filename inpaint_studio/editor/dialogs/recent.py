"""What was opened last, as pictures to choose from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from inpaint_studio.editor.dialogs.scrolling import scrolling
from inpaint_studio.editor.pictures import PictureShelf
from inpaint_studio.editor.widgets import GAP, label

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 752, 520
"""Four pictures and the gaps between them."""


class RecentDialog(QDialog):
    """A click on a picture, or Enter on it, chooses the file and closes the dialog."""

    path_chosen = Signal(object)
    """A Path."""

    def __init__(self, paths: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open recent")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        there = [path for path in map(Path, paths) if path.is_file()]
        self.shelf = PictureShelf("")
        self.shelf.show_files([(path, path.name) for path in there])
        self.shelf.chosen.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(2 * GAP)
        column.addWidget(label("Open recent", "heading"))
        if there:
            column.addWidget(scrolling(self.shelf), 1)
        else:
            column.addWidget(label("Nothing was opened yet; what you open is shown here.", "muted"), 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(_WIDTH, _HEIGHT if there else self.sizeHint().height())

    def _chosen(self, path: str) -> None:
        self.accept()
        self.path_chosen.emit(Path(path))
