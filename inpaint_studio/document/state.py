"""One moment of a document, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.basics import FoundObject
from inpaint_studio.basics.mask import Box, Mask, unite_boxes
from inpaint_studio.document.layers import Hole, Layer, transformed_box


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


def _hole_boxes(before: Layer, after: Layer) -> list[Box]:
    old: dict[str, Hole] = {h.id: h for h in before.holes}
    new: dict[str, Hole] = {h.id: h for h in after.holes}
    changed = [h for h in (*before.holes, *after.holes) if old.get(h.id) is not new.get(h.id)]
    return [transformed_box(after.transform, h.mask.box) for h in changed]


_DRAWN = ("mask", "colours", "transform", "opacity", "blend", "visible")


def _layer_boxes(before: Layer, after: Layer) -> list[Box]:
    drawn = any(getattr(before, name) != getattr(after, name) for name in _DRAWN)
    if drawn or before.source is not after.source:
        return [before.bounds(), after.bounds()]
    return _hole_boxes(before, after)


def difference(before: State, after: State) -> Change:
    """What changed between two states of one document."""
    old, new = {x.id: x for x in before.layers}, {x.id: x for x in after.layers}
    boxes: list[Box] = []
    for key in old.keys() | new.keys():
        a, b = old.get(key), new.get(key)
        if a is not None and b is not None:
            boxes += _layer_boxes(a, b) if a is not b else []
        else:
            boxes += [x.bounds() for x in (a, b) if x is not None]
    common = [x.id for x in before.layers if x.id in new]
    if common != [x.id for x in after.layers if x.id in old]:
        boxes += [x.bounds() for x in after.layers[1:]]
    # A layer that comes, goes or moves opens or closes the hole it came from, a little larger than it.
    moved = {k for k in old.keys() | new.keys() if old.get(k) is not new.get(k)}
    for layer in after.layers:
        boxes += [transformed_box(layer.transform, h.mask.box) for h in layer.holes if h.owner in moved]
    return Change(
        unite_boxes(boxes),
        layers=before.layers != after.layers,
        selection=before.selection is not after.selection,
        found=before.found is not after.found,
        canvas=before.canvas != after.canvas,
    )
