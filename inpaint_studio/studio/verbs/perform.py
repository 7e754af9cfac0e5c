"""Performing verbs by their ids with plain values, and performing again what was written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError, message
from inpaint_studio.studio.verbs.parameters import REQUIRED, Id, InGroup, Parameter
from inpaint_studio.studio.verbs.table import VERBS

if TYPE_CHECKING:
    from inpaint_studio.document import State
    from inpaint_studio.studio.verbs.verb import Verb, VerbContext

_WRONG = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What reading a plain value raises where it is none of its kind."""


@dataclass(frozen=True, slots=True)
class Performed:
    """A line of a journal: a verb with all its parameters as plain values.

    `made` are the ids of the layers and holes that came from it, so that later lines which name them can be
    performed on another copy of the document, where they have other ids.
    """

    verb: str
    parameters: dict[str, Any]
    merge_key: str | None = None
    made: tuple[str, ...] = ()


def perform(context: VerbContext, verb_id: str, parameters: Mapping[str, Any] | None = None) -> Performed:
    """Does a verb; `parameters` are values or their plain forms. Nothing is changed where it can't be done.

    Raises StudioError, with what to do next, for a verb that can't be done now or not without a window, and
    for parameters that it does not take.
    """
    verb = VERBS.get(verb_id)
    if verb is None:
        raise StudioError(message("verb.unknown", id=verb_id))
    if verb.do is None:
        raise StudioError(message("verb.needs_window", verb=verb.title))
    values = _values(verb, context, parameters or {})
    active, pointed, hole, selected = context.active, context.pointed, context.hole, context.selected
    offered = context.offered
    context.aim(values)
    aimed, aimed_at = context.active, context.selected
    try:
        refusal = verb.possible(context)
        if refusal is not None:
            raise StudioError(refusal)
        plain = {p.name: p.plain(values[p.name]) for p in verb.parameters}
        if plain.get("layers") == [plain.get("layer")]:
            # One alone is named once.
            del plain["layers"]
        before = _ids(context.document.state) if context.document is not None else []
        verb.do(context, **{p.name: values[p.name] for p in verb.parameters if not isinstance(p.kind, Id)})
    finally:
        context.pointed, context.hole = pointed, hole
        context.offered = offered
        if context.active == aimed:
            context.active = active
        if context.selected is aimed_at:
            context.selected = selected
    after = _ids(context.document.state) if context.document is not None else []
    known = set(before)
    return Performed(verb.id, plain, context.merge_key, tuple(id for id in after if id not in known))


def replay(context: VerbContext, lines: Iterable[Performed]) -> None:
    """Performs again what was performed on another copy of the document. Raises StudioError as `perform`."""
    renamed: dict[str, str] = {}
    for line in lines:
        ids = {p.name for p in VERBS[line.verb].parameters if isinstance(p.kind, Id | InGroup)}
        given = {k: _renamed(v, renamed) if k in ids else v for k, v in line.parameters.items()}
        context.merge_key = line.merge_key
        done = perform(context, line.verb, given)
        renamed |= dict(zip(line.made, done.made, strict=True))


def _renamed(ids: Any, renamed: Mapping[str, str]) -> Any:
    """One id or several as they are called here."""
    return [renamed.get(each, each) for each in ids] if isinstance(ids, list) else renamed.get(ids, ids)


def _ids(state: State) -> list[str]:
    holes = [hole.id for layer in state.layers for hole in layer.holes]
    return [*(node.id for node in state.tree.nodes), *holes]


def _values(verb: Verb, context: VerbContext, given: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each parameter. Raises StudioError for what is missing, wrong or not taken."""
    unknown = set(given) - {p.name for p in verb.parameters}
    if unknown:
        raise StudioError(message("verb.takes_no", verb=verb.title, name=min(unknown)))
    return {p.name: _value(verb, context, p, given) for p in verb.parameters}


def _value(verb: Verb, context: VerbContext, parameter: Parameter, given: Mapping[str, Any]) -> Any:
    if parameter.name not in given:
        if isinstance(parameter.kind, Id):
            return _meant(context, parameter.kind, given)
        if parameter.default is REQUIRED:
            raise StudioError(message("verb.misses", verb=verb.title, name=parameter.name))
        return parameter.default
    try:
        return parameter.kind.checked(given[parameter.name])
    except _WRONG as error:
        raise StudioError(message("verb.wrong_value", verb=verb.title, name=parameter.name)) from error


def _meant(
    context: VerbContext, kind: Id, given: Mapping[str, Any]
) -> str | int | list[str] | list[int] | None:
    """What an id is where it is not given: a layer and layers that are chosen together belong together."""
    if kind.word == "layer":
        together = given.get("layers")
        return together[-1] if isinstance(together, list) and together else context.active
    if kind.word == "layers":
        alone = given.get("layer")
        return context.chosen_ids if not isinstance(alone, str) else [alone]
    if kind.word == "hole":
        return context.hole
    found = context.document.state.found if context.document is not None else ()
    if kind.word == "objects":
        return [number for number, each in enumerate(found) if each in context.found]
    return next((number for number, each in enumerate(found) if each is context.pointed), None)
