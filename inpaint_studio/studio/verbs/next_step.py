"""What to do next, from where the work stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, message
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.table import VERBS

if TYPE_CHECKING:
    from inpaint_studio.studio.verbs.verb import Verb, VerbContext


def next_step(context: VerbContext) -> tuple[Verb, Message]:
    """The verb that most people will want now, and what a button for it says."""
    document = context.document
    if document is None:
        return VERBS["file.open"], message("next.open")
    if when.selection(context) is None:
        return VERBS["selection.lift"], message("next.lift")
    if when.things(context) is None:
        return VERBS["objects.lift_all"], message("next.lift_all")
    if len(document.layers) == 1 and not document.layers[0].holes:
        return VERBS["objects.find"], message("next.find")
    return VERBS["file.export"], message("next.export")
