"""How long a filler takes to stop when it is asked to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Cancelled, Progress
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Fill, FillTask
from inpaint_studio.studio.fill import Fillers, painted

_MOMENTS = 8


class Cancels(NamedTuple):
    """`waits`: seconds from each moment at which a filler was asked to stop until it had stopped. `work`: the
    most processor seconds of this process between two reports of a fill that went on, OpenCV working in one
    thread; unlike the waits, it hardly depends on what else runs on the machine."""

    waits: list[float]
    work: float


class _Asked:
    """A progress that is cancelled at a moment, and notes the most work between two reports."""

    def __init__(self, at: float) -> None:
        self.at, self.most, self._last = at, 0.0, time.process_time()

    def report(self, fraction: float, message: str = "") -> None:
        now = time.process_time()
        self.most, self._last = max(self.most, now - self._last), now
        if time.perf_counter() >= self.at:
            raise Cancelled


def cancel_waits(
    name: str, image: NDArray[np.uint8], hole: NDArray[np.bool_], count: int = _MOMENTS
) -> Cancels:
    """Asks a filler of the window to stop at `count` moments spread over a fill.

    `image` H×W×3 uint8, `hole` H×W bool. It fills before, so imports and weights are loaded.
    """
    area, fillers, waits = hole.astype(np.uint8) * np.uint8(255), Fillers(), []
    try:
        begin = _begin(name, FillTask(image, area, colour_space="srgb"), fillers)
        _whole(begin, threads=1)
        work, _ = _whole(begin, threads=1)
        _, duration = _whole(begin, threads=cv2.getNumThreads())
        for turn in range(count):
            asked = time.perf_counter() + duration * (turn + 0.5) / count
            # A filler that does not listen goes on to its end, and is charged for that.
            with suppress(Cancelled):
                for _ in begin(_Asked(asked)):
                    pass
            waits.append(max(0.0, time.perf_counter() - asked))
    finally:
        fillers.close()
    return Cancels(waits, work)


def _whole(begin: _Begin, threads: int) -> tuple[float, float]:
    """Most work between two reports of a whole fill, and its seconds, OpenCV having so many threads."""
    before, start, progress = cv2.getNumThreads(), time.perf_counter(), _Asked(float("inf"))
    cv2.setNumThreads(threads)
    try:
        for _ in begin(progress):
            pass
    finally:
        cv2.setNumThreads(before)
    return progress.most, time.perf_counter() - start


_Begin = Callable[[Progress], Iterator[Fill]]


def _begin(name: str, task: FillTask, fillers: Fillers) -> _Begin:
    """What fills with the filler of that name."""
    info = registry.info(name, "filler")
    return lambda progress: painted(info, task, {}, progress, fillers)
