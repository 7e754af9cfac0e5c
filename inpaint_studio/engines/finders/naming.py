"""Gives names to objects that were told apart without any, by what other networks name in the same places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.mask import boxes_meet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.engines.finders.instances import Sketch

SAME = 0.5
"""Two masks are of one object from this share of their union on."""
INSIDE = 0.7
"""One mask lies in another from this share of it on."""
NAMES = 0.35
"""A named patch that lies in an object and covers this share of it names the whole."""
SCENERY = 0.6
"""What is scenery to this share is no object."""


def with_names(unnamed: Sequence[Sketch], named: Sequence[Sketch]) -> list[Sketch]:
    """One list of both: what is shown by a sketch of each kind is in it once, all masks of one size.

    Where several unnamed objects lie in one named shape and make up most of it, it is taken apart into them;
    a single one that is less than it is a part of it, and dropped. Of one object the named mask is kept: it
    follows edges better. An object of which a named patch is a good share gets its name. What lies in named
    scenery is scenery.
    """
    things = [sketch for sketch in named if sketch.rule.kind == "thing"]
    areas = [sketch for sketch in named if sketch.rule.kind == "area"]
    left = [sketch for sketch in unnamed if not _is_scenery(sketch, areas)]
    kept: list[Sketch] = []
    for thing in things:
        inside = [sketch for sketch in left if common(sketch, thing) >= INSIDE * sketch.area]
        same = [sketch for sketch in left if is_same(sketch, thing)]
        if len(inside) > 1 and sum(common(sketch, thing) for sketch in inside) >= INSIDE * thing.area:
            kept += [replace(sketch, rule=thing.rule) for sketch in inside]
            left = _without(left, inside)
        elif same:
            kept.append(thing)
            left = _without(left, [*same, *inside])
        else:
            whole = next((s for s in left if _names(thing, s)), None)
            if whole is not None:
                kept.append(replace(whole, rule=thing.rule))
                left = _without(left, [whole])
            else:
                kept.append(thing)
                left = _without(left, inside)
    return [*kept, *left, *areas]


def common(a: Sketch, b: Sketch) -> int:
    """Pixels that two sketches share."""
    return int(np.count_nonzero(a.mask & b.mask)) if boxes_meet(a.box, b.box) else 0


def is_same(a: Sketch, b: Sketch) -> bool:
    """Whether two sketches show one object."""
    both = common(a, b)
    return both >= SAME * (a.area + b.area - both)


def _names(patch: Sketch, whole: Sketch) -> bool:
    inside = common(patch, whole)
    return inside >= INSIDE * patch.area and inside >= NAMES * whole.area


def _is_scenery(sketch: Sketch, areas: Sequence[Sketch]) -> bool:
    return sum(common(sketch, area) for area in areas) >= SCENERY * sketch.area


def _without(left: Sequence[Sketch], gone: Sequence[Sketch]) -> list[Sketch]:
    return [sketch for sketch in left if not any(sketch is other for other in gone)]
