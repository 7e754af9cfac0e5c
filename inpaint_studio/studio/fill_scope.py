"""Which holes a choice among fills is made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.document import parts
from inpaint_studio.studio.fill_options import part_of

if TYPE_CHECKING:
    from inpaint_studio.document import Document, FillOptions, Layer, Part


@dataclass(frozen=True, slots=True)
class Scope:
    """What a choice is made for: `holes` of a layer. `part` is the one looked at, None for all of them."""

    layer: Layer
    holes: tuple[str, ...]
    part: Part | None
    options: FillOptions


def scope(document: Document, active: str | None, hole: str | None) -> Scope | None:
    """The part that a hole belongs to, else the holes of the active layer, that behind it, or of another."""
    looked = None if hole is None else part_of(document, hole)
    if looked is not None:
        layer, part = looked
        return Scope(layer, part.holes, part, part.options)
    others = (layer.id for layer in reversed(document.layers))
    candidates = (scope_of(document, layer_id) for layer_id in (active, *others))
    return next((found for found in candidates if found is not None), None)


def scope_of(document: Document, layer_id: str | None) -> Scope | None:
    """All holes of a layer, or of a cutout without holes the part that it left where it was lifted."""
    layer = document.state.layer(layer_id)
    if layer is None:
        return None
    if layer.holes:
        return Scope(layer, tuple(h.id for h in layer.holes), None, layer.holes[-1].options)
    origin = document.tree.origin(layer)
    behind = [h.id for h in origin.holes if h.owner == layer.id] if origin is not None else []
    if origin is None or not behind:
        return None
    part = next((p for p in parts(document.tree, origin) if behind[-1] in p.holes), None)
    return None if part is None else Scope(origin, part.holes, None, part.options)
