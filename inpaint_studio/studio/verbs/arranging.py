"""The Layer menu: where layers lie, and their order and groups."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.mask import unite_boxes
from inpaint_studio.basics.values import Choice, Number
from inpaint_studio.document import Group, Layer
from inpaint_studio.studio import arrange, edit, groups
from inpaint_studio.studio.frames import home
from inpaint_studio.studio.several import each
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import LAYER, SELECTED, TOGETHER
from inpaint_studio.studio.verbs.parameters import InGroup, Parameter, Placement, Whole
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.document import Transform
    from inpaint_studio.studio.verbs.verb import VerbContext


def _flip(horizontal: bool, context: VerbContext) -> None:
    nodes = [context.opened.node(node_id) for node_id in context.outermost_ids]
    if len(nodes) == 1 and isinstance(nodes[0], Layer):
        edit.flip(context.opened, nodes[0].id, horizontal=horizontal)
        return
    x, y, w, h = unite_boxes(arrange.pixel_bounds(node) for node in nodes)
    # Upside down is mirrored and turned half round.
    placing = arrange.Placing((x + w / 2, y + h / 2), degrees=0 if horizontal else 180, mirror=True)
    step = "step.flip" if len(nodes) == 1 else "step.flip_several"
    arrange.place(context.opened, context.outermost_ids, placing, step)


def _centre(context: VerbContext) -> None:
    """Moves the chosen nodes together to the middle of the picture, by whole pixels."""
    left, top, width, height = context.opened.canvas
    x, y, w, h = unite_boxes(arrange.pixel_bounds(context.opened.node(each)) for each in context.chosen_ids)
    _shift_by(context, round(left + width / 2 - x - w / 2), round(top + height / 2 - y - h / 2))


def _align(edge: arrange.Edge, context: VerbContext) -> None:
    arrange.align(context.opened, context.chosen_ids, edge)


def _distribute(across: bool, context: VerbContext) -> None:
    arrange.distribute(context.opened, context.chosen_ids, across=across)


def _place_together(
    context: VerbContext, scale: float, degrees: float, dx: float, dy: float, x: float, y: float
) -> None:
    nodes = context.outermost_ids
    kind = "scale" if scale != 1 else "rotate" if degrees else "move"
    step = _PLACED[kind][len(nodes) > 1]
    placing = arrange.Placing((x, y), scale, degrees, dx, dy)
    arrange.place(context.opened, nodes, placing, step, context.merge_key)


def _reorder(context: VerbContext, index: int) -> None:
    groups.reorder(context.opened, context.chosen.id, index)


def _choose(by: int, context: VerbContext) -> None:
    """Chooses the node that many rows above the active one."""
    order = [node.id for node in context.opened.tree.nodes]
    context.active = order[order.index(context.chosen.id) + by]
    context.selected = (context.active,)


def _group(context: VerbContext) -> None:
    context.active = groups.group(context.opened, context.selected)


def _ungroup(context: VerbContext) -> None:
    document, chosen = context.opened, context.outermost_ids
    nodes = [document.node(node_id) for node_id in chosen]
    inside = [child.id for node in nodes if isinstance(node, Group) for child in node.children]
    each(document, chosen, "step.ungroup_several", lambda node_id: groups.ungroup(document, node_id))
    context.active, context.selected = (inside[-1] if inside else None), tuple(inside)


def _move_into(context: VerbContext, group: str | None, index: int) -> None:
    if group is not None and context.opened.tree.find(group) is None:
        raise StudioError(message("group.unknown"))
    groups.move_together(context.opened, context.chosen_ids, group, index)


def _shift_by(context: VerbContext, dx: float, dy: float) -> None:
    document, key = context.opened, context.merge_key
    each(
        document, context.outermost_ids, "step.move_several",
        lambda node_id: groups.shift(document, node_id, dx, dy, key), key,
    )  # fmt: skip


def _shift(by: int, context: VerbContext) -> None:
    groups.raise_together(context.opened, context.chosen_ids, by)


def _place(context: VerbContext, transform: Transform, step: str) -> None:
    edit.transform(context.opened, context.chosen.id, transform, context.merge_key, step)


def _reset(context: VerbContext) -> None:
    document = context.opened

    def reset(layer_id: str) -> None:
        place = home(document.tree, document.layer(layer_id))
        edit.transform(document, layer_id, place, context.merge_key, "step.reset")

    each(document, context.chosen_ids, "step.reset_several", reset)


_ALIGNED: dict[arrange.Edge, str] = {
    "left": "left edges", "centre": "centres", "right": "right edges", "top": "top edges",
    "middle": "middles", "bottom": "bottom edges",
}  # fmt: skip
_PIXELS = Number(-1_000_000, 1_000_000, "px")
_PLACED = {
    "move": ("step.move", "step.move_several"),
    "scale": ("step.scale", "step.scale_several"),
    "rotate": ("step.rotate", "step.rotate_several"),
}
"""Names of the steps for one node and for several."""
_STEPS = Choice(("step.move", "step.scale", "step.rotate"))
_PIXELS_FREE = when.of_each(when.pixels)
_NOT_IN_FRONT, _NOT_AT_BACK = when.of_any(when.not_in_front), when.of_any(when.not_at_back)

ARRANGING = (
    Verb(
        "layer.flip_horizontal", "Flip horizontally", "Layer", ("Shift+H",), _PIXELS_FREE,
        partial(_flip, True), TOGETHER, line=True,
    ),
    Verb(
        "layer.flip_vertical", "Flip vertically", "Layer", ("Shift+V",), _PIXELS_FREE,
        partial(_flip, False), TOGETHER,
    ),
    Verb("layer.transform", "Transform", "Layer", ("Ctrl+T",), _PIXELS_FREE),
    Verb(
        "layer.reset_transform", "Reset transform", "Layer", (), when.of_each(when.free_layer), _reset,
        TOGETHER,
    ),
    Verb("layer.centre", "Centre in the picture", "Layer", (), _PIXELS_FREE, _centre, TOGETHER),
    *(
        Verb(
            f"layer.align_{edge}", f"Align {words}", "Layer > Align", (), _PIXELS_FREE,
            partial(_align, edge), TOGETHER,
        )
        for edge, words in _ALIGNED.items()
    ),
    Verb(
        "layer.distribute_across", "Distribute across", "Layer > Align", (), when.three,
        partial(_distribute, True), TOGETHER,
    ),
    Verb(
        "layer.distribute_down", "Distribute down", "Layer > Align", (), when.three,
        partial(_distribute, False), TOGETHER,
    ),
    Verb(
        "layer.forward", "Bring forward", "Layer > Arrange", ("Ctrl+]",), _NOT_IN_FRONT, partial(_shift, 1),
        TOGETHER,
    ),
    Verb(
        "layer.backward", "Send backward", "Layer > Arrange", ("Ctrl+[",), _NOT_AT_BACK, partial(_shift, -1),
        TOGETHER,
    ),
    Verb(
        "layer.to_front", "Bring to front", "Layer > Arrange", ("Ctrl+Shift+]", "Ctrl+}"), _NOT_IN_FRONT,
        partial(_shift, 1 << 16), TOGETHER,
    ),
    Verb(
        "layer.to_back", "Send to back", "Layer > Arrange", ("Ctrl+Shift+[", "Ctrl+{"), _NOT_AT_BACK,
        partial(_shift, -(1 << 16)), TOGETHER,
    ),
    Verb(
        "layer.choose_above", "Choose layer above", "Layer > Arrange", ("Alt+]",), when.above,
        partial(_choose, 1), line=True,
    ),
    Verb(
        "layer.choose_below", "Choose layer below", "Layer > Arrange", ("Alt+[",), when.below,
        partial(_choose, -1),
    ),
    Verb(
        "layer.group", "Group", "Layer", ("Ctrl+G",), when.of_each(when.free), _group,
        (SELECTED,), line=True, places=("layer",),
    ),
    Verb(
        "layer.ungroup", "Ungroup", "Layer", ("Ctrl+Shift+G",), when.of_each(when.group), _ungroup, TOGETHER,
        places=("layer",),
    ),
)  # fmt: skip

PLACING = (
    Verb(
        "layer.place", "Move, scale or turn a layer", possible=when.free_layer, do=_place,
        parameters=(
            LAYER,
            Parameter("transform", Placement(), "Transform"),
            Parameter("step", _STEPS, "Name of the step", "step.move"),
        ),
    ),
    Verb(
        "layer.shift", "Move layers or groups by pixels", possible=when.of_each(when.free), do=_shift_by,
        parameters=(*TOGETHER, Parameter("dx", _PIXELS, "To the right"), Parameter("dy", _PIXELS, "Down")),
    ),
    Verb(
        "layer.place_together", "Move, scale or turn layers together", possible=_PIXELS_FREE,
        do=_place_together,
        parameters=(
            *TOGETHER,
            Parameter("scale", Number(0.01, 100), "Scale", 1.0),
            Parameter("degrees", Number(-360, 360, "°"), "Turn clockwise", 0.0),
            Parameter("dx", _PIXELS, "To the right", 0.0),
            Parameter("dy", _PIXELS, "Down", 0.0),
            Parameter("x", _PIXELS, "Point that stays, across", 0.0),
            Parameter("y", _PIXELS, "Point that stays, down", 0.0),
        ),
    ),
    Verb(
        "layer.reorder", "Put a layer at another place", possible=when.free, do=_reorder,
        parameters=(LAYER, Parameter("index", Whole(0, 1 << 16), "Place from the bottom")),
    ),
    Verb(
        "layer.move_into", "Put layers into a group", possible=when.of_each(when.free), do=_move_into,
        parameters=(
            *TOGETHER,
            Parameter("group", InGroup(), "Group, none for outside of all"),
            Parameter("index", Whole(0, 1 << 16), "Place from the bottom"),
        ),
    ),
)  # fmt: skip
