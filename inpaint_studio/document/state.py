"""One moment of a document, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.basics import FoundObject
from inpaint_studio.basics.mask import Box, Mask, unite_boxes
from inpaint_studio.document.layers import Layer, reach
from inpaint_studio.document.plates import at_home, parts
from inpaint_studio.document.properties import DRAWN, Affects, changed


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everything undo restores. Immutable: a step of history is two of these, sharing all pixels.

    `layers` are bottom first; `selection` is in canvas pixels; `found` in pixels of the backdrop.
    """

    canvas: Box
    layers: tuple[Layer, ...]
    selection: Mask | None = None
    found: tuple[FoundObject, ...] = ()

    def layer(self, layer_id: str | None) -> Layer | None:
        return next((layer for layer in self.layers if layer.id == layer_id), None)

    def index(self, layer_id: str) -> int:
        """Position from the bottom. Raises KeyError for an unknown id."""
        for i, layer in enumerate(self.layers):
            if layer.id == layer_id:
                return i
        raise KeyError(layer_id)


@dataclass(frozen=True, slots=True)
class Change:
    """What a listener must redraw: a rectangle of the canvas, and which aspects changed."""

    rect: Box
    layers: bool = False
    selection: bool = False
    found: bool = False
    canvas: bool = False
    fills: bool = False


def _hole_boxes(before: Layer, after: Layer, states: tuple[State, State]) -> list[Box]:
    # Parts, not holes: a hole that touches others changes the fill of all of them.
    old = {p.key: p for p in parts(before, states[0].layers)}
    new = {p.key: p for p in parts(after, states[1].layers)}
    boxes = [{**old, **new}[key].mask.box for key in old.keys() ^ new.keys()]
    owners = {(h.owner, h.mask) for h in before.holes} ^ {(h.owner, h.mask) for h in after.holes}
    return [reach(after.transform, box) for box in (*boxes, *(mask.box for _, mask in owners))]


def _reordered(ids: list[str], after: State) -> list[Box]:
    """Boxes of the layers from the lowest that changed places."""
    now = {x.id for x in after.layers}
    then, kept = [key for key in ids if key in now], [x for x in after.layers if x.id in ids]
    first = next((i for i, x in enumerate(kept) if x.id != then[i]), len(kept))
    return [x.bounds() for x in kept[first:]]


def _woken(before: State, after: State) -> list[Box]:
    """Boxes of cutouts that rested in one state only, and of the holes they came from, a little larger."""
    changed = at_home(before.layers) ^ at_home(after.layers)
    layers = (*before.layers, *after.layers) if changed else ()
    boxes = [x.bounds() for x in layers if x.id in changed]
    return boxes + [reach(x.transform, h.mask.box) for x in layers for h in x.holes if h.owner in changed]


def _layer_boxes(before: Layer, after: Layer, states: tuple[State, State]) -> list[Box]:
    seen = changed(before, after)
    if seen & DRAWN:
        return [before.bounds(), after.bounds()]
    # Whether a hole of stuff is a part by itself depends on where its cutout is.
    concerned = seen & Affects.HOLES or any(hole.stuff for hole in after.holes)
    return _hole_boxes(before, after, states) if concerned else []


def difference(before: State, after: State) -> Change:
    """What changed between two states of one document."""
    old, new = {x.id: x for x in before.layers}, {x.id: x for x in after.layers}
    boxes: list[Box] = []
    for key in old.keys() | new.keys():
        a, b = old.get(key), new.get(key)
        if a is not None and b is not None:
            boxes += _layer_boxes(a, b, (before, after)) if a is not b or a.holes else []
        else:
            boxes += [x.bounds() for x in (a, b) if x is not None]
    boxes += _reordered([x.id for x in before.layers], after)
    boxes += _woken(before, after)
    return Change(
        unite_boxes(boxes),
        layers=before.layers != after.layers,
        selection=before.selection is not after.selection,
        found=before.found is not after.found,
        canvas=before.canvas != after.canvas,
    )
