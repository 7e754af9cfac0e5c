"""The Fill menu, and the choices that one has for a fill."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.values import Text
from inpaint_studio.document import MOST_CANDIDATES
from inpaint_studio.studio import fill_like, fill_options
from inpaint_studio.studio.fill import fill_parameters
from inpaint_studio.studio.fill_scope import scope
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import HOLE, LAYER
from inpaint_studio.studio.verbs.parameters import Coverage, Parameter, Whole
from inpaint_studio.studio.verbs.verb import SUBMENU, Verb

if TYPE_CHECKING:
    from inpaint_studio.basics import Message
    from inpaint_studio.basics.parameters import Parameter as FillerParameter
    from inpaint_studio.basics.parameters import Value
    from inpaint_studio.studio.fill_scope import Scope
    from inpaint_studio.studio.verbs.verb import VerbContext


def _scope(context: VerbContext) -> Scope:
    found = scope(context.opened, context.active, context.hole)
    if found is None:
        raise StudioError(message("no_hole"))
    return found


def _again(context: VerbContext) -> None:
    of = _scope(context)
    fill_options.fill_again(context.opened, of.layer.id, of.holes)


def _candidate(context: VerbContext, number: int) -> None:
    of = _scope(context)
    if of.part is None:
        raise StudioError(message("no_fill_looked_at"))
    fill_options.choose_candidate(context.opened, of.layer.id, of.part, number)


def _seed(context: VerbContext, seed: int) -> None:
    of = _scope(context)
    fill_options.set_seed(context.opened, of.layer.id, seed, of.holes)


def _filler(context: VerbContext, filler: str) -> None:
    of = _scope(context)
    fill_options.set_filler(context.opened, of.layer.id, filler, of.holes)


def _value(context: VerbContext, value: Value, *, name: str) -> None:
    of = _scope(context)
    fill_options.set_value(context.opened, of.layer.id, name, value, of.holes, context.merge_key)


def _sample(context: VerbContext, mask: Mask | None) -> None:
    of = _scope(context)
    fill_options.set_sample(context.opened, of.layer.id, mask, of.holes)


def _like(context: VerbContext, word: str) -> None:
    of = _scope(context)
    fill_like.fill_like(context.opened, of.layer, word, of.holes)


def _there(context: VerbContext, word: str) -> Message | None:
    """A hole, and scenery of that name to fill it with."""
    document = context.document
    of = None if document is None else scope(document, context.active, context.hole)
    if document is None or of is None:
        return when.hole(context)
    found = fill_like.has_scenery(document, of.layer, word, of.holes)
    return None if found else message("fill.no_scenery", like=word)


def _like_selection(context: VerbContext) -> None:
    of, selection = _scope(context), context.opened.state.selection
    if selection is not None:
        fill_like.fill_like_selection(context.opened, of.layer, selection, of.holes)


def _hole_and_selection(context: VerbContext) -> Message | None:
    return when.hole(context) or when.selection(context)


_OF = (LAYER, HOLE)
_SCENERY = ("sky", "road", "trees", "wall")
"""What is offered to fill with by its name; finders tell these apart."""


def value_verb(known: FillerParameter) -> Verb:
    """The verb that chooses a value for a parameter that fillers declare."""
    return Verb(
        f"fill.{known.name}", known.label, possible=when.hole, do=partial(_value, name=known.name),
        chooses_fill=True, parameters=(*_OF, Parameter("value", known.value, known.label, help=known.help)),
    )  # fmt: skip


FILLING = (
    Verb("fill.choose", "Choose among fills", "Fill", ("Ctrl+Shift+F",), when.hole),
    Verb(
        "fill.again", "Fill again", "Fill", ("Shift+R",), when.hole, _again, _OF, places=("hole",),
        chooses_fill=True,
    ),
    Verb("fill.options", "Fill options", "Fill", (), when.hole, places=("hole",)),
    Verb("fill.paint_sample", "Paint sampling area", "Fill", (), when.hole, places=("hole",)),
    Verb(
        "fill.candidate", "Show another fill", possible=when.hole, do=_candidate, chooses_fill=True,
        parameters=(*_OF, Parameter("number", Whole(0, MOST_CANDIDATES - 1), "Number, from 0")),
    ),
    Verb(
        "fill.seed", "Fill with a seed", possible=when.hole, do=_seed, chooses_fill=True,
        parameters=(*_OF, Parameter("seed", Whole(0, (1 << 31) - 1), "Seed")),
    ),
    Verb(
        "fill.filler", "Choose the filler", possible=when.hole, do=_filler, chooses_fill=True,
        parameters=(*_OF, Parameter("filler", Text(), "Filler")),
    ),
    *(
        Verb(
            f"fill.like_{word}", f"Fill with {word}", f"Fill{SUBMENU}Fill with",
            possible=partial(_there, word=word), do=partial(_like, word=word), parameters=_OF,
            places=("hole",), chooses_fill=True,
        )
        for word in _SCENERY
    ),
    Verb(
        "fill.like_selection", "Fill with the selection", f"Fill{SUBMENU}Fill with",
        possible=_hole_and_selection, do=_like_selection, parameters=_OF, places=("hole",), chooses_fill=True,
    ),
    Verb(
        "fill.like", "Fill with scenery of a name", possible=when.hole, do=_like, chooses_fill=True,
        parameters=(*_OF, Parameter("word", Text(), "Name")),
    ),
    *(value_verb(known) for known in fill_parameters()),
    Verb(
        "fill.sample", "Choose where fills copy from", possible=when.hole, do=_sample, chooses_fill=True,
        parameters=(*_OF, Parameter("mask", Coverage(), "Area, in pixels of the layer’s source")),
    ),
)  # fmt: skip
