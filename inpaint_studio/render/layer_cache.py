"""Pictures of single layers in the document's cache, square by square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.document.plates import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.document import Layer, Snapshot

_TILE = 512
_SHARE = 3
"""A square is made whole and kept once one part in so many of it was asked for: before that the layer may
have changed again, as under a brush."""


def kept(
    snapshot: Snapshot,
    layer: Layer,
    key: tuple[object, ...] | None,
    whole: Box,
    wanted: Box,
    make: Callable[[Box], Pixels],
    dtype: DTypeLike,
) -> Pixels:
    """A wanted box of a whole picture of a layer, made by `make` or out of the cache under `key`.

    Made in squares, each of which is made whole and kept once enough of it was asked for. None as a key is
    for what is not worth keeping.
    """
    if key is None:
        return make(wanted)
    own, origins = content(snapshot, layer)
    x, y, w, h = wanted
    out: Pixels | None = None
    for tile in _tiles(whole, wanted):
        part = intersect_boxes(tile, wanted)
        piece = _piece(snapshot, (*key, np.dtype(dtype), own, tile), origins, tile, part, make)
        if part == wanted:
            return piece
        if out is None:
            out = np.empty((h, w, piece.shape[2]), piece.dtype)
        out[part[1] - y : part[1] - y + part[3], part[0] - x : part[0] - x + part[2]] = piece
    assert out is not None
    return out


def _tiles(whole: Box, wanted: Box) -> Iterator[Box]:
    left, top = (wanted[i] - (wanted[i] - whole[i]) % _TILE for i in (0, 1))
    for y in range(top, wanted[1] + wanted[3], _TILE):
        for x in range(left, wanted[0] + wanted[2], _TILE):
            yield intersect_boxes((x, y, _TILE, _TILE), whole)


def _piece(
    snapshot: Snapshot,
    key: tuple[object, ...],
    origins: list[Pixels],
    tile: Box,
    part: Box,
    make: Callable[[Box], Pixels],
) -> Pixels:
    """A part of a square; what is kept of it before it is made whole is how much was asked for."""
    found: Pixels | int | None = snapshot.cache.get(key, origins)
    if found is None or isinstance(found, int):
        asked = (found or 0) + part[2] * part[3]
        if asked * _SHARE < tile[2] * tile[3]:
            snapshot.cache.put(key, origins, asked, 0)
            return make(part)
        found = make(tile)
        snapshot.cache.put(key, origins, found, found.nbytes)
    x, y, w, h = part[0] - tile[0], part[1] - tile[1], part[2], part[3]
    return found[y : y + h, x : x + w]


def content(snapshot: Snapshot, layer: Layer) -> tuple[tuple[object, ...], list[Pixels]]:
    """What a layer's own pixels come from: a key, and the arrays."""
    tree = snapshot.state.tree
    patches = [patch for part in parts(tree, layer) for patch, _ in snapshot.fills.showing(part)]
    resting = tree.at_home if layer.holes else frozenset()
    pieces = [
        p for p in (layer.mask, layer.colours, *(h.mask for h in layer.holes), *patches) if p is not None
    ]
    key = (tuple((p.x, p.y) for p in pieces), tuple(h.owner in resting for h in layer.holes))
    return key, [layer.source, *(p.crop for p in pieces)]
