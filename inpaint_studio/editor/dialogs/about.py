"""What this program is, and whose work it stands on."""

from __future__ import annotations

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.basics import StudioError
from inpaint_studio.editor.dialogs.scrolling import scrolling
from inpaint_studio.editor.widgets import GAP, Line, label

PARTS = (
    ("Inpaint Studio", "Apache-2.0"),
    ("Qt, PySide6", "LGPL-3.0"),
    ("ONNX Runtime", "MIT"),
    ("OpenCV", "Apache-2.0"),
    ("NumPy", "BSD-3-Clause"),
    ("Pillow", "MIT-CMU"),
    ("urllib3, truststore", "MIT"),
    ("platformdirs, filelock", "MIT"),
    ("tifffile, imagecodecs", "BSD-3-Clause"),
    ("pi-heif (libheif, libde265)", "BSD-3-Clause, LGPL-3.0"),
)
"""What the program is made of, and the licence of each; the networks' terms are in their cards."""


def networks() -> list[tuple[str, str]]:
    """The networks that are installed, and the terms of their weights."""
    from inpaint_studio.studio.models import check

    try:
        return [(f"Network “{model.id}”", model.licence) for model in check(contents=False)]
    except StudioError as error:
        return [("Networks", str(error))]


class AboutDialog(QDialog):
    """Name, version, and the licences of all parts."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Inpaint Studio")
        self.setFixedWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(GAP)
        column.addWidget(label("Inpaint Studio", "heading"))
        column.addWidget(label(f"Version {version} · Qt {qVersion()}", "muted"))
        column.addSpacing(4)
        text = label(
            "Takes a photo apart into layers that stay alive and fills what was behind them. "
            "It works on this computer alone: no photo leaves it."
        )
        text.setWordWrap(True)
        column.addWidget(text)
        column.addSpacing(GAP)
        column.addWidget(Line())
        column.addWidget(self._licences())
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.close_button = QPushButton("Close")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons.addWidget(self.close_button)
        column.addSpacing(GAP)
        column.addLayout(buttons)

    @staticmethod
    def _licences() -> QScrollArea:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, GAP, GAP, GAP)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, licence) in enumerate([*PARTS[:1], *networks(), *PARTS[1:]]):
            terms: QLabel = label(licence, "muted")
            terms.setWordWrap(True)
            grid.addWidget(label(name), row, 0, top)
            grid.addWidget(terms, row, 1, top)
        area = scrolling(table)
        area.setFixedHeight(264)
        return area
