"""A line of words that floats over the canvas and goes away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QPushButton, QWidget

_UP, _DOWN = 6, 28


class FloatingHint(QPushButton):
    """Words at the bottom of a widget, or at its top; a click on them is the same as the key they name."""

    def __init__(self, over: QWidget, *, at_top: bool = False) -> None:
        super().__init__(over)
        self._at_top = at_top
        self.setProperty("role", "floating")
        # The canvas keeps the keys.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        over.installEventFilter(self)

    def show_text(self, text: str, tip: str = "") -> None:
        self.setText(text)
        self.setToolTip(tip)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        over = self.parentWidget()
        if over is not None:
            self.adjustSize()
            down = _DOWN if self._at_top else over.height() - self.height() - _UP
            self.move((over.width() - self.width()) // 2, down)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False
