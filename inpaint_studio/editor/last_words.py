"""When the program is told to end, or goes wrong, what is not saved is written first."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_TERMINATED = 128 + signal.SIGTERM


class LastWords(QObject):
    """Calls `write` before SIGTERM ends the program and after each uncaught exception; `close` ends that."""

    def __init__(self, write: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._hook = sys.excepthook
        sys.excepthook = self._went_wrong
        # Qt's loop does not return to Python for a signal: a byte on a socket wakes it.
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._handler = signal.signal(signal.SIGTERM, lambda *_: None)

    def _woken(self) -> None:
        with contextlib.suppress(OSError):
            if signal.SIGTERM in self._reader.recv(64):
                self._write()
                QApplication.exit(_TERMINATED)

    def _went_wrong(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self._hook(kind, error, trace)
        # What went wrong may go wrong again here; it must not hide the first error.
        with contextlib.suppress(Exception):
            self._write()

    def close(self) -> None:
        """Puts everything back as it was."""
        sys.excepthook = self._hook
        signal.signal(signal.SIGTERM, self._handler)
        signal.set_wakeup_fd(self._wakeup)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()
