"""Verbs from the terminal: the list, and doing them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from program import Program

from inpaint_studio.studio.open import open_document
from inpaint_studio.studio.verbs import VERBS


def test_the_list_says_all_of_every_verb(program: Program) -> None:
    assert program("verbs", "--json") == 0
    listed = {verb["id"]: verb for verb in json.loads(program.out)["verbs"]}
    assert set(listed) == set(VERBS)
    opacity, opened = listed["layer.opacity"], listed["file.open"]
    assert opacity["parameters"][1] == {
        "name": "value", "label": "Opacity", "type": "number", "low": 0, "high": 1,
    }  # fmt: skip
    assert not opacity["needs_window"] and opened["needs_window"]
    assert (opened["menu"], opened["keys"]) == ("File", ["Ctrl+O"])
    assert program("verbs") == 0
    assert len(program.out.splitlines()) == len(VERBS) + 1


def test_verbs_are_done_one_after_the_other(program: Program) -> None:
    words = ["layer.duplicate", "layer.name", "value=Copy", "layer.opacity", "layer=Copy", "value=0.25"]
    assert program("do", "photo.png", *words, "-o", "out.ora") == 0
    assert program.out == "out.ora: Duplicate, Rename, Opacity\n"
    document, _ = open_document(program.folder / "out.ora")
    assert [(x.name, x.opacity) for x in document.layers] == [("Backdrop", 1.0), ("Copy", 0.25)]


def test_what_is_removed_is_filled_in_the_exported_picture(program: Program) -> None:
    mask = ["selection.load_mask", "path=mask.png", "selection.remove"]
    assert program("do", "photo.png", *mask, "-o", "out.png", "--json") == 0
    told = json.loads(program.out)
    assert [line["verb"] for line in told["done"]] == ["selection.load_mask", "selection.remove"]
    assert (program.picture("out.png") != program.picture("photo.png")).any()


def test_what_was_done_can_be_done_again_from_a_script(program: Program) -> None:
    assert program("do", "photo.png", "layer.opacity", "value=0.5", "-o", "a.png", "--json") == 0
    (program.folder / "script.json").write_text(json.dumps(json.loads(program.out)["done"][:1]))
    script = json.loads((program.folder / "script.json").read_text())
    del script[0]["parameters"]["layer"]
    (program.folder / "script.json").write_text(json.dumps(script))
    assert program("do", "photo.png", "--script", "script.json", "-o", "b.png") == 0
    assert np.array_equal(program.picture("a.png"), program.picture("b.png"))


def test_groups_and_their_layers_are_named_by_their_names(program: Program) -> None:
    script = [
        {"verb": "layer.duplicate"},
        {"verb": "layer.duplicate", "parameters": {"layer": "Backdrop"}},
        {"verb": "layer.group", "parameters": {"layers": ["Backdrop copy", "Backdrop copy 2"]}},
        {"verb": "layer.add_exposure", "parameters": {"layer": "Group"}},
        {"verb": "layer.stops", "parameters": {"layer": "Exposure", "value": 1}},
        {"verb": "layer.move_into", "parameters": {"layer": "Exposure", "group": "Group", "index": 0}},
    ]
    (program.folder / "script.json").write_text(json.dumps(script))
    assert program("do", "photo.png", "--script", "script.json", "-o", "out.ora") == 0, program.err
    document, _ = open_document(program.folder / "out.ora")
    exposure, *copies = document.tree.roots[1].children
    assert exposure.values == {"stops": 1.0} and {x.name for x in copies} == {
        "Backdrop copy",
        "Backdrop copy 2",
    }


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "name a verb"),
        (["value=1"], "comes before any verb"),
        (["layer.dance"], "no verb “layer.dance”"),
        (["file.open"], "only in the editor"),
        (["layer.opacity"], "needs the parameter “value”"),
        (["layer.opacity", "value=much"], "“value”"),
        (["layer.delete"], "backdrop stays"),
        (["--script", "gone.json"], "can’t be read"),
        (["--script", "photo.png"], "no list of verbs"),
    ],
)
def test_what_can_not_be_done_says_why(program: Program, words: list[str], why: str) -> None:
    assert why in program.fails("do", "photo.png", *words, "-o", "out.png")


def test_the_place_is_checked_first(program: Program) -> None:
    assert "out.txt" in program.fails("do", "photo.png", "selection.all", "-o", "out.txt")
