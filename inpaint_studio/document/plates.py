"""Which parts of a layer's holes are filled together, and which holes show."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.mask import Box, Mask, Patch, boxes_meet, grow_box, intersect_boxes, unite
from inpaint_studio.document.layers import FillOptions, Hole, Layer, same_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Holes of one layer that touch and are filled together. `key` names the fill in the store."""

    key: str
    layer: str
    mask: Mask
    options: FillOptions
    holes: tuple[str, ...]


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


_Cached = tuple[tuple[Hole, ...], tuple[Part, ...]]
_parts: OrderedDict[tuple[str, tuple[int, ...]], _Cached] = OrderedDict()


def parts(layer: Layer) -> tuple[Part, ...]:
    """The connected parts of a layer's holes; the newest hole of a part gives its options."""
    token = (layer.id, tuple(id(h) for h in layer.holes))
    cached = _parts.get(token)
    if cached is not None:
        return cached[1]
    made = []
    for group in _grouped([h for h in layer.holes if h.mask]):
        mask, options = unite(h.mask for h in group), group[-1].options
        text = f"{layer.id}/{mask.digest()}/{options.filler}/{options.seed}"
        made.append(
            Part(
                hashlib.sha256(text.encode()).hexdigest(), layer.id, mask, options, tuple(h.id for h in group)
            )
        )
    # The holes are kept beside the answer, so that no other object can come to have their id().
    _parts[token] = (layer.holes, tuple(made))
    if len(_parts) > 256:
        _parts.popitem(last=False)
    return tuple(made)


def _plain(layer: Layer) -> bool:
    return layer.visible and layer.opacity == 1 and layer.blend == "normal"


def _rests(layers: Sequence[Layer], index: int, resting: set[str]) -> bool:
    layer = layers[index]
    below = next((i for i in range(index) if layers[i].id == layer.parent), None)
    if below is None or layer.kind != "cutout" or layer.holes or not _plain(layer):
        return False
    parent = layers[below]
    if not _plain(parent) or not same_mapping(layer.transform, parent.transform):
        return False
    if not any(h.owner == layer.id for h in parent.holes):
        return False
    bounds = layer.bounds()
    return not any(
        other.visible and other.id not in resting and boxes_meet(bounds, other.bounds())
        for other in layers[below + 1 : index]
    )


_home: OrderedDict[int, tuple[tuple[Layer, ...], frozenset[str]]] = OrderedDict()


def at_home(layers: tuple[Layer, ...]) -> frozenset[str]:
    """Ids of the cutouts that lie untouched where they were lifted, nothing between them and their parent.

    Such a cutout is not drawn and its hole stays closed, so that the picture is exactly the photo.
    `layers` are bottom first.
    """
    cached = _home.get(id(layers))
    if cached is not None and cached[0] is layers:
        return cached[1]
    resting: set[str] = set()
    for index, layer in enumerate(layers):
        if _rests(layers, index, resting):
            resting.add(layer.id)
    _home[id(layers)] = (layers, frozenset(resting))
    if len(_home) > 8:
        _home.popitem(last=False)
    return frozenset(resting)


def open_hole(layers: tuple[Layer, ...], layer: Layer, box: Box) -> Mask:
    """The part of a layer's holes that shows inside a box of source pixels."""
    resting = at_home(layers)
    return unite(h.mask.clipped(box) for h in layer.holes if h.owner not in resting)


class FillStore:
    """Fills by the key of their part: derived data, kept up to a number of bytes, oldest out first."""

    def __init__(self, limit_bytes: int = 768 << 20) -> None:
        self._fills: OrderedDict[str, tuple[Patch, bool]] = OrderedDict()
        self._limit = limit_bytes

    def get(self, key: str) -> Patch | None:
        entry = self._fills.get(key)
        if entry is None:
            return None
        self._fills.move_to_end(key)
        return entry[0]

    def is_final(self, key: str) -> bool:
        entry = self._fills.get(key)
        return entry is not None and entry[1]

    def put(self, key: str, patch: Patch, final: bool = True) -> None:
        if self.is_final(key) and not final:
            return
        self._fills[key] = (patch, final)
        self._fills.move_to_end(key)
        while self.bytes > self._limit and len(self._fills) > 1:
            self._fills.popitem(last=False)

    @property
    def bytes(self) -> int:
        return sum(patch.crop.nbytes for patch, _ in self._fills.values())
