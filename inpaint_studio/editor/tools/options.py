"""Widgets that tools put into the options bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QPushButton, QWidget

from inpaint_studio.editor.widgets import LabelledSlider


class Choice(QWidget):
    """A few exclusive words side by side; `picked` tells the chosen value."""

    picked = Signal(str)

    def __init__(self, choices: list[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """`choices`: value, word, tooltip."""
        super().__init__(parent)
        self.setProperty("role", "segments")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for value, word, tip in choices:
            button = QPushButton(word)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(tip)
            button.setProperty("role", "segment")
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._clicked)
        self._buttons[choices[0][0]].setChecked(True)

    @property
    def value(self) -> str:
        return next(v for v, b in self._buttons.items() if b.isChecked())

    def choose(self, value: str) -> None:
        self._buttons[value].setChecked(True)
        self.picked.emit(value)

    def _clicked(self) -> None:
        self.picked.emit(self.value)


COMBINE = [
    ("new", "New", "A click makes a new selection"),
    ("add", "Add", "Adds to the selection (hold Shift)"),
    ("subtract", "Subtract", "Takes away from the selection (hold Alt)"),
    ("intersect", "Intersect", "Keeps what both have (hold Shift+Alt)"),
]
PAINT = [
    ("add", "Add", "Painting adds (X swaps)"),
    ("subtract", "Subtract", "Painting takes away (X, or hold Alt)"),
]


PENS = {
    "size": "Pen: size",
    "opacity": "Pen: opacity",
    "both": "Pen: size and opacity",
    "nothing": "Pen: as a mouse",
}
"""What the pressure of a pen changes."""


class Brush(QObject):
    """Size (diameter in canvas pixels), hardness (0..100 %) and what a pen's pressure changes (`PENS`).

    Shared by the painting tools.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size, self._hardness = 40.0, 80.0
        self.pen = "size"

    def set_pen(self, pen: str) -> None:
        """Chooses what a pen's pressure changes, one of `PENS`."""
        self.pen = pen
        self.changed.emit()

    @property
    def radius(self) -> float:
        return self._size / 2

    @property
    def hardness(self) -> float:
        """0..1."""
        return self._hardness / 100

    @property
    def size(self) -> float:
        return self._size

    def set_size(self, size: float) -> None:
        self._size = min(max(size, 1.0), 1000.0)
        self.changed.emit()

    def set_hardness(self, percent: float) -> None:
        self._hardness = min(max(percent, 0.0), 100.0)
        self.changed.emit()

    def grow(self, up: bool) -> None:
        """One step of `[` or `]`."""
        step = max(1.0, self._size * 0.15)
        self.set_size(round(self._size + (step if up else -step)))

    def sliders(self) -> list[QWidget]:
        """Two sliders that follow and set this brush."""
        return [BrushSlider(self, "Size"), BrushSlider(self, "Hardness")]


class BrushSlider(LabelledSlider):
    """One of a brush's numbers."""

    def __init__(self, brush: Brush, what: str) -> None:
        if what == "Size":
            super().__init__(what, 1, 1000, value=brush.size, unit="px", curve=2.5)
            self.setToolTip("Diameter of the brush ([ and ])")
            self.changed.connect(brush.set_size)
        else:
            super().__init__(what, 0, 100, value=brush.hardness * 100, unit="%")
            self.setToolTip("How sharp the brush's edge is (Shift+[ and Shift+])")
            self.changed.connect(brush.set_hardness)
        self._brush, self._what = brush, what
        self.setFixedWidth(216)
        brush.changed.connect(self._follow)

    def _follow(self) -> None:
        self.set_value(self._brush.size if self._what == "Size" else self._brush.hardness * 100)


class PenChoice(QComboBox):
    """What the pressure of a pen changes."""

    def __init__(self, brush: Brush) -> None:
        super().__init__()
        self._brush = brush
        self.setAccessibleName("Pressure of the pen")
        self.setToolTip("What pressing a pen harder changes")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for pen, text in PENS.items():
            self.addItem(text, pen)
        brush.changed.connect(self._follow)
        self.activated.connect(self._chosen)

    def _follow(self) -> None:
        self.setCurrentIndex(self.findData(self._brush.pen))

    def _chosen(self) -> None:
        self._brush.set_pen(self.currentData())
