"""The run: every object, every way; what is done already is not done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from benchmarks.select import measures
from benchmarks.select.objects import Place, Target, read_photo, read_target
from benchmarks.select.robot import Click, drawn_box, walk
from benchmarks.select.ways import Opened, Way, clicked
from inpaint_studio.engines.contracts import Prompts

if TYPE_CHECKING:
    from benchmarks.fill.results import Results, Row
    from benchmarks.select.objects import Area
    from inpaint_studio.basics.mask import Array

KEY = ("set", "photo", "number", "object", "seed", "way", "version", "measures")
"""What makes a result: the object (a checksum of photo and truth), the box's seed, the way, the measures."""


@dataclass(frozen=True)
class Run:
    """Measures `places` by `ways`; each result is written at once, so it can be stopped at any time."""

    places: list[Place]
    ways: list[Way]
    seed: int
    results: Results
    say: Callable[[str], None] = print

    def rows(self) -> list[Row]:
        """All results, old and new, in the order of the objects."""
        found: list[Row] = []
        for _, group in groupby(self.places, key=lambda place: (place.set, place.photo)):
            found += self._photo(list(group))
            self.say(f"{len(found) // len(self.ways)} of {len(self.places)} objects")
        return found

    def _photo(self, places: list[Place]) -> Iterator[Row]:
        photo = read_photo(places[0].photo)
        opened: dict[str, Opened] = {}
        for place in places:
            target = read_target(place)
            for way in self.ways:
                row = self._row(place, photo, target, way)
                done = self.results.find(row)
                if done is None:
                    if way.id not in opened:
                        opened[way.id] = way.open(photo)
                    done = {**row, **measured(opened[way.id], target, tuple(row["box"]))}
                    self.results.add(done)
                yield done

    def _row(self, place: Place, photo: Array, target: Target, way: Way) -> Row:
        name = f"{self.seed} {place.set} {place.photo.stem} {place.number}"
        return {
            "set": place.set,
            "photo": place.photo.name,
            "number": place.number,
            "object": crc32(np.packbits(target.truth).tobytes(), crc32(photo.tobytes())),
            "share": round(float(target.truth.mean()), 4),
            "seed": self.seed,
            "box": drawn_box(target.truth, crc32(name.encode())),
            "way": way.id,
            "version": way.version,
            "measures": measures.VERSION,
        }


def measured(opened: Opened, target: Target, box: tuple[float, float, float, float]) -> dict[str, Any]:
    """What one way reaches on one object, as plain numbers."""
    opened.select.clear()
    opened.zoom.clear()
    opened.errors.clear()
    best: list[float] = []

    def answer(clicks: list[Click]) -> Area:
        masks = opened.masks(clicked(clicks))
        best.append(max(measures.iou(mask, target) for mask in masks))
        return masks[0]

    path = walk(answer, target)
    boxed = opened.masks(Prompts(box=box))[0]
    return {
        "clicks": [list(click) for click in path.clicks],
        "ious": _short(path.ious),
        "edges": _short(path.edges),
        "best": _short(best),
        "box_iou": round(measures.iou(boxed, target), 4),
        "box_edge": round(measures.boundary_f(boxed, target), 4),
        "prepare_s": round(opened.prepare, 4),
        "click_s": round(float(np.median(opened.select)), 4) if opened.select else None,
        "zoom_s": round(float(np.median(opened.zoom)), 4) if opened.zoom else None,
        "errors": list(opened.errors),
    }


def _short(values: list[float]) -> list[float]:
    return [round(value, 4) for value in values]
