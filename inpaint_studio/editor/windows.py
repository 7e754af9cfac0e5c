"""All windows of the program."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint

from inpaint_studio.app.preloading import Preloader
from inpaint_studio.editor.window import Window

_ASIDE = QPoint(32, 32)


class Windows(QObject):
    """Opens windows and knows those that are open. Networks are loaded once, for all of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.open_windows: list[Window] = []
        self._preloader = Preloader()
        self._session: list[str] = []
        self._quitting = False

    def open(self) -> Window:
        """Shows another window, a little aside of the one before."""
        window = Window()
        window.window_wanted.connect(self.open)
        window.quit_wanted.connect(self.close_all)
        window.closed.connect(partial(self._closed, window))
        if self.open_windows:
            window.move(self.open_windows[-1].pos() + _ASIDE)
        self.open_windows.append(window)
        window.show()
        self._preloader.watch(window.app.workspace, window.is_drawing)
        return window

    def close_all(self) -> None:
        """Closes all windows, after asking about changes in any of them; one "Cancel" keeps them all."""
        self._close_when_safe(tuple(self.open_windows))

    def _close_when_safe(self, unasked: tuple[Window, ...]) -> None:
        if unasked:
            unasked[0].filing.when_closable(partial(self._close_when_safe, unasked[1:]))
            return
        self._quitting = True
        for window in tuple(self.open_windows):
            window.leave()

    def _closed(self, window: Window) -> None:
        """Remembers what was open in the window that was closed last, or in all that were closed together."""
        files = window.app.filing.open_files
        self._session = [*self._session, *files] if self._quitting else files
        window.app.settings.keep("session", self._session)
        self.open_windows.remove(window)
        window.deleteLater()

    def write_recovery_data(self) -> None:
        """Writes what is not saved at once: the program is about to end."""
        for window in self.open_windows:
            window.app.workspace.write_recovery_data()
