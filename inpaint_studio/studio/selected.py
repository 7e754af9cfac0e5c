"""What is done with the selection, or an area like one: to the active cutout it lies on, else the backdrop.

Areas are masks in canvas pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.studio import lift
from inpaint_studio.studio.selections import to_source

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Layer


def _on_cutout(document: Document, active: str | None, area: Mask) -> tuple[Layer | None, Mask]:
    """The active layer if it has a mask of its own, and the part of an area that lies on it."""
    layer = document.state.layer(active)
    if layer is None or not layer.movable or layer.mask is None:
        return None, Mask.empty()
    return layer, to_source(layer, area).intersection(layer.mask)


def _target(document: Document, active: str | None, area: Mask) -> tuple[str | None, Mask]:
    """The layer that an area is lifted or removed from, None for the backdrop, and the area in its pixels."""
    cutout, inside = _on_cutout(document, active, area)
    if cutout is not None and inside.area > 0.5 * max(1, to_source(cutout, area).area):
        return cutout.id, inside
    return None, to_source(document.tree.base, area)


def _selection(document: Document) -> Mask:
    if document.state.selection is None:
        raise StudioError(message("no_selection"))
    return document.state.selection


def lift_selection(document: Document, active: str | None) -> str:
    """Makes a cutout of the selection and returns its id. Raises StudioError if nothing is selected there."""
    layer_id, mask = _target(document, active, _selection(document))
    return lift.lift(document, mask, "object", layer_id)


def remove_selection(document: Document, active: str | None) -> str | None:
    """Cuts the selection off the active cutout it lies on, else fills over it and returns the hole's id."""
    selection = _selection(document)
    cutout, inside = _on_cutout(document, active, selection)
    if cutout is None or cutout.mask is None or not inside:
        return remove_area(document, active, selection, "selection")
    rest = cutout.mask.minus(to_source(cutout, selection))
    lift.refine(document, cutout.id, rest, "step.erase_selection")
    return None


def remove_area(document: Document, active: str | None, area: Mask, label: str) -> str:
    """Fills over an area of the layer it lies on and returns the hole's id."""
    layer_id, inside = _target(document, active, area)
    return lift.remove(document, inside, label, layer_id)
