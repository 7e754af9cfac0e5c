"""Seconds on a 12-megapixel photo: preparing, the first mask after a click, zoom-in, hover."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from benchmarks.select.objects import Place, read_photo, read_target
from benchmarks.select.robot import Click, innermost
from benchmarks.select.ways import PLAIN, ZOOM, Opened, Way, clicked

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array

PIXELS = 12_000_000
REPEATS = 7


class Line(NamedTuple):
    """What was timed: the median and the slowest in seconds, and what is asked of the network."""

    what: str
    median: float
    slowest: float
    bar: float


def enlarged(photo: Array) -> Array:
    """The photo (H×W×3 uint8) enlarged to 12 megapixels."""
    scale = float(np.sqrt(PIXELS / (photo.shape[0] * photo.shape[1])))
    size = (round(photo.shape[1] * scale), round(photo.shape[0] * scale))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def measure(place: Place, ways: list[Way], repeats: int = REPEATS) -> list[Line]:
    """Times every way but plain GrabCut, which takes minutes, on a place's photo; clicks move from one to the
    next, so that nothing kept can answer. Hovering is `glance` where a selector has it, else `select`."""
    photo = enlarged(read_photo(place.photo))
    truth = read_target(place).truth
    spots = _spots(truth, photo.shape[0] / truth.shape[0], repeats)
    lines: list[Line] = []
    for way in (w for w in ways if w.id != PLAIN):
        opened = [way.open(photo) for _ in range(3)]
        last = opened[-1]
        for spot in spots:
            last.masks(clicked([spot]))
        if not way.zoom:
            lines.append(_line(f"{way.id}: prepare", [o.prepare for o in opened], 1.0))
            lines.append(_line(f"{way.id}: mask after a click", last.select, 0.12))
            lines.append(_line(f"{way.id}: hover", _hovers(opened[0], spots), 0.05))
        else:
            both = [a + b for a, b in zip(last.select, last.zoom, strict=True)]
            lines.append(_line(f"{way.id.removesuffix(ZOOM)}: zoomed-in mask after a click", both, 0.5))
    return lines


def _hovers(opened: Opened, spots: list[Click]) -> list[float]:
    """Seconds to show what a click would take."""
    selector = opened.way.selector
    glance = getattr(selector, "glance", selector.select)
    seconds = []
    for spot in spots:
        start = time.perf_counter()
        glance(opened.prepared, clicked([spot]))
        seconds.append(time.perf_counter() - start)
    return seconds


def _spots(truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], scale: float, number: int) -> list[Click]:
    taken: set[tuple[int, int]] = set()
    for _ in range(number):
        spot = innermost(truth, taken)
        if spot is not None:
            taken.add(spot)
    return [Click(int((x + 0.5) * scale), int((y + 0.5) * scale), True) for x, y in sorted(taken)]


def _line(what: str, seconds: list[float], bar: float) -> Line:
    return Line(what, float(np.median(seconds)), max(seconds), bar)


def report(lines: list[Line]) -> str:
    """The times as a Markdown table; the bars are the network's."""
    out = ["| 12 megapixels | median s | slowest s | asked of the network |", "|---|---:|---:|---:|"]
    out += [f"| {line.what} | {line.median:.3f} | {line.slowest:.3f} | ≤ {line.bar} |" for line in lines]
    return "\n".join(out) + "\n"
