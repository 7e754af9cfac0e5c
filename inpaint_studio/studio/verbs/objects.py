"""Verbs on objects that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.basics.values import Text
from inpaint_studio.studio import lift
from inpaint_studio.studio.find import find_objects, finder_pixels
from inpaint_studio.studio.lift_all import lift_things
from inpaint_studio.studio.selections import found_on_canvas
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import OBJECT
from inpaint_studio.studio.verbs.given import OBJECTS as OFFERED
from inpaint_studio.studio.verbs.parameters import Parameter
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics import FoundObject
    from inpaint_studio.studio.verbs.verb import VerbContext


def _find(context: VerbContext) -> None:
    """Looks for objects in the photo, here and now: takes seconds."""
    document = context.opened
    lift.set_found(document, find_objects(finder_pixels(document.snapshot())))


def _pointed(context: VerbContext) -> FoundObject:
    if context.pointed is None:
        raise StudioError(message("nothing_pointed"))
    return context.pointed


def _lift(context: VerbContext) -> None:
    found = _pointed(context)
    stuff = found.kind == "area"
    context.active = lift.lift(context.opened, found.mask, found.label, stuff=stuff)
    context.lifted.append(context.active)


def _lift_all(context: VerbContext) -> None:
    for layer_id in lift_things(context.opened, context.found, context.merge_key):
        context.active = layer_id
        context.lifted.append(layer_id)


def remove_object(context: VerbContext) -> None:
    """Fills over the object pointed at."""
    found = _pointed(context)
    context.uncovered = lift.remove(context.opened, found.mask, found.label)


def _select(context: VerbContext) -> None:
    found = _pointed(context)
    mask = found_on_canvas(context.opened.state, found)
    lift.set_selection(context.opened, mask, message("step.select_named", label=found.label))


def _rename(context: VerbContext, name: str) -> None:
    lift.rename_found(context.opened, _pointed(context), name)


def _named(id: str) -> Callable[[VerbContext], Message]:
    """The title of a verb with the name of the object pointed at."""

    def naming(context: VerbContext) -> Message:
        return message(id, label=context.pointed.label if context.pointed is not None else "object")

    return naming


NAME = Parameter("name", Text(), "Name")

FIND = (
    Verb("objects.find", "Find objects", "Select", ("Ctrl+F",), when.document, _find, interactive=True),
    Verb(
        "objects.lift_all",
        "Lift all objects",
        "Select",
        ("Ctrl+Shift+L",),
        when.things,
        _lift_all,
        (OFFERED,),
    ),
)

OBJECTS = (
    Verb(
        "object.lift", "Lift object", possible=when.pointed, do=_lift, parameters=(OBJECT,),
        places=("object",), naming=_named("step.lift"),
    ),
    Verb(
        "object.remove", "Remove object", possible=when.pointed, do=remove_object, parameters=(OBJECT,),
        places=("object",), naming=_named("step.remove"),
    ),
    Verb(
        "object.select", "Select object", possible=when.pointed, do=_select, parameters=(OBJECT,),
        places=("object",), naming=_named("step.select_named"),
    ),
    Verb(
        "object.rename", "Rename object", possible=when.pointed, do=_rename, parameters=(OBJECT, NAME),
        places=("object",), line=True, interactive=True,
    ),
)  # fmt: skip
