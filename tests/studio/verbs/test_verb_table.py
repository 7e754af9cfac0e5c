"""The table of verbs: complete, without contradictions, and readable by other programs."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from inpaint_studio.basics import Message
from inpaint_studio.document import Document
from inpaint_studio.studio import lift
from inpaint_studio.studio.verbs import VERBS, Verb, VerbContext, context_menu, menus
from inpaint_studio.studio.verbs.parameters import Id


def ids(groups: list[list[Verb]]) -> list[list[str]]:
    return [[verb.id for verb in group] for group in groups]


ALL = [pytest.param(verb, id=verb.id) for verb in VERBS.values()]


@pytest.mark.parametrize("verb", ALL)
def test_a_verb_is_declared_in_full(verb):
    assert re.fullmatch(r"[a-z]+\.[a-z_0-9]+", verb.id)
    assert isinstance(verb.title, Message) and verb.title.id == f"verb.{verb.id}"
    assert verb.do is not None or not (verb.parameters or verb.interactive), "nobody could give them"
    assert verb.menu or verb.places or verb.do is not None, "nobody could do it"
    names = [p.name for p in verb.parameters]
    assert len(names) == len(set(names))
    assert all(p.label for p in verb.parameters)


@pytest.mark.parametrize("verb", ALL)
def test_without_a_document_a_verb_can_be_done_or_says_why_not(verb):
    refusal = verb.possible(VerbContext())
    assert refusal is None or (isinstance(refusal, Message) and refusal.endswith("."))
    if verb.do is not None:
        assert refusal is not None, "verbs on the document need one"
    assert isinstance(verb.caption(VerbContext()), Message)


def test_keys_and_menu_titles_stand_for_one_verb():
    keys = Counter(key for verb in VERBS.values() for key in verb.keys)
    assert not [key for key, times in keys.items() if times > 1]
    titles = Counter((verb.menu, str(verb.title)) for verb in VERBS.values() if verb.menu)
    assert not [title for title, times in titles.items() if times > 1]


def test_what_a_menu_starts_needs_no_more_than_the_window_can_ask():
    groups = [group for menu in menus().values() for group in menu]
    groups += [group for place in ("selection", "layer", "hole", "object") for group in context_menu(place)]
    started = [verb for group in groups for verb in group]
    for verb in started:
        asked = [p for p in verb.parameters if not isinstance(p.kind, Id)]
        assert not asked or verb.interactive, f"{verb.id}: nobody asks for {asked[0].name}"


def test_menus_and_context_menus():
    assert list(menus()) == ["File", "Edit", "Image", "Select", "Layer", "Fill", "View", "Window", "Help"]
    like = [f"fill.like_{word}" for word in ("sky", "road", "trees", "wall", "selection")]
    assert ids(context_menu("hole")) == [["fill.again", "fill.options", "fill.paint_sample", *like]]
    assert ids(context_menu("object")) == [
        ["object.lift", "object.remove", "object.select"],
        ["object.rename"],
    ]
    assert ids(context_menu("selection")) == [
        ["selection.lift", "selection.remove"],
        ["selection.drop", "selection.invert"],
        ["selection.grow", "selection.shrink", "selection.feather"],
        ["selection.save_mask"],
        ["edge.refine"],
    ]


@pytest.mark.parametrize("verb", ALL)
def test_parameters_can_be_described(verb):
    for parameter in verb.parameters:
        described = json.loads(json.dumps(parameter.described()))
        assert described["type"] and described["label"] == parameter.label


def test_titles_follow_the_document(document: Document):
    context = VerbContext(document, document.layers[0].id)
    undo, show = VERBS["edit.undo"], VERBS["layer.toggle_visible"]
    assert (undo.caption(context), undo.possible(context)) == ("Undo", "There is nothing to undo.")
    assert show.caption(context) == "Hide"
    lift.set_selection(document, None, "Nothing")
    lift.set_found(document, [])
    assert (undo.caption(context), undo.possible(context)) == ("Undo find objects", None)
    document.undo()
    assert VERBS["edit.redo"].caption(context) == "Redo find objects"
