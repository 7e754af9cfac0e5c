"""Whether undo and redo leave a trace: the same clicks must give the same mask, however they came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.select.objects import Place, read_photo, read_target
from benchmarks.select.robot import MOST, next_click
from benchmarks.select.ways import Way, clicked

if TYPE_CHECKING:
    from benchmarks.select.robot import Click


def differing(place: Place, way: Way, number: int = MOST) -> tuple[int, int]:
    """Clicks made, and pixels (of any coverage) that differ after them with undo and redo and without.

    The robot clicks `number` times, whatever is reached. In a photo prepared anew every click is taken back
    and made again, and every third time two are. In another one only the last prompts are asked for.
    """
    photo, target = read_photo(place.photo), read_target(place)
    clicks: list[Click] = []
    hurried, plain = way.open(photo), way.open(photo)
    mask = np.zeros(target.truth.shape, np.bool_)
    while len(clicks) < number:
        click = next_click(mask, target, {(c.x, c.y) for c in clicks})
        if click is None:
            break
        clicks.append(click)
        back = 2 if len(clicks) % 3 == 0 else 1
        for kept in (len(clicks), *range(len(clicks) - 1, max(0, len(clicks) - 1 - back), -1), len(clicks)):
            coverage = hurried.coverages(clicked(clicks[:kept]))[0]
        mask = coverage >= 128
    return len(clicks), int((coverage != plain.coverages(clicked(clicks))[0]).sum()) if clicks else 0
