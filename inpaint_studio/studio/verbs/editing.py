"""The Edit menu: undo, redo, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.studio.selected import remove_selection
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import OBJECT, TOGETHER
from inpaint_studio.studio.verbs.layers import delete_layers
from inpaint_studio.studio.verbs.objects import remove_object
from inpaint_studio.studio.verbs.parameters import Parameter, Whole
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.studio.verbs.verb import VerbContext


def _undo(context: VerbContext) -> None:
    context.opened.undo()


def _redo(context: VerbContext) -> None:
    context.opened.redo()


def _go_to(context: VerbContext, position: int) -> None:
    history = context.opened.history
    if not 0 <= position <= len(history.steps):
        raise StudioError(message("history.no_such_step", position=position, most=len(history.steps)))
    if position != history.position:
        context.opened.go_to(position)


def _undo_named(context: VerbContext) -> Message:
    history = None if context.document is None else context.document.history
    if history is None or not history.position:
        return message("undo")
    return message("undo.step", step=history.steps[history.position - 1].name)


def _redo_named(context: VerbContext) -> Message:
    history = None if context.document is None else context.document.history
    if history is None or history.position == len(history.steps):
        return message("redo")
    return message("redo.step", step=history.steps[history.position].name)


def _can_delete(context: VerbContext) -> Message | None:
    if when.selection(context) is None or when.pointed(context) is None:
        return None
    if context.node is not None and not context.node.movable:
        return message("nothing_to_delete")
    return when.of_each(when.free)(context)


def _delete(context: VerbContext) -> None:
    """The selection, else the object pointed at, else the active layer."""
    if context.opened.state.selection is not None:
        context.uncovered = remove_selection(context.opened, context.active)
    elif when.pointed(context) is None:
        remove_object(context)
    else:
        delete_layers(context)


HISTORY = (
    Verb("edit.undo", "Undo", "Edit", ("Ctrl+Z",), when.can_undo, _undo, naming=_undo_named),
    Verb("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), when.can_redo, _redo, naming=_redo_named),
    Verb(
        "edit.go_to", "Go to a step of the history", possible=when.document, do=_go_to,
        parameters=(Parameter("position", Whole(0, 1 << 31), "Number of steps"),),
    ),
)  # fmt: skip

DELETE = (
    Verb(
        "edit.delete", "Delete", "Edit", ("Delete", "Backspace"), _can_delete, _delete,
        parameters=(*TOGETHER, OBJECT),
    ),
)  # fmt: skip
