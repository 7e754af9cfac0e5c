"""How long a filler takes to stop when it is asked to."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Cancelled
from inpaint_studio.studio.fill import Fillers

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
        filler = _filler(name, fillers)
        _whole(filler, image, area, threads=1)
        work, _ = _whole(filler, image, area, threads=1)
        _, duration = _whole(filler, image, area, threads=cv2.getNumThreads())
        for turn in range(count):
            asked = time.perf_counter() + duration * (turn + 0.5) / count
            # A filler that does not listen goes on to its end, and is charged for that.
            with suppress(Cancelled):
                for _ in filler.fill(image, area, progress=_Asked(asked)):
                    pass
            waits.append(max(0.0, time.perf_counter() - asked))
    finally:
        fillers.close()
    return Cancels(waits, work)


def _whole(
    filler: Any, image: NDArray[np.uint8], area: NDArray[np.uint8], threads: int
) -> tuple[float, float]:
    """Most work between two reports of a whole fill, and its seconds, OpenCV having so many threads."""
    before, start, progress = cv2.getNumThreads(), time.perf_counter(), _Asked(float("inf"))
    cv2.setNumThreads(threads)
    try:
        for _ in filler.fill(image, area, progress=progress):
            pass
    finally:
        cv2.setNumThreads(before)
    return progress.most, time.perf_counter() - start


def _filler(name: str, fillers: Fillers) -> Any:
    """The filler of that name; a network without weights gets random ones, which take as long."""
    from inpaint_studio.engines.networks.places import has_network

    if name != "network" or has_network("inpaint"):
        return fillers.get(name)
    from inpaint_studio.engines.fillers.network import NetworkFiller, Painter
    from inpaint_studio.engines.networks.restorer import INPAINT, RestorerNetwork

    return NetworkFiller(Painter(network=RestorerNetwork(INPAINT).eval()))
