"""How fast: each fill in a fresh process, so that the first use of everything counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.fill import methods
from benchmarks.fill.calls import Child
from benchmarks.fill.holes import SEED
from inpaint_studio.basics import Cancelled, StudioError

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]

MIDDLE, LARGE = (2120, 1414), (6000, 4000)
"""Width and height: 3 and 24 megapixels."""
_GRAIN = 3.0
_LIMIT = 1800.0
_CANCELS = 8


class Line(NamedTuple):
    """One line of the report; `bar` is the most that is allowed, None where nothing is asked."""

    what: str
    value: float
    unit: str
    bar: float | None = None


def enlarged(photo: Array, size: tuple[int, int]) -> Array:
    """The photo at that width and height with the grain of a camera, H×W×3 uint8."""
    import cv2

    large = cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    noise = np.random.default_rng(SEED).standard_normal(large.shape, np.float32)
    return np.asarray(np.clip(large + _GRAIN * noise + 0.5, 0, 255), np.uint8)


def case(photo: Array, size: tuple[int, int], share: float) -> tuple[Array, Flags]:
    """The photo at that size and a ragged hole that covers the share (0..1) of it."""
    from benchmarks.fill.holes import blob
    from benchmarks.fill.quality import hidden

    hole = blob(size[::-1], share, np.random.default_rng(SEED))
    return hidden(enlarged(photo, size), hole), hole


def fresh(name: str, image: Array, hole: Flags, repeats: int) -> dict[str, float]:
    """Medians of fresh processes: seconds to the first `preview` (if any) and the first `final`; peak `mb`.

    The clock runs from the call to its end, the engine's imports and weights included; that Python, numpy
    and the photo are loaded already is not counted.
    """
    found: dict[str, list[float]] = {"preview": [], "final": [], "mb": []}
    for _ in range(repeats):
        with Child() as child:
            painted, seconds, mb = child.call(methods.paint, name, image, hole, limit=_LIMIT)
        found["final"].append(seconds)
        found["mb"].append(mb)
        if painted.preview is not None:
            found["preview"].append(painted.preview)
    return {what: float(np.median(values)) for what, values in found.items() if values}


class _Asked:
    """A progress that is cancelled at a moment, and notes the longest time between two reports."""

    def __init__(self, at: float) -> None:
        self.at, self.longest, self._last = at, 0.0, time.perf_counter()

    def report(self, fraction: float, message: str = "") -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now
        if now >= self.at:
            raise Cancelled


def cancel_waits(name: str, image: Array, hole: Flags, count: int = _CANCELS) -> list[float]:
    """Seconds from asking a filler of the window to stop until it has stopped, asked at `count` moments
    spread over a fill. The last number is the longest time between two reports of a fill that went on."""
    from inpaint_studio.studio.fill import Fillers

    area, fillers, waits = hole.astype(np.uint8) * np.uint8(255), Fillers(), []
    try:
        filler = fillers.get(name)
        start = time.perf_counter()
        whole = _Asked(float("inf"))
        for _ in filler.fill(image, area, progress=whole):
            pass
        duration = time.perf_counter() - start
        for turn in range(count):
            asked = time.perf_counter() + duration * (turn + 0.5) / count
            # A filler that does not listen goes on to its end, and is charged for that.
            with suppress(Cancelled):
                for _ in filler.fill(image, area, progress=_Asked(asked)):
                    pass
            waits.append(max(0.0, time.perf_counter() - asked))
    finally:
        fillers.close()
    return [*waits, whole.longest]


def measure(
    photo: Array, names: list[str], peers: list[str], *, repeats: int = 3,
    middle: tuple[int, int] = MIDDLE, large: tuple[int, int] = LARGE, say: Callable[[str], None] = print,
) -> list[Line]:  # fmt: skip
    """All the times; a method that fails or is absent is told and has no line."""
    best, lines = methods.DEFAULT, []
    image, hole = case(photo, middle, 0.10)
    found: dict[str, dict[str, float]] = {}
    for name in [*names, *peers]:
        result = _tried(name, say, partial(fresh, name, image, hole, repeats if name in names else 1))
        if result is not None:
            found[name] = result
            lines += _middle_lines(name, result, name == best)
    if best in found and methods.YARDSTICK in found:
        part = found[best]["final"] / found[methods.YARDSTICK]["final"]
        lines.append(Line(f"{best}, 3 MP, 10 %: part of PyPatchMatch's time", part, "", 1 / 6))
    for name in names:
        waits = _tried(name, say, partial(_in_child, cancel_waits, name, image, hole))
        if waits is not None:
            lines.append(Line(f"{name}: longest wait for a cancel", max(waits[:-1]), "s", 0.2))
            lines.append(Line(f"{name}: longest time between two reports", waits[-1], "s"))
    image, hole = case(photo, large, 0.05)
    for name in names:
        result = _tried(name, say, partial(fresh, name, image, hole, 1))
        if result is not None:
            bars = (6.0, 1536.0) if name == best else (None, None)
            lines.append(Line(f"{name}, 24 MP, 5 %: first final", result["final"], "s", bars[0]))
            lines.append(Line(f"{name}, 24 MP, 5 %: peak memory", result["mb"], "MB", bars[1]))
    return lines


def _middle_lines(name: str, result: dict[str, float], best: bool) -> list[Line]:
    words = f"{name}, 3 MP, 10 %"
    lines = [Line(f"{words}: first final", result["final"], "s", 1.5 if best else None)]
    if "preview" in result:
        lines.insert(0, Line(f"{words}: preview", result["preview"], "s", 0.3 if best else None))
    return [*lines, Line(f"{words}: peak memory", result["mb"], "MB")]


def _in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    with Child() as child:
        return child.call(function, *arguments, limit=_LIMIT)[0]


def _tried(name: str, say: Callable[[str], None], work: Callable[[], Any]) -> Any:
    why = methods.absent(name)
    if why:
        say(f"{methods.title(name)}: {why}")
        return None
    try:
        return work()
    except StudioError as error:
        say(f"{methods.title(name)}: failed ({error})")
        return None


def report(lines: list[Line], say: Callable[[str], None] = print) -> None:
    """Prints the lines, with what was asked."""
    for line in lines:
        bar = "" if line.bar is None else f"{line.bar:9.2f}  {'ok' if line.value <= line.bar else 'MISSED'}"
        say(f"{line.what:58s} {line.value:9.2f} {line.unit:3s}{bar}")


def first_photo(folder: Path) -> Array:
    """The photo that times are taken on."""
    from benchmarks.fill.quality import pictures, read

    return read(pictures(folder, 1)[0])
