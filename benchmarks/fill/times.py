"""How fast: each fill in a fresh process, so that the first use of everything counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.fill import methods
from benchmarks.fill.calls import Child
from benchmarks.fill.cancels import Cancels, cancel_waits
from benchmarks.fill.holes import SEED
from inpaint_studio.basics import StudioError

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]

MIDDLE, LARGE = (2120, 1414), (6000, 4000)
"""Width and height: 3 and 24 megapixels."""
_GRAIN = 3.0
_LIMIT = 1800.0


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
    lines += _cancel_lines("3 MP, 10 %", names, image, hole, say)
    image, hole = case(photo, large, 0.05)
    for name in names:
        result = _tried(name, say, partial(fresh, name, image, hole, 1))
        if result is not None:
            bars = (6.0, 1536.0) if name == best else (None, None)
            lines.append(Line(f"{name}, 24 MP, 5 %: first final", result["final"], "s", bars[0]))
            lines.append(Line(f"{name}, 24 MP, 5 %: peak memory", result["mb"], "MB", bars[1]))
    return lines


def cancels(
    photo: Array, names: list[str], *, sizes: tuple[tuple[int, int], ...] = (MIDDLE, LARGE),
    say: Callable[[str], None] = print,
) -> list[Line]:  # fmt: skip
    """How long each filler takes to stop, at 3 megapixels with a hole of 10 % and 24 with one of 5 %."""
    lines: list[Line] = []
    for words, size, share in zip(("3 MP, 10 %", "24 MP, 5 %"), sizes, (0.10, 0.05), strict=True):
        lines += _cancel_lines(words, names, *case(photo, size, share), say)
    return lines


def _cancel_lines(
    words: str, names: list[str], image: Array, hole: Flags, say: Callable[[str], None]
) -> list[Line]:
    lines = []
    for name in names:
        found: Cancels | None = _tried(name, say, partial(_in_child, cancel_waits, name, image, hole))
        if found is not None:
            lines.append(Line(f"{name}, {words}: longest wait for a cancel", max(found.waits), "s", 0.2))
            lines.append(Line(f"{name}, {words}: most work between two reports", found.work, "s"))
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
