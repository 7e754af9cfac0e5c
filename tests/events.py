"""Lets the window's events run while other threads work.

Not QTest.qWait, which holds Python's lock while it sleeps: a job's thread then gets a turn once in ten
milliseconds, and what takes a second takes half a minute.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE_MS = 5


def run_events(milliseconds: int) -> None:
    """Runs the event loop for so long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(done: Callable[[], object], what: str, seconds: float = 90.0) -> None:
    """Runs the event loop until `done` is true; fails the test, naming `what`, if that takes too long."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited in vain: {what}"
        run_events(_PAUSE_MS)
