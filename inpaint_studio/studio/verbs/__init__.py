"""Verbs: what one can do, as one table that needs no window.

Menus, context menus, the page of keys, the command palette, the command line and a journal read it.
"""

from inpaint_studio.studio.verbs.next_step import next_step
from inpaint_studio.studio.verbs.parameters import Parameter
from inpaint_studio.studio.verbs.perform import Performed, perform, replay
from inpaint_studio.studio.verbs.search import Match, search
from inpaint_studio.studio.verbs.table import VERBS, context_menu, menus
from inpaint_studio.studio.verbs.verb import SUBMENU, Place, Verb, VerbContext

__all__ = [
    "SUBMENU",
    "VERBS",
    "Match",
    "Parameter",
    "Performed",
    "Place",
    "Verb",
    "VerbContext",
    "context_menu",
    "menus",
    "next_step",
    "perform",
    "replay",
    "search",
]
