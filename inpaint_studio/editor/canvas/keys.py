"""Keys that mean the canvas wherever the pointer last clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

from inpaint_studio.editor.canvas.view import View

_KEYS = frozenset(
    {
        Qt.Key.Key_Space,
        Qt.Key.Key_Backslash,
        Qt.Key.Key_BracketLeft,
        Qt.Key.Key_BracketRight,
        Qt.Key.Key_BraceLeft,
        Qt.Key.Key_BraceRight,
        Qt.Key.Key_X,
        Qt.Key.Key_O,
        Qt.Key.Key_Period,
        Qt.Key.Key_Comma,
        *(Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)),
    }
)


class CanvasKeys(QObject):
    """Passes them to the view from panels and lists, but not from where one types or presses a button.

    Watches the lists, which would search by the key, and the window, to which unwanted keys go up: not the
    whole program, whose every event would then come through here.
    """

    def __init__(self, view: View, window: QWidget) -> None:
        """To be made when the window has all its panels."""
        super().__init__(window)
        self._view, self._window = view, window
        self._passing = False
        for widget in (window, *window.findChildren(QAbstractItemView)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return False
        if not isinstance(event, QKeyEvent) or event.key() not in _KEYS or not isinstance(watched, QWidget):
            return False
        focused = QApplication.focusWidget()
        if isinstance(focused, (QLineEdit, QAbstractSpinBox, QComboBox, QAbstractButton)):
            return False
        if self._passing or focused is self._view or not self._view.isVisible():
            # What the view itself did not want comes by on its way up to the window.
            return False
        if watched.window() is not self._window:
            return False
        self._passing = True
        try:
            QApplication.sendEvent(self._view, event)
        finally:
            self._passing = False
        return True
