"""Finding verbs by words, as a command palette does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.studio.verbs.table import VERBS

if TYPE_CHECKING:
    from inpaint_studio.basics import Message
    from inpaint_studio.studio.verbs.verb import Verb, VerbContext


@dataclass(frozen=True, slots=True)
class Match:
    """A verb of the menus, what it is called now, and the sentence why it can't be done, None if it can."""

    verb: Verb
    caption: str
    refusal: Message | None


def search(context: VerbContext, words: str = "") -> list[Match]:
    """The verbs of the menus in whose menu and title all words occur; all of them for no words.

    Those that can be done now come first, and among them those whose title begins with the words.
    """
    wanted = words.casefold().split()
    found = [
        Match(verb, verb.caption(context), verb.possible(context)) for verb in VERBS.values() if verb.menu
    ]
    found = [each for each in found if all(word in _text(each) for word in wanted)]
    start = " ".join(wanted)
    return sorted(found, key=lambda each: (each.refusal is not None, not _begins(each, start)))


def _text(match: Match) -> str:
    return f"{match.verb.menu} {match.verb.title} {match.caption}".casefold()


def _begins(match: Match, start: str) -> bool:
    return match.caption.casefold().startswith(start) or match.verb.title.casefold().startswith(start)
