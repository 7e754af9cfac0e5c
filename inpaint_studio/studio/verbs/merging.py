"""The Layer menu: making pixels of what is seen, and taking another picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, message
from inpaint_studio.basics.values import Text
from inpaint_studio.studio import merging
from inpaint_studio.studio.open import open_photo
from inpaint_studio.studio.replacing import replace_picture
from inpaint_studio.studio.several import each
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import LAYER, TOGETHER
from inpaint_studio.studio.verbs.parameters import Parameter
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.studio.verbs.verb import VerbContext


def _can_merge(context: VerbContext) -> Message | None:
    """Several unlocked nodes are chosen, or one with another below it."""
    refusal = when.node(context)
    if refusal is not None:
        return refusal
    chosen = context.outermost_ids
    if len(chosen) == 1 and context.opened.tree.siblings(chosen[0])[0].id == chosen[0]:
        return message("merge.nothing_below", name=context.chosen.name)
    return None


def _merge(context: VerbContext) -> None:
    chosen = context.outermost_ids
    document = context.opened
    if len(chosen) == 1:
        context.active = merging.merge_down(document, chosen[0])
    else:
        context.active = merging.merge(document, chosen)


def _merge_named(context: VerbContext) -> Message:
    several = context.node is not None and len(context.outermost_ids) > 1
    return message("layer.merge_layers" if several else "layer.merge_down")


def _can_flatten(context: VerbContext) -> Message | None:
    refusal = when.document(context)
    if refusal is None and len(context.opened.tree.roots) < 2:
        return message("merge.one_layer")
    return refusal


def _flatten(context: VerbContext) -> None:
    context.active = merging.flatten(context.opened)


def _rasterise(context: VerbContext) -> None:
    document = context.opened
    made = each(
        document, context.outermost_ids, "step.rasterise_several",
        lambda node_id: merging.rasterise(document, node_id),
    )  # fmt: skip
    context.active, context.selected = made[-1], tuple(made)


def _replace(context: VerbContext, path: str) -> None:
    context.active = replace_picture(context.opened, context.chosen_layer.id, open_photo(path))


MERGING = (
    Verb(
        "layer.merge", "Merge", "Layer", ("Ctrl+E",), _can_merge, _merge, TOGETHER, line=True,
        places=("layer",), naming=_merge_named,
    ),
    Verb("layer.flatten", "Flatten", "Layer", ("Ctrl+Alt+E",), _can_flatten, _flatten),
    Verb(
        "layer.rasterise", "Rasterise", "Layer", (), when.of_each(when.pixels), _rasterise, TOGETHER,
        places=("layer",),
    ),
    Verb(
        "layer.replace_picture", "Replace picture…", "Layer", (), when.free_layer, _replace,
        (LAYER, Parameter("path", Text(4096), "File")), places=("layer",), interactive=True,
    ),
)  # fmt: skip
