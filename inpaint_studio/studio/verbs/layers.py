"""The Layer menu, and what else one can do to a layer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.basics.messages import inside_sentence
from inpaint_studio.basics.values import Choice, Number, Text
from inpaint_studio.document.nodes import NODE_TYPES, Group
from inpaint_studio.document.properties import Data, properties
from inpaint_studio.render.adjustments import ADJUSTMENTS
from inpaint_studio.studio import edit, enhance, groups, lift
from inpaint_studio.studio.frames import home
from inpaint_studio.studio.properties import locked_against, set_property, settable
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import LAYER, SELECTED
from inpaint_studio.studio.verbs.parameters import (
    Coverage,
    InGroup,
    Parameter,
    Pixels,
    Placement,
    Whole,
)
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask, Patch
    from inpaint_studio.document import Transform
    from inpaint_studio.document.properties import Property
    from inpaint_studio.render.adjustment import AdjustmentInfo
    from inpaint_studio.studio.verbs.verb import VerbContext


def _duplicate(context: VerbContext) -> None:
    context.active = edit.duplicate(context.opened, context.chosen.id, context.merge_key)


def _put_back(context: VerbContext) -> None:
    edit.put_back(context.opened, context.chosen.id)


def delete_layer(context: VerbContext) -> None:
    """Deletes the active layer; the hole that it left where it was lifted shows from now on."""
    node = context.chosen
    origin = context.opened.tree.origin(node)
    holes = origin.holes if origin is not None else ()
    edit.delete(context.opened, node.id)
    context.uncovered = next((h.id for h in holes if h.owner == node.id), None)


def _toggle_visible(context: VerbContext) -> None:
    set_property(context.opened, context.chosen.id, "visible", not context.chosen.visible)


def _visible_named(context: VerbContext) -> Message:
    return message("layer.show" if context.node is not None and not context.node.visible else "layer.hide")


def _toggle_locked(context: VerbContext) -> None:
    set_property(context.opened, context.chosen.id, "locked", not context.chosen.locked)


def _locked_named(context: VerbContext) -> Message:
    return message("layer.unlock" if context.node is not None and context.node.locked else "layer.lock")


def _solo(context: VerbContext) -> None:
    """A way of looking, not of the document: no step of history."""
    context.solo = None if context.solo == context.chosen.id else context.chosen.id


def _solo_named(context: VerbContext) -> Message:
    alone = context.solo is not None and context.solo == context.active
    return message("layer.all" if alone else "layer.alone")


def _flip(horizontal: bool, context: VerbContext) -> None:
    edit.flip(context.opened, context.chosen.id, horizontal=horizontal)


def _place(context: VerbContext, transform: Transform, step: str) -> None:
    edit.transform(context.opened, context.chosen.id, transform, context.merge_key, step)


def _reset(context: VerbContext) -> None:
    layer = context.chosen_layer
    place = home(context.opened.tree, layer)
    edit.transform(context.opened, layer.id, place, context.merge_key, "step.reset")


def _centre(context: VerbContext) -> None:
    """Moves the active layer to the middle of the picture, by whole pixels."""
    layer, (left, top, width, height) = context.chosen_layer, context.opened.canvas
    x, y, w, h = layer.bounds()
    dx, dy = round(left + width / 2 - x - w / 2), round(top + height / 2 - y - h / 2)
    _place(
        context, replace(layer.transform, dx=layer.transform.dx + dx, dy=layer.transform.dy + dy), "step.move"
    )


def _reorder(context: VerbContext, index: int) -> None:
    groups.reorder(context.opened, context.chosen.id, index)


def _group(context: VerbContext) -> None:
    context.active = groups.group(context.opened, context.selected)


def _ungroup(context: VerbContext) -> None:
    inside = context.chosen.children if isinstance(context.chosen, Group) else ()
    groups.ungroup(context.opened, context.chosen.id)
    context.active = inside[-1].id if inside else None


def _move_into(context: VerbContext, group: str | None, index: int) -> None:
    if group is not None and context.opened.tree.find(group) is None:
        raise StudioError(message("group.unknown"))
    groups.move_into(context.opened, context.chosen.id, group, index)


def _shift_by(context: VerbContext, dx: float, dy: float) -> None:
    groups.shift(context.opened, context.chosen.id, dx, dy, context.merge_key)


def _adjust(adjustment: str, context: VerbContext) -> None:
    context.active = groups.add_adjustment(context.opened, adjustment, context.active)


def _adding(info: AdjustmentInfo) -> Verb:
    """The verb that adds an adjustment above the active node."""
    return Verb(
        f"layer.add_{info.id}", f"Add {inside_sentence(info.title)}", "Layer", (), when.node,
        partial(_adjust, info.id), (LAYER,), line=info is ADJUSTMENTS[next(iter(ADJUSTMENTS))],
    )  # fmt: skip


def _shift(by: int, context: VerbContext) -> None:
    order = [node.id for node in context.opened.tree.siblings(context.chosen.id)]
    _reorder(context, min(max(order.index(context.chosen.id) + by, 0), len(order)))


def _set_mask(context: VerbContext, mask: Mask | None) -> None:
    lift.refine(context.opened, context.chosen.id, _something(context, mask))


def _set_edge(context: VerbContext, mask: Mask | None, colours: Patch | None) -> None:
    new = _something(context, mask)
    lift.refine(context.opened, context.chosen.id, new, "step.refine_edge", colours=colours)


def _something(context: VerbContext, mask: Mask | None) -> Mask:
    if not mask:
        raise StudioError(message("layer.nothing_left", name=context.chosen.name))
    return mask


def _enhance(context: VerbContext, strength: float) -> None:
    """Enhances the active layer here and now: takes long."""
    wanted = enhance.request(context.opened, context.chosen.id, strength)
    enhance.apply(context.opened, wanted, enhance.run(wanted))


def _set(name: str, context: VerbContext, value: object) -> None:
    set_property(context.opened, context.chosen.id, name, value, context.merge_key)


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
        f"layer.{name}", declared.label, possible=partial(_may_set, name), do=partial(_set, name),
        parameters=(LAYER, value),
    )  # fmt: skip


_DECLARED = {name: each for kind in NODE_TYPES.values() for name, each in properties(kind).items()} | {
    each.name: each for info in ADJUSTMENTS.values() for each in info.parameters
}
PROPERTIES = tuple(_setting(each) for each in _DECLARED.values() if each.step and each.name != "name")
"""Setting what is declared with nodes; their names stand in the menu, the others in panels."""


_MASK = Parameter("mask", Coverage(), "Mask, in pixels of the layer’s source")
_PIXELS = Number(-1_000_000, 1_000_000, "px")
_STEPS = Choice(("step.move", "step.scale", "step.rotate"))

LAYERS = (
    Verb(
        "layer.name", "Rename", "Layer", ("F2",), when.node, partial(_set, "name"),
        (LAYER, Parameter("value", Text(), "Name")), places=("layer",), interactive=True,
    ),
    Verb(
        "layer.duplicate", "Duplicate", "Layer", ("Ctrl+J",), when.node, _duplicate, (LAYER,),
        places=("layer",),
    ),
    Verb(
        "layer.put_back", "Put back", "Layer", ("Ctrl+Shift+J",), when.lifted, _put_back, (LAYER,),
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
        "layer.toggle_visible", "Hide or show", "Layer", (), when.node, _toggle_visible, (LAYER,),
        line=True, places=("layer",), naming=_visible_named,
    ),
    Verb(
        "layer.toggle_locked", "Lock or unlock", "Layer", (), when.node, _toggle_locked, (LAYER,),
        places=("layer",), naming=_locked_named,
    ),
    Verb(
        "layer.solo", "Show only this", "Layer", (), when.node, _solo, (LAYER,), places=("layer",),
        naming=_solo_named,
    ),
    Verb(
        "layer.flip_horizontal", "Flip horizontally", "Layer", ("Shift+H",), when.free_layer,
        partial(_flip, True), (LAYER,), line=True,
    ),
    Verb(
        "layer.flip_vertical", "Flip vertically", "Layer", ("Shift+V",), when.free_layer,
        partial(_flip, False), (LAYER,),
    ),
    Verb("layer.transform", "Transform", "Layer", ("Ctrl+T",), when.free_layer),
    Verb("layer.reset_transform", "Reset transform", "Layer", (), when.free_layer, _reset, (LAYER,)),
    Verb("layer.centre", "Centre in the picture", "Layer", (), when.free_layer, _centre, (LAYER,)),
    Verb(
        "layer.forward", "Bring forward", "Layer", ("Ctrl+]",), when.not_in_front, partial(_shift, 1),
        (LAYER,), line=True,
    ),
    Verb(
        "layer.backward", "Send backward", "Layer", ("Ctrl+[",), when.not_at_back, partial(_shift, -1),
        (LAYER,),
    ),
    Verb(
        "layer.to_front", "Bring to front", "Layer", ("Ctrl+Shift+]", "Ctrl+}"), when.not_in_front,
        partial(_shift, 1 << 16), (LAYER,),
    ),
    Verb(
        "layer.to_back", "Send to back", "Layer", ("Ctrl+Shift+[", "Ctrl+{"), when.not_at_back,
        partial(_shift, -(1 << 16)), (LAYER,),
    ),
    Verb(
        "layer.group", "Group", "Layer", ("Ctrl+G",), when.free, _group,
        (SELECTED,), line=True, places=("layer",),
    ),
    Verb(
        "layer.ungroup", "Ungroup", "Layer", ("Ctrl+Shift+G",), when.group, _ungroup, (LAYER,),
        places=("layer",),
    ),
    *(_adding(info) for info in ADJUSTMENTS.values()),
    Verb(
        "layer.delete", "Delete layer", "Layer", (), when.free, delete_layer, (LAYER,), line=True,
        places=("layer",),
    ),
    Verb(
        "layer.place", "Move, scale or turn a layer", possible=when.free_layer, do=_place,
        parameters=(
            LAYER,
            Parameter("transform", Placement(), "Transform"),
            Parameter("step", _STEPS, "Name of the step", "step.move"),
        ),
    ),
    Verb(
        "layer.shift", "Move a layer or group by pixels", possible=when.free, do=_shift_by,
        parameters=(LAYER, Parameter("dx", _PIXELS, "To the right"), Parameter("dy", _PIXELS, "Down")),
    ),
    Verb(
        "layer.reorder", "Put a layer at another place", possible=when.free, do=_reorder,
        parameters=(LAYER, Parameter("index", Whole(0, 1 << 16), "Place from the bottom")),
    ),
    Verb(
        "layer.move_into", "Put a layer into a group", possible=when.free, do=_move_into,
        parameters=(
            LAYER,
            Parameter("group", InGroup(), "Group, none for outside of all"),
            Parameter("index", Whole(0, 1 << 16), "Place from the bottom"),
        ),
    ),
    Verb("layer.mask", "Give a cutout a mask", possible=when.masked, do=_set_mask, parameters=(LAYER, _MASK)),
    Verb(
        "layer.edge", "Give a cutout an edge", possible=when.masked, do=_set_edge,
        parameters=(LAYER, _MASK, Parameter("colours", Pixels(), "Colours", None)),
    ),
)  # fmt: skip
