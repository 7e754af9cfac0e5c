"""A drag that ends on a widget: QDrag itself can't be driven by events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData, QPoint
    from PySide6.QtWidgets import QWidget

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def dropped(widget: QWidget, place: QPoint, mime: QMimeData) -> None:
    """What is held over a widget, then let go there."""
    actions = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, actions, mime, _LEFT, _NONE)
    move = QDragMoveEvent(place, actions, mime, _LEFT, _NONE)
    drop = QDropEvent(QPointF(place), actions, mime, _LEFT, _NONE)
    for event in (enter, move, drop):
        QApplication.sendEvent(widget, event)
