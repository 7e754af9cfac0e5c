"""A small field for a number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox

from inpaint_studio.editor import theme


class Number(QDoubleSpinBox):
    """A small number field: whole numbers without decimals, nothing told while a number is typed."""

    def __init__(self, name: str, low: float, high: float, suffix: str, step: float = 1.0) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setRange(low, high)
        self.setDecimals(1)
        self.setSuffix(suffix)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        # Less than its hint, so that the panel never widens the column it stands in.
        self.setMinimumWidth(72)
        # Scrolling the panel over a number must not change it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            # Done: the keys are the canvas's again.
            self.clearFocus()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def textFromValue(self, value: float) -> str:
        return f"{round(value, 1) + 0.0:g}"

    def show_value(self, value: float) -> None:
        """Shows a value and tells nobody; what is being typed is left alone."""
        if self.hasFocus() and self.lineEdit().isModified():
            return
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)
