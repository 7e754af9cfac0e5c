"""Calls that are made a little later, in the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from collections.abc import Callable


class Delay:
    """Calls a function once, some time after the newest `start`. To be used from the window's thread only."""

    def __init__(self, callback: Callable[[], object], milliseconds: int = 0) -> None:
        """With 0 milliseconds the call is made when what is waiting now has been dealt with."""
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(milliseconds)
        self._timer.timeout.connect(callback)
        self._usual = milliseconds

    @property
    def active(self) -> bool:
        """Whether the call is still to be made."""
        return self._timer.isActive()

    def start(self, milliseconds: int | None = None) -> None:
        """Calls in so many milliseconds from now, the usual number if None; not at a time set before."""
        self._timer.start(self._usual if milliseconds is None else milliseconds)

    def stop(self) -> None:
        """Does not call."""
        self._timer.stop()
