"""Watches the window's event loop: how long it did not turn, and what ran meanwhile."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

if TYPE_CHECKING:
    from types import FrameType

_TICK_MS = 1
_SAMPLE_SECONDS = 0.01
_DEEPEST = 60


def _place(frame: FrameType | None) -> str:
    """The innermost two functions of this project, and the function that runs."""
    inner: list[str] = []
    ours: list[str] = []
    for _ in range(_DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        name = f"{code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno} {code.co_name}"
        if not inner:
            inner = [name]
        if "inpaint_studio" in code.co_filename and name not in inner:
            ours.append(name)
        frame = frame.f_back
    return " < ".join(inner + ours[:3])


class LoopWatch(QObject):
    """Ticks once a millisecond in the window's thread; a gap is the time between two ticks.

    A thread writes down a hundred times a second where each thread is. It can't see what holds
    Python's lock; such a gap shows as samples missing.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticks: list[float] = []
        self._samples: list[tuple[float, int, str]] = []
        self._main = threading.get_ident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._tick()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        self._tick()
        self._timer.stop()
        self._stop.set()
        self._thread.join()

    def _tick(self) -> None:
        self._ticks.append(time.perf_counter())

    def _sample(self) -> None:
        me = threading.get_ident()
        while not self._stop.wait(_SAMPLE_SECONDS):
            now = time.perf_counter()
            for ident, frame in sys._current_frames().items():
                if ident != me:
                    self._samples.append((now, ident, _place(frame)))

    def gaps(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Milliseconds between the ticks."""
        return np.diff(np.array(self._ticks)) * 1000

    def during(self, rank: int = 0) -> list[str]:
        """What was seen running in the longest gap (rank 0), the second longest (1)..."""
        gaps = self.gaps()
        where = int(np.argsort(gaps)[::-1][rank])
        begin, end = self._ticks[where], self._ticks[where + 1]
        # One sample later as well: where a thread holds the lock, it is seen just after.
        seen = [s for s in self._samples if begin <= s[0] <= end + 2 * _SAMPLE_SECONDS]
        counts: dict[str, int] = {}
        for _, ident, place in seen:
            who = "window" if ident == self._main else "worker"
            counts[f"{who}: {place}"] = counts.get(f"{who}: {place}", 0) + 1
        ordered = sorted(counts.items(), key=lambda item: -item[1])
        return [f"{place} ×{number}" for place, number in ordered if "threading.py" not in place][:8]
