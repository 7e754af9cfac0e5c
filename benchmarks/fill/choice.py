"""Which filler is best for which kind of hole: what `auto` goes by.

Scratches of several widths, round holes where the photo is smoothest and where it is roughest, the same with
only a dab of some pixels to copy from, and photos of which only a frame is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.fill import measures
from benchmarks.fill.features import FeatureDistance
from benchmarks.fill.holes import SEED
from benchmarks.fill.quality import hidden, read
from inpaint_studio.basics import NO_PROGRESS, StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.studio.fill import painted

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]

HALF_WIDTHS = (1, 2, 4, 8)
"""Half the width of the scratches, in pixels."""
DABS = (5, 9, 17)
"""Height and width of what may be copied, in pixels."""
FRAMES = (0.85, 0.95)
"""Share of the photo that is missing where only a frame is left."""
_SCRATCHES, _RADIUS, _MARGIN = 8, 24, 64


class Case(NamedTuple):
    """A hole and, where not everything may be copied, what may; H×W bool."""

    kind: str
    hole: Flags
    sample: Flags | None = None


class Tried(NamedTuple):
    """One fill: the kind of hole, the filler, and what was measured inside the hole."""

    kind: str
    filler: str
    features: float
    psnr: float
    seam: float


def cases(photo: Array, rng: np.random.Generator) -> Iterator[Case]:
    """One hole of each kind for a photo."""
    shape = (photo.shape[0], photo.shape[1])
    lines = [_wander(shape, rng) for _ in range(_SCRATCHES)]
    for half in HALF_WIDTHS:
        canvas = np.zeros(shape, np.uint8)
        cv2.polylines(canvas, lines, False, 1, 2 * half - 1)
        yield Case(f"scratch {half}", canvas > 0)
    rough = _roughness(photo)
    for name, place in (("smoothest", int(rough.argmin())), ("roughest", int(rough.argmax()))):
        canvas = np.zeros(shape, np.uint8)
        row, column = (2 * _RADIUS + part for part in divmod(place, rough.shape[1]))
        cv2.circle(canvas, (column, row), _RADIUS, 1, -1)
        yield Case(name, canvas > 0)
        for side in DABS:
            dab = np.zeros(shape, np.bool_)
            left = column - 2 * _RADIUS
            dab[row : row + side, left : left + side] = True
            yield Case(f"{name}, dab {side}", canvas > 0, dab)
    for share in FRAMES:
        rim = (1 - np.sqrt(share)) / 2
        hole = np.zeros(shape, np.bool_)
        top, left = round(rim * shape[0]), round(rim * shape[1])
        hole[top : shape[0] - top, left : shape[1] - left] = True
        yield Case(f"frame, {share:.0%} missing", hole)


def _wander(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.int32]:
    """A line of 160 pixels that bends a little, N×1×2."""
    start = rng.uniform(0.1, 0.9, 2) * (shape[1], shape[0])
    angles = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.15, 20))
    steps = 8 * np.stack((np.cos(angles), np.sin(angles)), 1)
    return np.rint(start + np.cumsum(steps, 0)).astype(np.int32)[:, None]


def _roughness(photo: Array) -> NDArray[np.float32]:
    """Deviation of the brightness around each place that has room for a round hole and its rim."""
    luma = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = (4 * _RADIUS + 1,) * 2
    mean, square = (cv2.boxFilter(v, cv2.CV_32F, side) for v in (luma, luma * luma))
    inner = slice(2 * _RADIUS, -2 * _RADIUS)
    return np.asarray((square - mean * mean)[inner, inner], np.float32)


def _around(hole: Flags) -> tuple[slice, slice]:
    """The hole's box with a margin: what is looked at."""
    rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    return (
        slice(max(0, rows[0] - _MARGIN), rows[-1] + _MARGIN),
        slice(max(0, columns[0] - _MARGIN), columns[-1] + _MARGIN),
    )


def _painted(name: str, image: Array, case: Case) -> Array:
    sample = None if case.sample is None else case.sample.astype(np.uint8) * np.uint8(255)
    task = FillTask(image, case.hole.astype(np.uint8) * np.uint8(255), sample, colour_space="srgb")
    for fill in painted(registry.info(name, "filler"), task, {}, NO_PROGRESS):
        if fill.final:
            return np.asarray(fill.pixels, np.uint8)
    raise StudioError(f"The filler “{name}” gave no final fill.")


def tried(photos: tuple[Path, ...], fillers: list[str], say: Callable[[str], None]) -> list[Tried]:
    """Fills every kind of hole of every photo with every filler, in this process."""
    if not fillers:
        raise StudioError("Name the fillers to choose from with --fillers.")
    judge, found = FeatureDistance(), []
    for number, path in enumerate(photos, 1):
        photo = read(path)
        if min(photo.shape[:2]) < 6 * _RADIUS:
            continue
        for case in cases(photo, np.random.default_rng([SEED, number])):
            part, image = _around(case.hole), hidden(photo, case.hole)
            truth, hole = judge.features(photo[part]), case.hole[part]
            for name in fillers:
                out = _painted(name, image, case)
                inside = judge.distance(truth, judge.features(out[part]), hole)[1]
                psnr = min(99.0, measures.psnr(photo, out, case.hole))
                found.append(Tried(case.kind, name, inside, psnr, measures.seam(photo, out, case.hole)))
        say(f"{number} of {len(photos)} photos")
    return found


def table(found: list[Tried]) -> str:
    """Means by kind of hole, one row each, a column for each filler and measure; Markdown."""
    fillers = list(dict.fromkeys(t.filler for t in found))
    measured = ("features", "psnr", "seam")
    head = [f"{name}: {what}" for what in measured for name in fillers]
    lines = ["| hole | " + " | ".join(head) + " |", "|---|" + "---:|" * len(head)]
    for kind in dict.fromkeys(t.kind for t in found):
        cells = []
        for what in measured:
            for name in fillers:
                values = [getattr(t, what) for t in found if (t.kind, t.filler) == (kind, name)]
                cells.append(f"{np.mean(values):.3f}" if what == "features" else f"{np.mean(values):.2f}")
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
