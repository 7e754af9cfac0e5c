"""The Layer menu, and what else one can do to a layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.basics.messages import inside_sentence
from inpaint_studio.basics.values import Number, Text
from inpaint_studio.document.nodes import NODE_TYPES
from inpaint_studio.document.properties import Data, properties
from inpaint_studio.render.adjustments import ADJUSTMENTS
from inpaint_studio.studio import edit, enhance, groups, lift, match
from inpaint_studio.studio.properties import locked_against, set_property, settable
from inpaint_studio.studio.several import each
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import LAYER, SELECTED, TOGETHER
from inpaint_studio.studio.verbs.parameters import (
    Coverage,
    Parameter,
    Pixels,
)
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask, Patch
    from inpaint_studio.document.properties import Property
    from inpaint_studio.render.adjustment import AdjustmentInfo
    from inpaint_studio.studio.verbs.verb import VerbContext


def _duplicate(context: VerbContext) -> None:
    document, key = context.opened, context.merge_key
    made = each(
        document, context.outermost_ids, "step.duplicate_several",
        lambda node_id: edit.duplicate(document, node_id, key), key,
    )  # fmt: skip
    context.active, context.selected = made[-1], tuple(made)


def _put_back(context: VerbContext) -> None:
    document = context.opened
    each(
        document,
        context.chosen_ids,
        "step.put_back_several",
        lambda node_id: edit.put_back(document, node_id),
    )


def delete_layers(context: VerbContext) -> None:
    """Deletes the chosen nodes; the holes that they left where they were lifted show from now on."""
    document, ids = context.opened, context.outermost_ids
    origins = [document.tree.origin(document.node(node_id)) for node_id in ids]
    holes = [hole for origin in origins if origin is not None for hole in origin.holes if hole.owner in ids]
    each(document, ids, "step.delete_several", lambda node_id: edit.delete(document, node_id))
    context.uncovered = holes[-1].id if holes else None


def _set_together(context: VerbContext, name: str, value: object) -> None:
    """Gives all chosen nodes that have a property a value."""
    document, key = context.opened, context.merge_key
    having = [node_id for node_id in context.chosen_ids if name in settable(document.node(node_id))]
    with_it = having or [context.chosen.id]
    if len(with_it) == 1:
        set_property(document, with_it[0], name, value, key)
        return
    label = settable(document.node(with_it[0]))[name].label
    with document.one_step(message("step.set_several", property=label, count=len(with_it)), key):
        for node_id in with_it:
            set_property(document, node_id, name, value)


def _toggle_visible(context: VerbContext) -> None:
    _set_together(context, "visible", not context.chosen.visible)


def _visible_named(context: VerbContext) -> Message:
    return message("layer.show" if context.node is not None and not context.node.visible else "layer.hide")


def _toggle_locked(context: VerbContext) -> None:
    _set_together(context, "locked", not context.chosen.locked)


def _locked_named(context: VerbContext) -> Message:
    return message("layer.unlock" if context.node is not None and context.node.locked else "layer.lock")


def _solo(context: VerbContext) -> None:
    """A way of looking, not of the document: no step of history."""
    context.solo = None if context.solo == context.chosen.id else context.chosen.id


def _solo_named(context: VerbContext) -> Message:
    alone = context.solo is not None and context.solo == context.active
    return message("layer.all" if alone else "layer.alone")


def _adjust(adjustment: str, context: VerbContext) -> None:
    context.active = groups.add_adjustment(context.opened, adjustment, context.active)


def _adding(info: AdjustmentInfo) -> Verb:
    """The verb that adds an adjustment above the active node."""
    return Verb(
        f"layer.add_{info.id}", f"Add {inside_sentence(info.title)}", "Layer > Adjust", (), when.node,
        partial(_adjust, info.id), (LAYER,), line=info is ADJUSTMENTS[next(iter(ADJUSTMENTS))],
    )  # fmt: skip


def _set_mask(context: VerbContext, mask: Mask | None) -> None:
    lift.refine(context.opened, context.chosen.id, _something(context, mask))


def _set_edge(context: VerbContext, mask: Mask | None, colours: Patch | None) -> None:
    new = _something(context, mask)
    lift.refine(context.opened, context.chosen.id, new, "step.refine_edge", colours=colours)


def _something(context: VerbContext, mask: Mask | None) -> Mask:
    if not mask:
        raise StudioError(message("layer.nothing_left", name=context.chosen.name))
    return mask


def _match(context: VerbContext, amount: float) -> None:
    """Matches the active layer here and now."""
    match.match(context.opened, context.chosen.id, amount)


def _set_colours(context: VerbContext, colours: Patch | None) -> None:
    if colours is not None:
        match.apply(context.opened, context.chosen.id, colours)


def _enhance(context: VerbContext, strength: float) -> None:
    """Enhances the active layer here and now: takes long."""
    wanted = enhance.request(context.opened, context.chosen.id, strength)
    enhance.apply(context.opened, wanted, enhance.run(wanted))


def _set(name: str, context: VerbContext, value: object) -> None:
    set_property(context.opened, context.chosen.id, name, value, context.merge_key)


def _set_all(name: str, context: VerbContext, value: object) -> None:
    _set_together(context, name, value)


def _may_set(name: str, context: VerbContext) -> Message | None:
    node = context.node
    if node is None:
        return when.node(context)
    if name not in settable(node):
        return message("property.unknown", name=node.name, property=name)
    return locked_against(context.opened.tree, node, name)


def _setting(declared: Property) -> Verb:
    """The verb that sets a declared property."""
    assert not isinstance(declared.value, Data)
    name, value = declared.name, Parameter("value", declared.value, declared.label)
    return Verb(
        f"layer.{name}", declared.label, possible=partial(_may_set, name), do=partial(_set_all, name),
        parameters=(LAYER, value, SELECTED),
    )  # fmt: skip


_DECLARED = {name: each for kind in NODE_TYPES.values() for name, each in properties(kind).items()} | {
    each.name: each for info in ADJUSTMENTS.values() for each in info.parameters
}
PROPERTIES = tuple(_setting(each) for each in _DECLARED.values() if each.step and each.name != "name")
"""Setting what is declared with nodes; their names stand in the menu, the others in panels."""


_MASK = Parameter("mask", Coverage(), "Mask, in pixels of the layer’s source")

LAYERS = (
    Verb(
        "layer.name", "Rename", "Layer", ("F2",), when.node, partial(_set, "name"),
        (LAYER, Parameter("value", Text(), "Name")), places=("layer",), interactive=True,
    ),
    Verb(
        "layer.duplicate", "Duplicate", "Layer", ("Ctrl+J",), when.node, _duplicate, TOGETHER,
        places=("layer",),
    ),
    Verb(
        "layer.put_back", "Put back", "Layer", ("Ctrl+Shift+J",), when.of_each(when.lifted), _put_back,
        TOGETHER,
        places=("layer",),
    ),
    Verb(
        "edge.refine", "Refine edge…", "Layer", ("Ctrl+Alt+R",), when.edge, line=True, places=("selection",)
    ),
    Verb("layer.refine_edge", "Refine edge…", possible=when.masked, places=("layer",)),
    Verb(
        "layer.enhance", "Enhance…", "Layer", (), when.unlocked, _enhance,
        (LAYER, Parameter("strength", Number(0, 1, "%", 100), "Strength", 1.0)),
        places=("layer",), interactive=True,
    ),
    Verb(
        "layer.match", "Match to its place…", "Layer", (), when.free_layer, _match,
        (LAYER, Parameter("amount", Number(0, 1, "%", 100), "Match", 1.0, "How much of the look around")),
        places=("layer",), interactive=True,
    ),
    Verb(
        "layer.toggle_visible", "Hide or show", "Layer", (), when.node, _toggle_visible, TOGETHER,
        line=True, places=("layer",), naming=_visible_named,
    ),
    Verb(
        "layer.toggle_locked", "Lock or unlock", "Layer", (), when.node, _toggle_locked, TOGETHER,
        places=("layer",), naming=_locked_named,
    ),
    Verb(
        "layer.solo", "Show only this", "Layer", (), when.node, _solo, (LAYER,), places=("layer",),
        naming=_solo_named,
    ),
)  # fmt: skip

ADJUST_AND_DELETE = (
    *(_adding(info) for info in ADJUSTMENTS.values()),
    Verb(
        "layer.delete", "Delete layer", "Layer", (), when.of_each(when.free), delete_layers, TOGETHER,
        line=True, places=("layer",),
    ),
    Verb(
        "layer.colours", "Give a layer colours", possible=when.free_layer, do=_set_colours,
        parameters=(LAYER, Parameter("colours", Pixels(), "Colours, in pixels of the layer’s source")),
    ),
    Verb("layer.mask", "Give a cutout a mask", possible=when.masked, do=_set_mask, parameters=(LAYER, _MASK)),
    Verb(
        "layer.edge", "Give a cutout an edge", possible=when.masked, do=_set_edge,
        parameters=(LAYER, _MASK, Parameter("colours", Pixels(), "Colours", None)),
    ),
)  # fmt: skip
