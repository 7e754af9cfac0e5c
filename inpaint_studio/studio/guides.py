"""Adding, moving and removing guides. One step of history each."""

from __future__ import annotations

from dataclasses import replace

from inpaint_studio.basics import StudioError, message
from inpaint_studio.document import Document
from inpaint_studio.document.guides import Axis, Guide


def add(document: Document, axis: Axis, place: float) -> None:
    """Puts a guide on the canvas; one that is there already stays alone."""
    guide = Guide(axis, place)
    if guide not in document.state.guides:
        _set(document, "step.add_guide", (*document.state.guides, guide))


def move(document: Document, index: int, place: float) -> None:
    """Moves a guide, by its number; onto another one, they become one. Raises StudioError for no guide."""
    guides = list(document.state.guides)
    _check(document, index)
    guides[index] = Guide(guides[index].axis, place)
    _set(document, "step.move_guide", tuple(dict.fromkeys(guides)))


def remove(document: Document, index: int) -> None:
    """Takes a guide away, by its number. Raises StudioError for no guide."""
    _check(document, index)
    guides = document.state.guides
    _set(document, "step.remove_guide", (*guides[:index], *guides[index + 1 :]))


def clear(document: Document) -> None:
    """Takes all guides away."""
    _set(document, "step.clear_guides", ())


def _check(document: Document, index: int) -> None:
    if not 0 <= index < len(document.state.guides):
        raise StudioError(message("no_guide"))


def _set(document: Document, step: str, guides: tuple[Guide, ...]) -> None:
    if guides != document.state.guides:
        document.apply(message(step), replace(document.state, guides=guides))
