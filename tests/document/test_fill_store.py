"""Candidates of a run in the store, and what names them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import Change, Document, FillOptions, FillStore, Hole, Part, Photo, Tree, parts
from inpaint_studio.document.history import History


def square(x: int, y: int, w: int = 4, h: int = 4) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


def part_at(x: int, **options: object) -> Part:
    return Part(f"run {x}", "a", square(x, 0), FillOptions(**options), ())  # type: ignore[arg-type]


def patch(value: int) -> Patch:
    return Patch(0, 0, np.full((10, 10, 3), value, np.uint8))


def document(**options: object) -> Document:
    doc = Document(Photo(np.zeros((60, 60, 3), np.uint8)))
    hole = Hole(square(10, 10, 20, 20), options=FillOptions(**options))  # type: ignore[arg-type]
    doc.update("Remove blot", replace(doc.layers[0], holes=(hole,)))
    return doc


def key(**options: object) -> str:
    doc = document(**options)
    return parts(doc.tree, replace(doc.layers[0], id="base"))[0].key


def test_every_option_names_another_fill() -> None:
    area, other = square(1, 1), square(2, 1)
    options: list[dict[str, object]] = [
        {}, {"filler": "telea"}, {"seed": 1}, {"candidate": 1}, {"candidate": 2},
        {"values": (("adaptation", 0.5),)}, {"values": (("adaptation", 0.0),)}, {"values": (("x", True),)},
        {"sample": area}, {"sample": other}, {"sample": area, "candidate": 1},
    ]  # fmt: skip
    assert len({key(**chosen) for chosen in options}) == len(options)
    assert key(sample=square(1, 1)) == key(sample=area), "the same area, painted again"


def test_fills_of_projects_from_before_the_options_are_still_found() -> None:
    import hashlib

    mask = square(10, 10, 20, 20)
    text = f"base/{mask.digest()}/telea/3"
    assert key(filler="telea", seed=3) == hashlib.sha256(text.encode()).hexdigest()


def test_candidates_of_a_run_are_found_from_each_other() -> None:
    store, chosen = FillStore(), part_at(0, candidate=2)
    for number in (0, 2, 3):
        store.put(chosen.candidate(number), patch(number), shown=number == 2)
    store.put(chosen.candidate(1), patch(1), final=False, shown=False)
    assert store.candidates(chosen) == store.candidates(chosen.candidate(0)) == [0, 2, 3]
    assert store.candidates(part_at(0, seed=1, candidate=2).candidate(0)) == [0, 2, 3]
    assert store.candidates(part_at(9)) == []
    assert not store.is_complete(chosen)
    store.completed(chosen)
    assert store.is_complete(chosen.candidate(1)) and not store.is_complete(part_at(9))


def test_the_same_picture_under_two_numbers_is_one_candidate() -> None:
    store, chosen, same = FillStore(), part_at(0, candidate=3), patch(5)
    for number in (0, 3):
        store.put(chosen.candidate(number), same)
    store.put(chosen.candidate(1), patch(6))
    assert store.candidates(chosen) == [1, 3]


def test_the_note_of_a_fill_is_kept() -> None:
    store, part = FillStore(), part_at(0)
    store.put(part, patch(1), note="smooth")
    assert store.note(part.key) == "smooth" and store.note("unknown") == ""


def test_full_of_candidates_the_store_keeps_what_is_seen() -> None:
    store, seen = FillStore(limit_bytes=1200), part_at(0)
    store.put(seen, patch(0))
    other = part_at(40)
    for number in range(4):
        store.put(other.candidate(number), patch(number), shown=number == 0)
    assert store.bytes == 1200
    assert store.get(seen.key) is not None and store.get(other.key) is not None
    assert store.candidates(other) == [0, 2, 3]
    store.show([other.candidate(3)])
    store.put(part_at(50), patch(9), shown=False)
    assert store.get(other.candidate(3).key) is not None, "a candidate that was chosen is seen"


def test_a_candidate_that_was_not_chosen_stands_in_for_nothing() -> None:
    store, part = FillStore(), part_at(0)
    shown = patch(1)
    store.put(part, shown)
    store.put(part.candidate(1), patch(2), shown=False)
    grown = part_at(1)
    assert [p for p, _ in store.now.showing(grown)] == [shown]
    chosen = store.now.showing(part.candidate(1))
    store.show([part.candidate(1)])
    assert [p for p, _ in store.now.showing(grown)][-1] is chosen[0][0], "the last one seen is on top"


def test_candidates_arrive_without_a_step_and_only_the_chosen_one_is_drawn() -> None:
    doc = document(candidate=1)
    (part,) = parts(doc.tree, doc.layers[0])
    heard: list[Change] = []
    doc.subscribe(heard.append)
    x, y, w, h = part.mask.box
    for number in (0, 1):
        fill = Patch(x, y, np.full((h, w, 3), number, np.uint8))
        doc.put_fill(part.candidate(number), fill, note=f"kind {number}")
    assert len(doc.history.steps) == 1 and not doc.missing_parts()
    assert [c.rect for c in heard] == [(0, 0, 0, 0), (10, 10, 20, 20)]
    assert all(c.fills and not c.layers for c in heard)
    assert doc.fills.note(part.key) == "kind 1"


def test_a_sampling_area_only_the_past_has_goes_to_the_file() -> None:
    doc = document()
    doc.history = History(limit_bytes=0)
    areas = [square(x, 40, 9, 9) for x in range(3)]
    for area in areas:
        hole = replace(doc.layers[0].holes[0], options=FillOptions(sample=area))
        doc.update("Paint sampling area", replace(doc.layers[0], holes=(hole,)))
    assert isinstance(areas[0].crop, np.memmap) and not isinstance(areas[2].crop, np.memmap)
    doc.undo()
    sample = doc.layers[0].holes[0].options.sample
    assert sample is areas[1] and (sample.crop == 255).all()


@pytest.mark.parametrize("number", range(4))
def test_a_candidate_of_a_part_is_the_part_with_that_option(number: int) -> None:
    (part,) = parts(Tree(), document().layers[0])
    (chosen,) = parts(Tree(), replace(document(candidate=number).layers[0], id=part.layer))
    made = part.candidate(number)
    assert made.key == chosen.key and made.options == chosen.options and made.mask is part.mask
