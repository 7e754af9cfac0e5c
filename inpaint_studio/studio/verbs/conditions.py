"""When verbs can be done: each gives None, or the sentence why not and what to do first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, message
from inpaint_studio.document import Group, Tree
from inpaint_studio.studio.locks import refusal as locked

if TYPE_CHECKING:
    from inpaint_studio.studio.verbs.verb import Condition, VerbContext


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
    found = any(o.kind == "thing" for o in context.found)
    return None if found else message("nothing_found")


def pointed(context: VerbContext) -> Message | None:
    """An object that was found is pointed at."""
    if context.document is None:
        return message("no_document")
    there = context.pointed is not None and context.pointed in context.document.state.found
    return None if there else message("nothing_pointed")


def node(context: VerbContext) -> Message | None:
    """A node is active, be it the backdrop."""
    if context.document is None:
        return message("no_document")
    return message("no_layer") if context.node is None else None


def layer(context: VerbContext) -> Message | None:
    """The active node has pixels of its own."""
    refusal, active = node(context), context.node
    if refusal is None and active is not None and context.layer is None:
        return message("layer.no_pixels", name=active.name)
    return refusal


def above_backdrop(context: VerbContext) -> Message | None:
    """The active node is a layer, and not the backdrop."""
    active = context.layer
    return layer(context) if active is None or active.movable else message("no_layer_above")


def free(context: VerbContext) -> Message | None:
    """The active node is not the backdrop and not locked."""
    active = context.node
    if active is None:
        return node(context)
    if not active.movable:
        return message("backdrop.stays")
    return locked(context.opened.tree, active.id)


def free_layer(context: VerbContext) -> Message | None:
    """The same, and it has pixels of its own."""
    return layer(context) or free(context)


def unlocked(context: VerbContext) -> Message | None:
    """The active layer is not locked; the backdrop is never taken to be."""
    backdrop = context.layer is not None and not context.layer.movable
    return None if backdrop else free_layer(context)


def group(context: VerbContext) -> Message | None:
    """The active node is a group, and not locked."""
    refusal, active = free(context), context.node
    if refusal is None and active is not None and not isinstance(active, Group):
        return message("group.none", name=active.name)
    return refusal


def lifted(context: VerbContext) -> Message | None:
    """The active layer was lifted from one that is still there."""
    refusal, active = free_layer(context), context.layer
    if refusal is None and active is not None and context.opened.tree.origin(active) is None:
        return message("layer.not_lifted", name=active.name)
    return refusal


def of_each(condition: Condition) -> Condition:
    """The condition for all nodes that are chosen together: the first refusal of one of them."""

    def checked(context: VerbContext) -> Message | None:
        if context.node is None:
            return condition(context)
        alone = (replace(context, active=each, selected=(each,)) for each in context.chosen_ids)
        return next((refusal for each in alone if (refusal := condition(each)) is not None), None)

    return checked


def of_any(condition: Condition) -> Condition:
    """The condition for any of the nodes that are chosen together: the refusal of the last if all refuse."""

    def checked(context: VerbContext) -> Message | None:
        if context.node is None:
            return condition(context)
        refusals = [condition(replace(context, active=each, selected=(each,))) for each in context.chosen_ids]
        return None if None in refusals else refusals[-1]

    return checked


def pixels(context: VerbContext) -> Message | None:
    """The active node is no backdrop, not locked, and there are pixels in it."""
    refusal, active = free(context), context.node
    if refusal is None and active is not None and not Tree((active,)).layers:
        return message("layer.no_pixels", name=active.name)
    return refusal


def three(context: VerbContext) -> Message | None:
    """Three nodes are chosen that can be spread."""
    refusal = of_each(pixels)(context)
    if refusal is None and len(context.outermost_ids) < 3:
        return message("arrange.three")
    return refusal


def _order(context: VerbContext) -> list[str]:
    """Ids of the nodes that the active one can change places with, bottom first."""
    return [each.id for each in context.opened.tree.siblings(context.chosen.id) if each.movable]


def not_in_front(context: VerbContext) -> Message | None:
    refusal = free(context)
    if refusal is None and _order(context)[-1] == context.active:
        return message("layer.in_front", name=context.chosen.name)
    return refusal


def not_at_back(context: VerbContext) -> Message | None:
    refusal = free(context)
    if refusal is None and _order(context)[0] == context.active:
        return message("layer.at_back", name=context.chosen.name)
    return refusal


def masked(context: VerbContext) -> Message | None:
    """The active layer is a cutout, or another layer with a mask, and not locked."""
    if context.document is None:
        return message("no_document")
    active = context.layer
    if active is None or not active.movable or active.mask is None:
        return message("no_cutout")
    return free(context)


def edge(context: VerbContext) -> Message | None:
    """There is an edge to refine: of the selection, else of the active layer."""
    return None if selection(context) is None else masked(context)


def hole(context: VerbContext) -> Message | None:
    """A layer has a hole."""
    if context.document is None:
        return message("no_document")
    return None if any(x.holes for x in context.document.layers) else message("no_hole")


def above(context: VerbContext) -> Message | None:
    """There is a node above the active one in the list."""
    refusal = node(context)
    if refusal is None and context.opened.tree.nodes[-1].id == context.active:
        return message("layer.in_front", name=context.chosen.name)
    return refusal


def below(context: VerbContext) -> Message | None:
    """There is a node below the active one in the list."""
    refusal = node(context)
    if refusal is None and context.opened.tree.nodes[0].id == context.active:
        return message("layer.at_back", name=context.chosen.name)
    return refusal


def can_cut(context: VerbContext) -> Message | None:
    """There is a selection, or the active node can be deleted."""
    return None if selection(context) is None else of_each(free)(context)


def can_undo(context: VerbContext) -> Message | None:
    return document(context) or (None if context.opened.can_undo else message("nothing_to_undo"))


def can_redo(context: VerbContext) -> Message | None:
    return document(context) or (None if context.opened.can_redo else message("nothing_to_redo"))
