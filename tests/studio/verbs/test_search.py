"""The command palette's list, and what is to be done next."""

from __future__ import annotations

import numpy as np

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document
from inpaint_studio.studio import lift
from inpaint_studio.studio.verbs import VERBS, VerbContext, next_step, perform, search


def square(x: int) -> Mask:
    return Mask.place(np.full((9, 9), 255, np.uint8), x, 10)


def test_no_words_give_all_verbs_of_the_menus_those_that_can_be_done_first(document: Document) -> None:
    matches = search(VerbContext(document, document.layers[0].id))
    assert {m.verb.id for m in matches} == {v.id for v in VERBS.values() if v.menu}
    refused = [m.refusal is not None for m in matches]
    assert refused == sorted(refused) and any(refused)
    assert next(m for m in matches if m.verb.id == "selection.grow").refusal == VERBS[
        "selection.grow"
    ].possible(VerbContext(document))


def test_all_words_must_occur_in_menu_or_title(document: Document) -> None:
    context = VerbContext(document, document.layers[0].id)
    found = [m.verb.id for m in search(context, "flip HOR")]
    assert sorted(found) == ["canvas.mirror_horizontal", "layer.flip_horizontal"]
    assert [m.verb.id for m in search(context, "select inv")] == ["selection.invert"]
    assert search(context, "flip banana") == []


def test_titles_that_begin_so_come_first_and_both_names_are_known(document: Document) -> None:
    context = VerbContext(document, document.layers[0].id)
    assert search(context, "paste")[0].verb.id == "edit.paste"
    perform(context, "selection.all")
    assert [m.caption for m in search(context, "undo")] == ["Undo select all"]
    assert search(context, "hide")[0].verb.id in ("layer.toggle_visible", "window.hide_panels")


def test_what_to_do_next_follows_the_work(document: Document) -> None:
    def step(context: VerbContext) -> tuple[str, str]:
        verb, text = next_step(context)
        assert verb.possible(context) is None
        return verb.id, text

    assert step(VerbContext()) == ("file.open", "Open photo…")
    context = VerbContext(document, document.layers[0].id)
    assert step(context) == ("objects.find", "Find objects")
    lift.set_found(
        document, [FoundObject(square(10), "car", 1.0), FoundObject(square(40), "sky", 1.0, "area")]
    )
    assert step(context) == ("objects.lift_all", "Lift all")
    perform(context, "selection.set", {"mask": square(60)})
    assert step(context) == ("selection.lift", "Lift object ⏎")
    perform(context, "selection.lift")
    perform(context, "objects.lift_all")
    assert step(context) == ("file.export", "Export…")
