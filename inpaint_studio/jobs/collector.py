"""Garbage collection in the window's thread only.

Python's cyclic collector runs in whichever thread happens to allocate; freeing a widget that is part
of a cycle in a lane's thread ends the process.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 500


class GuiCollector(QObject):
    """Switches the automatic collector off and collects from a timer until `close`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_INTERVAL_MS)

    def collect(self) -> None:
        """Collects the generations that are due, oldest last, as the automatic collector would."""
        for generation in (2, 1, 0):
            limit, count = gc.get_threshold()[generation], gc.get_count()[generation]
            if limit and count > limit:
                gc.collect(generation)
                return

    def close(self) -> None:
        self._timer.stop()
        gc.enable()
