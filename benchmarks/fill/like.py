"""“Fill with …”: whether the network that names pixels sees in the hole what it was filled with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.fill.holes import SEED, blob
from benchmarks.fill.quality import read
from inpaint_studio.basics import StudioError
from inpaint_studio.studio.fill import fill_pixels
from inpaint_studio.studio.fill_like import area_like, classes_of
from inpaint_studio.studio.find import label_map

WORDS = ("sky", "road", "trees", "wall")
_LEAST = 0.05
"""Share of the photo that must show what a hole is to be filled with."""
_HOLE = (0.04, 0.10)
"""Share of the photo that a hole covers, at least and at most."""


class Liked(NamedTuple):
    """One fill: photo, word, and the share of the hole that the network names so, before and after."""

    photo: str
    word: str
    before: float
    after: float


def tried(photos: tuple[Path, ...], say: Callable[[str], None]) -> list[Liked]:
    """Each photo once with each word of which it shows enough."""
    found = []
    for number, path in enumerate(photos, 1):
        found += list(_of(path))
        say(f"{number} of {len(photos)} photos")
    return found


def _of(path: Path) -> Iterator[Liked]:
    photo = read(path)
    rng = np.random.default_rng([SEED, crc32(path.name.encode())])
    for word in WORDS:
        hole = blob((photo.shape[0], photo.shape[1]), rng.uniform(*_HOLE), rng)
        coverage = hole.astype(np.uint8) * np.uint8(255)
        try:
            area = area_like(photo, coverage, word)
        except StudioError:
            continue
        if (area > 0).mean() < _LEAST:
            continue
        filled = fill_pixels(photo, coverage, sample_from=area)
        yield Liked(
            path.name, word, _named(photo, hole, word), _named(np.asarray(filled, np.uint8), hole, word)
        )


def _named(picture: NDArray[np.uint8], hole: NDArray[np.bool_], word: str) -> float:
    ids, names = label_map(picture)
    wanted = [number for number, name in enumerate(names) if name.casefold() in classes_of(word)]
    return float(np.isin(ids[hole], wanted).mean())


def table(found: list[Liked]) -> str:
    """Mean shares by word; Markdown."""
    lines = ["| filled with | holes | named so before | after |", "|---|---:|---:|---:|"]
    for word in (*WORDS, "all"):
        own = [one for one in found if word in ("all", one.word)]
        if own:
            before, after = (np.mean([getattr(one, name) for one in own]) for name in ("before", "after"))
            lines.append(f"| {word} | {len(own)} | {before:.3f} | {after:.3f} |")
    return "\n".join(lines) + "\n"
