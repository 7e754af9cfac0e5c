"""All verbs in the order of the menus."""

from __future__ import annotations

from inpaint_studio.studio.verbs.application import CLIPBOARD, FILE, HELP, VIEW
from inpaint_studio.studio.verbs.editing import DELETE, HISTORY
from inpaint_studio.studio.verbs.filling import FILLING
from inpaint_studio.studio.verbs.layers import LAYERS, PROPERTIES
from inpaint_studio.studio.verbs.objects import FIND, OBJECTS
from inpaint_studio.studio.verbs.selecting import LIFT, SELECTION
from inpaint_studio.studio.verbs.verb import Place, Verb

VERBS: dict[str, Verb] = {
    verb.id: verb
    for verb in (
        *FILE,
        *HISTORY,
        *CLIPBOARD,
        *DELETE,
        *FIND,
        *LIFT,
        *SELECTION,
        *OBJECTS,
        *LAYERS,
        *PROPERTIES,
        *FILLING,
        *VIEW,
        *HELP,
    )
}
"""Every verb by its id."""


def menus() -> dict[str, list[Verb]]:
    """The verbs of each menu of the menu bar, in order."""
    made: dict[str, list[Verb]] = {}
    for verb in VERBS.values():
        if verb.menu:
            made.setdefault(verb.menu, []).append(verb)
    return made


def context_menu(place: Place) -> list[Verb]:
    """The verbs of the context menu of a selection, layer, hole or found object, in order."""
    return [verb for verb in VERBS.values() if place in verb.places]
