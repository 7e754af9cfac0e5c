"""Which parts of a layer's holes are filled together, and which holes show."""

from __future__ import annotations

import hashlib
import weakref
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.mask import Box, Mask, grow_box, intersect_boxes, unite
from inpaint_studio.document.holes import FillOptions, Hole
from inpaint_studio.document.nodes import Layer
from inpaint_studio.document.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Holes of one layer that touch and are filled together.

    `run` names what one run of a filler makes for it, all candidates; `source` says which of the layer's
    sources the mask lies in (`Layer.source_id`).
    """

    run: str
    layer: str
    mask: Mask
    options: FillOptions
    holes: tuple[str, ...]
    source: str = ""

    @property
    def key(self) -> str:
        """Names the fill in the store: the run, and which of its candidates."""
        number = self.options.candidate
        return f"{self.run}-{number}" if number else self.run

    def candidate(self, number: int) -> Part:
        """The same part with another candidate of the same run chosen."""
        return replace(self, options=replace(self.options, candidate=number))


def _touch(a: Mask, b: Mask) -> bool:
    near = intersect_boxes(grow_box(a.box, 1, 1 << 30, 1 << 30), b.box)
    if not (near[2] and near[3]):
        return False
    x, y, w, h = near
    wide = a.window((x - 1, y - 1, w + 2, h + 2)) > 0
    grown = np.zeros((h, w), bool)
    for row in range(3):
        for column in range(3):
            grown |= wide[row : row + h, column : column + w]
    return bool((grown & (b.window(near) > 0)).any())


def _grouped(holes: Sequence[Hole]) -> list[list[Hole]]:
    groups: list[list[Hole]] = []
    for hole in holes:
        touching = [g for g in groups if any(_touch(h.mask, hole.mask) for h in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([h for g in touching for h in g] + [hole])
    return groups


def _run(layer: Layer, mask: Mask, options: FillOptions) -> str:
    text = f"{layer.id}/{mask.digest()}/{options.filler}/{options.seed}"
    # Named only where they are chosen, so that fills in projects from before these options are still found.
    for name, value in options.values:
        text += f"/{name} {value:.4f}" if isinstance(value, float) else f"/{name} {value}"
    if options.sample is not None:
        text += f"/sample {options.sample.digest()}"
    if layer.source_id:
        text += f"/source {layer.source_id}"
    return hashlib.sha256(text.encode()).hexdigest()


_Cached = tuple[tuple[weakref.ref[Hole], ...], tuple[Part, ...]]
_parts: OrderedDict[tuple[str, str, tuple[tuple[int, bool], ...]], _Cached] = OrderedDict()
"""By id() of the holes, which are not kept alive: an id() may belong to another hole later."""


def resting_stuff(tree: Tree, layer: Layer) -> frozenset[str]:
    """Ids of those of a layer's holes whose cutouts are stuff and at home."""
    return frozenset(h.id for h in layer.holes if h.stuff and h.owner in tree.at_home)


def parts(tree: Tree, layer: Layer) -> tuple[Part, ...]:
    """The connected parts of a layer's holes; the newest hole of a part gives its options.

    The hole of stuff at home is a part by itself and comes first: what lies in front of it is filled from it.
    """
    apart = resting_stuff(tree, layer)
    token = (layer.id, layer.source_id, tuple((id(h), h.id in apart) for h in layer.holes))
    cached = _parts.get(token)
    if cached is not None and all(ref() is hole for ref, hole in zip(cached[0], layer.holes, strict=True)):
        return cached[1]
    made = []
    alone = [[h] for h in layer.holes if h.mask and h.id in apart]
    for group in alone + _grouped([h for h in layer.holes if h.mask and h.id not in apart]):
        mask, options = unite(h.mask for h in group), group[-1].options
        run, holes = _run(layer, mask, options), tuple(h.id for h in group)
        made.append(Part(run, layer.id, mask, options, holes, layer.source_id))
    _parts[token] = (tuple(weakref.ref(hole) for hole in layer.holes), tuple(made))
    if len(_parts) > 256:
        _parts.popitem(last=False)
    return tuple(made)


def open_hole(tree: Tree, layer: Layer, box: Box) -> Mask:
    """The part of a layer's holes that shows inside a box of source pixels."""
    return unite(h.mask.clipped(box) for h in layer.holes if h.owner not in tree.at_home)
