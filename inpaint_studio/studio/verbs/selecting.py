"""The Select menu: verbs on the selection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.values import Number, Text
from inpaint_studio.studio import lift, masks, selected
from inpaint_studio.studio.mask_files import load_mask, save_mask
from inpaint_studio.studio.selections import to_canvas
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import LAYER
from inpaint_studio.studio.verbs.parameters import Coverage, Name, Parameter
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.studio.verbs.verb import Place, VerbContext

RESHAPES: dict[str, tuple[masks.Reshape, str]] = {
    "selection.grow": (masks.grow, "step.grow"),
    "selection.shrink": (masks.shrink, "step.shrink"),
    "selection.feather": (masks.feather, "step.feather"),
    "selection.close_gaps": (masks.close_gaps, "step.close_gaps"),
    "selection.remove_specks": (masks.remove_specks, "step.remove_specks"),
}
"""Verbs that make the selection another one by a number of pixels: how, and what the step is called."""


def _size(context: VerbContext) -> tuple[int, int]:
    _, _, width, height = context.opened.canvas
    return width, height


def _selection(context: VerbContext) -> Mask:
    selection = context.opened.state.selection
    if selection is None:
        raise StudioError(message("no_selection"))
    return selection


def _set(context: VerbContext, mask: Mask | None, step: str = "") -> None:
    lift.set_selection(context.opened, mask, step or message("step.select"), context.merge_key)


def _all(context: VerbContext) -> None:
    width, height = _size(context)
    _set(context, Mask(0, 0, np.full((height, width), 255, np.uint8)), message("step.select_all"))


def _drop(context: VerbContext) -> None:
    _set(context, None, message("step.deselect"))


def _invert(context: VerbContext) -> None:
    _set(context, masks.invert(_selection(context), _size(context)), message("step.invert"))


def _from_layer(context: VerbContext) -> None:
    """What the active layer covers."""
    layer = context.chosen_layer
    mask = to_canvas(layer, _size(context))
    if not mask:
        raise StudioError(message("layer.outside", name=layer.name))
    _set(context, mask, message("step.select_outline", name=layer.name))


def _reshape(verb: str, context: VerbContext, pixels: float) -> None:
    make, step = RESHAPES[verb]
    made = make(_selection(context), pixels, _size(context))
    if not made:
        raise StudioError(message("selection.nothing_left"))
    _set(context, made, message(step))


def _load(context: VerbContext, path: str) -> None:
    _set(context, load_mask(path, _size(context)), message("step.load_mask"))


def _save(context: VerbContext, path: str) -> None:
    save_mask(_selection(context), path, _size(context))


def _lift(context: VerbContext) -> None:
    context.active = selected.lift_selection(context.opened, context.active)
    context.lifted.append(context.active)


def _remove(context: VerbContext) -> None:
    context.uncovered = selected.remove_selection(context.opened, context.active)


def _remove_area(context: VerbContext, mask: Mask | None, label: str) -> None:
    area = mask or Mask.empty()
    context.uncovered = selected.remove_area(context.opened, context.active, area, label)


_STEP = Parameter("step", Name(), "Name of the step", "")
_PATH = Parameter("path", Text(4096), "File")


def _by_pixels(
    id: str, title: str, label: str, help: str, *, most: float, start: float, keys: tuple[str, ...] = (),
    line: bool = False, places: tuple[Place, ...] = (),
) -> Verb:  # fmt: skip
    """A verb that makes the selection another one by a number of pixels, `start` if none is given."""
    pixels = Parameter("pixels", Number(1, most, "px"), label, start, help)
    return Verb(
        id, title, "Select", keys, when.selection, partial(_reshape, id), (pixels,), line, places,
        interactive=True,
    )  # fmt: skip


LIFT = (
    Verb(
        "selection.lift", "Lift selection", "Select", ("Ctrl+L",), when.selection, _lift, (LAYER,),
        line=True, places=("selection",),
    ),
    Verb(
        "selection.remove", "Remove selection", "Select", (), when.selection, _remove, (LAYER,),
        places=("selection",),
    ),
)  # fmt: skip

SELECTION = (
    Verb("selection.all", "All", "Select", ("Ctrl+A",), when.document, _all, line=True),
    Verb("selection.drop", "Deselect", "Select", ("Ctrl+D",), when.selection, _drop, places=("selection",)),
    Verb(
        "selection.invert", "Invert", "Select", ("Ctrl+Shift+I",), when.selection, _invert,
        places=("selection",),
    ),
    Verb("selection.subject", "Subject", "Select", (), when.document),
    Verb(
        "selection.from_layer", "Outline of the layer", "Select", (), when.above_backdrop, _from_layer,
        (LAYER,),
    ),
    _by_pixels(
        "selection.grow", "Grow…", "Grow by", "How far the edge moves outward", most=200, start=4, line=True,
        places=("selection",),
    ),
    _by_pixels(
        "selection.shrink", "Shrink…", "Shrink by", "How far the edge moves inward", most=200, start=4,
        places=("selection",),
    ),
    _by_pixels(
        "selection.feather", "Feather…", "Feather", "How wide the edge fades", most=250, start=6,
        keys=("Shift+F6",), places=("selection",),
    ),
    _by_pixels(
        "selection.close_gaps", "Close gaps…", "Close gaps up to", "The widest gap that is closed",
        most=200, start=8,
    ),
    _by_pixels(
        "selection.remove_specks", "Remove specks…", "Remove specks up to", "The widest spot that goes",
        most=300, start=12,
    ),
    Verb(
        "selection.load_mask", "Load mask…", "Select", (), when.document, _load, (_PATH,), line=True,
        interactive=True,
    ),
    Verb(
        "selection.save_mask", "Save mask…", "Select", (), when.selection, _save, (_PATH,),
        places=("selection",), interactive=True,
    ),
    Verb(
        "selection.set", "Make a selection", possible=when.document, do=_set,
        parameters=(Parameter("mask", Coverage(), "Mask, in pixels of the canvas"), _STEP),
    ),
    Verb(
        "area.remove", "Remove an area", possible=when.document, do=_remove_area,
        parameters=(
            LAYER,
            Parameter("mask", Coverage(), "Area, in pixels of the canvas"),
            Parameter("label", Name(), "What it is called", "area"),
        ),
    ),
)  # fmt: skip
