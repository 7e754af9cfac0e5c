"""Which parts of a layer's holes are filled together, and which holes show."""

from __future__ import annotations

import hashlib
import weakref
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.mask import Box, Mask, boxes_meet, grow_box, intersect_boxes, unite
from inpaint_studio.document.layers import FillOptions, Hole, Layer, same_mapping

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
    if options.adaptation != 1:
        text += f"/adaptation {options.adaptation:.4f}"
    if options.sample is not None:
        text += f"/sample {options.sample.digest()}"
    if layer.source_id:
        text += f"/source {layer.source_id}"
    return hashlib.sha256(text.encode()).hexdigest()


_Cached = tuple[tuple[weakref.ref[Hole], ...], tuple[Part, ...]]
_parts: OrderedDict[tuple[str, str, tuple[tuple[int, bool], ...]], _Cached] = OrderedDict()
"""By id() of the holes, which are not kept alive: an id() may belong to another hole later."""


def resting_stuff(layer: Layer, layers: tuple[Layer, ...]) -> frozenset[str]:
    """Ids of those of a layer's holes whose cutouts are stuff and at home; `layers` are all, bottom first."""
    stuff = [h for h in layer.holes if h.stuff]
    resting = at_home(layers) if stuff else frozenset()
    return frozenset(h.id for h in stuff if h.owner in resting)


def parts(layer: Layer, layers: tuple[Layer, ...]) -> tuple[Part, ...]:
    """The connected parts of a layer's holes; the newest hole of a part gives its options.

    `layers` are all of the document, bottom first. The hole of stuff at home is a part by itself and comes
    first: what lies in front of it is filled from it.
    """
    apart = resting_stuff(layer, layers)
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


def _plain(layer: Layer) -> bool:
    return layer.visible and layer.opacity == 1 and layer.blend == "normal"


def _parent_index(layers: Sequence[Layer], index: int) -> int | None:
    return next((i for i in range(index) if layers[i].id == layers[index].parent), None)


def _may_rest(layers: Sequence[Layer], index: int) -> bool:
    """Whether a layer lies untouched where it was lifted, whatever the other layers do."""
    layer, below = layers[index], _parent_index(layers, index)
    if below is None or layer.kind != "cutout" or layer.mask is None or not _plain(layer):
        return False
    parent = layers[below]
    if layer.source is not parent.source or not _plain(parent):
        return False
    if not same_mapping(layer.transform, parent.transform):
        return False
    if not any(h.owner == layer.id for h in parent.holes):
        return False
    if parent.mask is None:
        return True
    # A brush may have added what the parent does not show.
    return not ((layer.mask.crop > 127) & (parent.mask.window(layer.mask.box) == 0)).any()


def _meet(a: Mask, b: Mask) -> bool:
    common = intersect_boxes(a.box, b.box)
    return bool(common[2] and common[3] and ((a.window(common) > 0) & (b.window(common) > 0)).any())


def _disturbed(layers: Sequence[Layer], index: int, resting: set[str]) -> bool:
    """Whether something that shows lies on the parent there, or is gone from it or from the layer itself."""
    layer, below = layers[index], _parent_index(layers, index)
    if below is None or layer.mask is None or any(h.owner not in resting for h in layer.holes):
        return True
    holes = layers[below].holes
    since = next((i for i, h in enumerate(holes) if h.owner == layer.id), 0)
    # What had been removed before the layer was lifted was gone from it then, too. The hole of what stood in
    # front of stuff is filled from it, and looks like a part of it.
    gone = [h for i, h in enumerate(holes) if h.owner not in resting and (i > since or h.owner is not None)]
    if not holes[since].stuff and any(_meet(h.mask, layer.mask) for h in gone):
        return True
    bounds = layer.bounds()
    return any(
        other.visible and other.id not in resting and boxes_meet(bounds, other.bounds())
        for other in layers[below + 1 : index]
    )


def _resting(layers: Sequence[Layer]) -> set[str]:
    resting = {layer.id for i, layer in enumerate(layers) if _may_rest(layers, i)}
    while True:
        # Each one that gets up opens its hole, which may disturb others: until none does.
        up = {x.id for i, x in enumerate(layers) if x.id in resting and _disturbed(layers, i, resting)}
        if not up:
            return resting
        resting -= up


_Resting = tuple[tuple[weakref.ref[Layer], ...], frozenset[str]]
_home: OrderedDict[tuple[int, ...], _Resting] = OrderedDict()
"""By id() of the layers, which are not kept alive."""


def at_home(layers: tuple[Layer, ...]) -> frozenset[str]:
    """Ids of the cutouts that lie untouched where they were lifted, nothing between them and their parent.

    Such a cutout is not drawn and its hole stays closed, so that the picture is exactly the photo.
    `layers` are bottom first.
    """
    token = tuple(map(id, layers))
    cached = _home.get(token)
    if cached is not None and all(ref() is layer for ref, layer in zip(cached[0], layers, strict=True)):
        return cached[1]
    resting = frozenset(_resting(layers))
    _home[token] = (tuple(weakref.ref(layer) for layer in layers), resting)
    if len(_home) > 8:
        _home.popitem(last=False)
    return resting


def open_hole(layers: tuple[Layer, ...], layer: Layer, box: Box) -> Mask:
    """The part of a layer's holes that shows inside a box of source pixels."""
    resting = at_home(layers)
    return unite(h.mask.clipped(box) for h in layer.holes if h.owner not in resting)
