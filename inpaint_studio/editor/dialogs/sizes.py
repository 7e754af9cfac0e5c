"""Asks how large the canvas, or the whole picture, shall be."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.panels.number import Number
from inpaint_studio.editor.widgets import GAP, MARGIN, label
from inpaint_studio.studio.canvas import MOST_SIDE

if TYPE_CHECKING:
    from collections.abc import Callable

Size = tuple[int, int]
_PLACES = ("left", "middle", "right"), ("top", "middle", "bottom")
_ANCHOR = 30


class SizeDialog(QDialog):
    """Width and height in pixels, beside what it is now; `grid` has room for more below row 2."""

    def __init__(
        self, title: str, verb: str, size: Size, accept: Callable[[], object], parent: QWidget
    ) -> None:
        """`accept` is called when the user agrees; `verb` is what the button says."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.size_before = size
        self.width_field = Number("Width", 1, MOST_SIDE, " px")
        self.height_field = Number("Height", 1, MOST_SIDE, " px")
        self.apply_button, self.cancel_button = QPushButton(verb), QPushButton("Cancel")
        self.apply_button.setProperty("accent", True)
        self.apply_button.setDefault(True)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(GAP)
        self.grid.addWidget(label("Now", "muted"), 0, 0)
        self.grid.addWidget(label(f"{size[0]} × {size[1]} px"), 0, 1)
        for row, (field, value) in enumerate(((self.width_field, size[0]), (self.height_field, size[1])), 1):
            field.setDecimals(0)
            field.setValue(value)
            # While it is typed, so that Enter takes what stands there.
            field.setKeyboardTracking(True)
            self.grid.addWidget(label(field.accessibleName(), "muted"), row, 0)
            self.grid.addWidget(field, row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.apply_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(16)
        layout.addLayout(self.grid)
        layout.addLayout(buttons)
        self.cancel_button.clicked.connect(self.reject)
        self.apply_button.clicked.connect(self.accept)
        self.accepted.connect(accept)

    @property
    def chosen(self) -> Size:
        """Width and height as they stand in the fields."""
        return round(self.width_field.value()), round(self.height_field.value())


class CanvasSizeDialog(SizeDialog):
    """Also where the picture lies on the new canvas, and whether what is added is filled."""

    def __init__(self, size: Size, accept: Callable[[], object], parent: QWidget) -> None:
        super().__init__("Canvas size", "Change", size, accept, parent)
        self.fill = QCheckBox("Fill what is added")
        self.fill.setChecked(True)
        self.fill.setToolTip("The picture goes on where it had ended; else what is added is transparent")
        self._anchors = QButtonGroup(self)
        anchors = QGridLayout()
        anchors.setSpacing(2)
        for down in range(3):
            for across in range(3):
                anchors.addWidget(self._anchor(across, down), down, across)
        anchors.setColumnStretch(3, 1)
        self.grid.addWidget(label("Picture", "muted"), 3, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addLayout(anchors, 3, 1)
        self.grid.addWidget(self.fill, 4, 1)

    def _anchor(self, across: int, down: int) -> QPushButton:
        button = QPushButton("•")
        button.setCheckable(True)
        button.setFixedSize(_ANCHOR, _ANCHOR)
        button.setProperty("role", "segment")
        middle = across == down == 1
        text = "In the middle" if middle else f"{_PLACES[1][down].capitalize()}, {_PLACES[0][across]}"
        button.setToolTip(text)
        button.setAccessibleName(f"Picture: {text.lower()}")
        button.setChecked(middle)
        self._anchors.addButton(button, 3 * down + across)
        return button

    @property
    def anchor(self) -> tuple[int, int]:
        """Where the picture is: -1 left or top, 0 in the middle, 1 right or bottom."""
        place = self._anchors.checkedId()
        return place % 3 - 1, place // 3 - 1


class ImageSizeDialog(SizeDialog):
    """Also whether the sides keep their proportion."""

    def __init__(self, size: Size, accept: Callable[[], object], parent: QWidget) -> None:
        super().__init__("Image size", "Resize", size, accept, parent)
        self.linked = QCheckBox("Keep proportions")
        self.linked.setChecked(True)
        self.percent = Number("Percent", 0.1, 10_000, " %")
        self.percent.setValue(100)
        self.percent.setKeyboardTracking(True)
        self.grid.addWidget(label("Percent", "muted"), 3, 0)
        self.grid.addWidget(self.percent, 3, 1)
        self.grid.addWidget(self.linked, 4, 1)
        note = label("Layers keep their pixels: a smaller picture can be made larger again.", "second")
        note.setWordWrap(True)
        self.grid.addWidget(note, 5, 0, 1, 2)
        self.width_field.valueChanged.connect(partial(self._changed, 0))
        self.height_field.valueChanged.connect(partial(self._changed, 1))
        self.percent.valueChanged.connect(self._scaled)

    def _changed(self, side: int, value: float) -> None:
        factor = value / self.size_before[side]
        if self.linked.isChecked():
            other = (self.height_field, self.width_field)[side]
            other.show_value(max(1, round(self.size_before[1 - side] * factor)))
        self.percent.show_value(factor * 100)

    def _scaled(self, percent: float) -> None:
        for field, length in zip((self.width_field, self.height_field), self.size_before, strict=True):
            field.show_value(max(1, round(length * percent / 100)))
