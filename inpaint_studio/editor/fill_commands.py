"""What the Fill menu and the menu of a hole do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from inpaint_studio.editor.window import Window


class FillCommands(QObject):
    """Slots of the action table, named there as "fill.…"."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session

    def again(self) -> None:
        """Other fills for what is looked at, else for the active layer's holes."""
        if self._session.fills.scope() is None:
            self._session.message.emit("There is no hole to fill; lift or remove something first.")
        else:
            self._session.fills.again()

    def choose(self) -> None:
        self._session.fills.look_at_scope()

    def options(self) -> None:
        """Opens the choices in the properties panel."""
        self._session.fills.look_at_scope()
        if self._session.fills.target is not None:
            self._window.show_fill_options()

    def sample(self) -> None:
        self._window.column.take("sampling")

    def menu(self) -> QMenu:
        """The menu of the hole that is looked at; the caller shows and deletes it."""
        menu = QMenu(self._window)
        menu.addAction("Fill again\tShift+R", self.again)
        menu.addAction("Fill options", self.options)
        menu.addAction("Paint sampling area\tS", self.sample)
        return menu
