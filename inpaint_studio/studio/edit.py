"""What one can do to layers: one verb each, one step of history each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import FoundObject, StudioError, message
from inpaint_studio.document import Document, Layer, Transform, at_home, parts
from inpaint_studio.document.layers import new_id
from inpaint_studio.studio.frames import mask_on_parent
from inpaint_studio.studio.names import copy_name

if TYPE_CHECKING:
    from inpaint_studio.document import State


_SMALLEST_SCALE = 1e-4
_MOST_PIXELS = 100_000_000
"""A layer may cover this many canvas pixels, or twice the canvas: each takes up to 32 bytes to warp."""


def _with_layers(state: State, layers: tuple[Layer, ...]) -> State:
    return replace(state, layers=layers)


def _movable(document: Document, layer_id: str) -> Layer:
    layer = document.layer(layer_id)
    if layer.kind == "backdrop":
        raise StudioError(message("backdrop.stays"))
    if layer.locked:
        raise StudioError(message("layer.locked", name=layer.name))
    return layer


def transform(
    document: Document, layer_id: str, new: Transform, merge_key: str | None = None, step: str = "step.move"
) -> None:
    """Moves, scales, turns or flips a layer; `step` is the id of the step's name.

    Raises StudioError where nothing or too much would be left.
    """
    layer = _movable(document, layer_id)
    if new == layer.transform:
        return
    if not all(abs(scale) >= _SMALLEST_SCALE for scale in (new.scale_x, new.scale_y)):
        raise StudioError(message("layer.too_small", name=layer.name))
    after = replace(layer, transform=new)
    width, height = after.bounds()[2:]
    if width * height > max(_MOST_PIXELS, 2 * document.canvas[2] * document.canvas[3], _area(layer)):
        raise StudioError(message("layer.too_large", name=layer.name))
    document.update_layer(message(step, name=layer.name), after, merge_key)


def _area(layer: Layer) -> int:
    width, height = layer.bounds()[2:]
    return width * height


def flip(document: Document, layer_id: str, *, horizontal: bool) -> None:
    """Mirrors a layer about the middle of what shows of it."""
    layer = _movable(document, layer_id)
    x, y, w, h = layer.source_box
    about = layer.transform.rebased((x + w / 2, y + h / 2))
    # Turned layers: mirroring on the canvas is mirroring the source and turning the other way.
    new = replace(about, degrees=-about.degrees)
    new = replace(new, scale_x=-new.scale_x) if horizontal else replace(new, scale_y=-new.scale_y)
    transform(document, layer_id, new, step="step.flip")


def solo(document: Document, layer_id: str) -> None:
    """Shows one layer alone; if it is alone already, shows all."""
    alone = all(x.visible == (x.id == layer_id) for x in document.layers)
    layers = tuple(replace(x, visible=alone or x.id == layer_id) for x in document.layers)
    only = message("step.show_only", name=document.layer(layer_id).name)
    document.apply(message("step.show_all") if alone else only, _with_layers(document.state, layers))


def reorder(document: Document, layer_id: str, index: int) -> None:
    """Puts a layer at a place counted from the bottom; the backdrop stays below all."""
    layer = _movable(document, layer_id)
    rest = [x for x in document.layers if x.id != layer_id]
    lowest = 1 if rest and rest[0].kind == "backdrop" else 0
    place = min(max(index, lowest), len(rest))
    layers = (*rest[:place], layer, *rest[place:])
    if layers != document.layers:
        document.apply(message("step.reorder", name=layer.name), _with_layers(document.state, layers))


def delete(document: Document, layer_id: str) -> None:
    """Removes a layer; the hole it was lifted from stays, filled."""
    layer = _movable(document, layer_id)
    layers = tuple(x for x in document.layers if x.id != layer_id)
    document.apply(message("step.delete", name=layer.name), _with_layers(document.state, layers))


def duplicate(document: Document, layer_id: str, merge_key: str | None = None) -> str:
    """Puts a copy above a layer and returns its id.

    The copy shows what the layer shows, holes and fills included, but nothing was lifted from it and it
    was lifted from nothing.
    """
    layer, resting = document.layer(layer_id), at_home(document.layers)
    holes = tuple(replace(h, owner=None, id=new_id()) for h in layer.holes if h.owner not in resting)
    copy = replace(
        layer, id=new_id(), name=copy_name(document, layer.name), parent=None, holes=holes, locked=False
    )
    if layer.kind == "backdrop":
        copy = replace(copy, kind="picture")
    for part in parts(copy, document.layers):
        own = parts(layer, document.layers)
        same = next((p for p in own if p.mask.same(part.mask) and p.options == part.options), None)
        patch = None if same is None else document.fills.get(same.key)
        if same is not None and patch is not None:
            document.fills.put(part, patch, document.fills.is_final(same.key))
    index = document.state.index(layer_id) + 1
    layers = (*document.layers[:index], copy, *document.layers[index:])
    document.apply(
        message("step.duplicate", name=layer.name), _with_layers(document.state, layers), merge_key
    )
    return copy.id


def put_back(document: Document, layer_id: str) -> None:
    """Undoes a lift: the cutout goes, and so does the hole it left."""
    layer = _movable(document, layer_id)
    if layer.parent is None or document.state.layer(layer.parent) is None:
        raise StudioError(message("layer.not_lifted", name=layer.name))
    layers = tuple(
        replace(x, holes=tuple(h for h in x.holes if h.owner != layer_id)) if x.id == layer.parent else x
        for x in document.layers
        if x.id != layer_id
    )
    state = _with_layers(document.state, layers)
    if layer.mask is not None and layer.label is not None and layer.parent == document.layers[0].id:
        # It can be pointed at and lifted again.
        mask = mask_on_parent(layer, layer.mask, document.layers[0])
        stuff = any(h.stuff for h in document.layers[0].holes if h.owner == layer_id)
        found = FoundObject(mask, layer.label, 1.0, "area" if stuff else "thing")
        state = replace(state, found=(*state.found, found))
    document.apply(message("step.put_back", name=layer.name), state)
