"""All verbs in the order of the menus."""

from __future__ import annotations

from inpaint_studio.studio.verbs.application import CLIPBOARD, FILE, HELP, LOOK, PREFERENCES, VIEW
from inpaint_studio.studio.verbs.arranging import ARRANGING, PLACING
from inpaint_studio.studio.verbs.canvas import GUIDES, IMAGE
from inpaint_studio.studio.verbs.editing import DELETE, HISTORY
from inpaint_studio.studio.verbs.exporting import EXPORT_LAYER
from inpaint_studio.studio.verbs.filling import FILLING
from inpaint_studio.studio.verbs.layers import ADJUST_AND_DELETE, LAYERS, PROPERTIES
from inpaint_studio.studio.verbs.merging import MERGING
from inpaint_studio.studio.verbs.objects import FIND, OBJECTS
from inpaint_studio.studio.verbs.selecting import LIFT, SELECTION
from inpaint_studio.studio.verbs.verb import SUBMENU, Place, Verb

VERBS: dict[str, Verb] = {
    verb.id: verb
    for verb in (
        *FILE,
        *HISTORY,
        *CLIPBOARD,
        *DELETE,
        *PREFERENCES,
        *IMAGE,
        *FIND,
        *LIFT,
        *SELECTION,
        *OBJECTS,
        *LAYERS,
        *ARRANGING,
        *MERGING,
        *ADJUST_AND_DELETE,
        EXPORT_LAYER,
        *PLACING,
        *PROPERTIES,
        *FILLING,
        *VIEW,
        *GUIDES,
        *LOOK,
        *HELP,
    )
}
"""Every verb by its id."""


def menus() -> dict[str, list[list[Verb]]]:
    """The verbs of each menu of the menu bar, in order, in groups between lines; those of submenus, too."""
    names = dict.fromkeys(verb.menu.split(SUBMENU)[0] for verb in VERBS.values() if verb.menu)
    return {
        name: _groups([verb for verb in VERBS.values() if verb.menu.split(SUBMENU)[0] == name])
        for name in names
    }


def context_menu(place: Place) -> list[list[Verb]]:
    """The verbs of the context menu of a selection, layer, hole or found object, in groups between lines."""
    return _groups([verb for verb in VERBS.values() if place in verb.places])


def _groups(wanted: list[Verb]) -> list[list[Verb]]:
    """Some verbs of the table; a line above one that is left out stands above the next one that is not."""
    groups: list[list[Verb]] = [[]]
    for verb in VERBS.values():
        if verb.line and groups[-1]:
            groups.append([])
        if verb in wanted:
            groups[-1].append(verb)
    return [group for group in groups if group]
