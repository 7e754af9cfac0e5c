"""An artist's hands: moves the mouse and presses keys on the real window."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from events import run_events, wait
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from inpaint_studio.editor.images import from_image
from inpaint_studio.editor.window import Window

if TYPE_CHECKING:
    pass

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Robot:
    """Works on one window by mouse and keys only; points are canvas points."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.view = window.view

    def place(self, x: float, y: float) -> QPoint:
        return self.view.viewportTransform().map(QPointF(x, y)).toPoint()

    def click(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseMove(self.view.viewport(), self.place(x, y))
        QTest.mouseClick(self.view.viewport(), LEFT, modifiers, self.place(x, y))

    def press(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseMove(self.view.viewport(), self.place(x, y))
        QTest.mousePress(self.view.viewport(), LEFT, modifiers, self.place(x, y))

    def move(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Moves with the left button held; QTest.mouseMove would let go of the modifiers."""
        self._send_move(x, y, LEFT, modifiers)

    def rest(self, x: float, y: float) -> None:
        """Puts the pointer there, no button held."""
        self._send_move(x, y, Qt.MouseButton.NoButton, NONE)

    def _send_move(self, x: float, y: float, held: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        viewport, place = self.view.viewport(), QPointF(self.place(x, y))
        there = viewport.mapToGlobal(place)
        button = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, place, there, button, held, modifiers)
        QApplication.sendEvent(viewport, event)

    def drag(self, *points: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Presses at the first point, moves through the others in small steps, lets go at the last."""
        self.press(*points[0], modifiers)
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            for part in np.linspace(0, 1, 9)[1:]:
                self.move(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, modifiers)
                run_events(2)
        QTest.mouseRelease(self.view.viewport(), LEFT, modifiers, self.place(*points[-1]))
        run_events(1)

    def ask_menu(self, x: float, y: float) -> None:
        """Presses the right button; see the fixture `menus`."""
        viewport, place = self.view.viewport(), self.place(x, y)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
        QApplication.sendEvent(viewport, event)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, modifiers)
        run_events(1)

    def ctrl(self, key: Qt.Key, more: Qt.KeyboardModifier = NONE) -> None:
        self.key(key, Qt.KeyboardModifier.ControlModifier | more)

    def button(self, within: QWidget, text: str) -> QPushButton:
        """The visible button that says `text`; it must be enabled."""
        buttons = [b for b in within.findChildren(QPushButton) if b.isVisible() and b.text() == text]
        assert buttons, f"no button “{text}”"
        assert buttons[0].isEnabled(), f"button “{text}” is disabled"
        return buttons[0]

    def push(self, within: QWidget, text: str) -> None:
        """Clicks the middle of a button."""
        QTest.mouseClick(self.button(within, text), LEFT)
        run_events(1)

    def settle(self) -> None:
        """Waits until every job is done and everything is drawn."""
        window = self.window
        wait(
            lambda: not window.app.workspace.busy and not window.scene.busy,
            "the jobs to end",
        )
        QApplication.processEvents()

    def shown(self) -> np.ndarray:
        """What the canvas shows at 100 % (H×W×3), read from the window's own pixels.

        Takes the hand tool, because other tools draw handles and brushes over the picture.
        """
        self.key(Qt.Key.Key_H)
        self.ctrl(Qt.Key.Key_1)
        width, height = self.window.scene.size
        room = self.view.viewport().size()
        assert width <= room.width() and height <= room.height(), "the picture must fit at 100 %"
        self.view.centerOn(width / 2, height / 2)
        run_events(20)
        pixels = from_image(self.view.viewport().grab().toImage())
        corner = self.place(0, 0)
        return pixels[corner.y() : corner.y() + height, corner.x() : corner.x() + width, :3]
