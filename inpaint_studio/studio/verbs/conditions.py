"""When verbs can be done: each gives None, or the sentence why not and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, message

if TYPE_CHECKING:
    from inpaint_studio.studio.verbs.verb import VerbContext


def document(context: VerbContext) -> Message | None:
    return message("no_document") if context.document is None else None


def selection(context: VerbContext) -> Message | None:
    if context.document is None:
        return message("no_document")
    return message("no_selection") if context.document.state.selection is None else None


def things(context: VerbContext) -> Message | None:
    """Things were found that can be lifted."""
    if context.document is None:
        return message("no_document")
    found = any(o.kind == "thing" for o in context.document.state.found)
    return None if found else message("nothing_found")


def pointed(context: VerbContext) -> Message | None:
    """An object that was found is pointed at."""
    if context.document is None:
        return message("no_document")
    there = context.pointed is not None and context.pointed in context.document.state.found
    return None if there else message("nothing_pointed")


def layer(context: VerbContext) -> Message | None:
    """A layer is active, be it the backdrop."""
    if context.document is None:
        return message("no_document")
    return message("no_layer") if context.layer is None else None


def above_backdrop(context: VerbContext) -> Message | None:
    """The active layer is not the backdrop."""
    active = context.layer
    if active is None:
        return layer(context)
    return message("backdrop.stays") if not active.movable else None


def movable(context: VerbContext) -> Message | None:
    """The active layer is not the backdrop and not locked."""
    active = context.layer
    if active is not None and active.movable and active.locked:
        return message("layer.locked", name=active.name)
    return above_backdrop(context)


def unlocked(context: VerbContext) -> Message | None:
    """The active layer is not locked; the backdrop is never taken to be."""
    return layer(context) if context.layer is None or not context.layer.movable else movable(context)


def lifted(context: VerbContext) -> Message | None:
    """The active layer was lifted from one that is still there."""
    refusal, active = movable(context), context.layer
    if refusal is not None or active is None or context.document is None:
        return refusal
    there = context.document.tree.origin(active) is not None
    return None if there else message("layer.not_lifted", name=active.name)


def not_in_front(context: VerbContext) -> Message | None:
    refusal, active = movable(context), context.layer
    if refusal is None and active is not None and context.opened.tree.siblings(active.id)[-1] is active:
        return message("layer.in_front", name=active.name)
    return refusal


def not_at_back(context: VerbContext) -> Message | None:
    refusal, active = movable(context), context.layer
    if refusal is None and active is not None:
        free = [node for node in context.opened.tree.siblings(active.id) if node.movable]
        if free[0] is active:
            return message("layer.at_back", name=active.name)
    return refusal


def masked(context: VerbContext) -> Message | None:
    """The active layer is a cutout, or another layer with a mask, and not locked."""
    if context.document is None:
        return message("no_document")
    active = context.layer
    if active is None or not active.movable or active.mask is None:
        return message("no_cutout")
    return movable(context)


def edge(context: VerbContext) -> Message | None:
    """There is an edge to refine: of the selection, else of the active layer."""
    return None if selection(context) is None else masked(context)


def hole(context: VerbContext) -> Message | None:
    """A layer has a hole."""
    if context.document is None:
        return message("no_document")
    return None if any(x.holes for x in context.document.layers) else message("no_hole")


def can_undo(context: VerbContext) -> Message | None:
    return document(context) or (None if context.opened.can_undo else message("nothing_to_undo"))


def can_redo(context: VerbContext) -> Message | None:
    return document(context) or (None if context.opened.can_redo else message("nothing_to_redo"))
