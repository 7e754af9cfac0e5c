from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import Change, Cutout, Document, Photo, Transform, Tree
from inpaint_studio.document.history import History
from inpaint_studio.render import render

rng = np.random.default_rng(7)


def document() -> Document:
    made = Document(Photo(rng.integers(0, 256, (40, 60, 3)).astype(np.uint8)))
    mask = Mask.place(np.full((10, 12), 255, np.uint8), 5, 6)
    cut = Cutout("Car", made.photo.pixels, mask, id="car")
    made.apply("Lift car", made.state.with_tree(Tree((*made.layers, cut))))
    return made


def move(doc: Document, dx: float, key: str | None = None) -> None:
    doc.update("Move car", replace(doc.layer("car"), transform=Transform(dx)), merge_key=key)


def test_undo_and_redo_give_the_very_same_states() -> None:
    doc = document()
    states = [doc.state]
    for dx in (3, 9, 1):
        move(doc, dx)
        states.append(doc.state)
    for state in reversed(states[:-1]):
        doc.undo()
        assert doc.state is state
    for state in states[1:]:
        doc.redo()
        assert doc.state is state
    assert not doc.can_redo
    doc.go_to(0)
    assert not doc.can_undo and doc.can_redo and len(doc.layers) == 1


def test_going_outside_of_the_history_is_an_error_and_changes_nothing() -> None:
    empty = Document(Photo(np.zeros((4, 4, 3), np.uint8)))
    with pytest.raises(IndexError):
        empty.undo()
    doc = document()
    before = doc.state
    for position in (-1, 2):
        with pytest.raises(IndexError):
            doc.go_to(position)
    assert doc.state is before and doc.history.position == 1


def test_a_drag_is_one_step() -> None:
    doc = document()
    start = doc.state
    for dx in range(1, 30):
        move(doc, dx, "drag 1")
    assert [s.name for s in doc.history.steps] == ["Lift car", "Move car"]
    assert doc.layer("car").transform.dx == 29
    move(doc, 50, "drag 2")
    assert len(doc.history.steps) == 3
    doc.undo()
    assert doc.layer("car").transform.dx == 29
    doc.undo()
    assert doc.state is start
    doc.redo()
    assert doc.layer("car").transform.dx == 29


def test_steps_without_a_key_never_merge() -> None:
    doc = document()
    move(doc, 1)
    move(doc, 2)
    assert len(doc.history.steps) == 3


def test_a_change_after_undo_cuts_the_branch() -> None:
    doc = document()
    move(doc, 1)
    move(doc, 2)
    doc.undo()
    doc.undo()
    move(doc, 7)
    assert len(doc.history.steps) == 2 and not doc.can_redo
    doc.undo()
    assert doc.layer("car").transform.dx == 0


def test_listeners_hear_each_change_until_they_leave() -> None:
    doc, heard = document(), list[Change]()
    leave = doc.subscribe(heard.append)
    move(doc, 3)
    doc.undo()
    assert [c.rect for c in heard] == [(5, 6, 15, 10)] * 2
    assert all(c.layers and not c.selection for c in heard)
    leave()
    move(doc, 4)
    assert len(heard) == 2


def test_modified_follows_the_saved_state() -> None:
    doc = document()
    assert doc.modified
    doc.mark_saved()
    assert not doc.modified
    move(doc, 3)
    assert doc.modified
    doc.undo()
    assert not doc.modified
    doc.undo()
    assert doc.modified


def painted(doc: Document, value: int) -> None:
    """A layer with pixels, mask and colours of its own."""
    layer = doc.layer("car")
    mask = Mask.place(rng.integers(1, 256, (10, 12)).astype(np.uint8), 5, 6)
    colours = Patch(5, 6, np.full((10, 12, 3), value, np.uint8))
    doc.update("Paint", replace(layer, mask=mask, colours=colours))


@pytest.mark.parametrize("limit", [0, 1500, 1 << 30])
def test_the_past_in_a_file_is_equal_to_the_past_in_memory(limit: int) -> None:
    doc = document()
    doc.history = History(limit_bytes=limit)
    pictures = [render(doc.snapshot()).pixels]
    for value in range(12):
        painted(doc, value * 20)
        pictures.append(render(doc.snapshot()).pixels)
        assert doc.history.bytes <= limit
    for position in (0, 12, 5, 11, 3, 6):
        doc.go_to(position)
        assert np.array_equal(render(doc.snapshot()).pixels, pictures[position])
    doc.go_to(4)
    painted(doc, 255)
    assert doc.history.bytes <= limit
    doc.undo()
    assert np.array_equal(render(doc.snapshot()).pixels, pictures[4])


def test_what_the_present_needs_stays_in_memory() -> None:
    doc = document()
    doc.history = History(limit_bytes=0)
    for value in range(3):
        painted(doc, value)
    assert not isinstance(doc.layer("car").source, np.memmap)
    assert not isinstance(doc.layer("car").mask.crop, np.memmap)
    doc.go_to(1)
    crop = doc.layer("car").mask.crop
    assert isinstance(crop, np.memmap) and not crop.flags.writeable


def soft() -> tuple[Mask, Patch]:
    alpha = Mask.place(np.full((12, 14), 99, np.uint8), 4, 5)
    return alpha, Patch(4, 5, np.zeros((12, 14, 3), np.uint8))


def test_a_soft_edge_reaches_undone_and_redone_states_and_is_no_step() -> None:
    doc = document()
    rough = doc.layer("car").mask
    move(doc, 3)
    move(doc, 5)
    doc.undo()
    alpha, colours = soft()
    heard = list[Change]()
    doc.subscribe(heard.append)
    doc.settle(rough, alpha, colours)
    assert len(doc.history.steps) == 3 and doc.history.position == 2
    assert [c.rect for c in heard] == [(7, 5, 14, 12)]
    for position in (1, 2, 3):
        doc.go_to(position)
        assert doc.layer("car").mask is alpha and doc.layer("car").colours is colours
    doc.go_to(0)
    assert len(doc.layers) == 1
    for earlier, later in zip(doc.history.steps, doc.history.steps[1:], strict=False):
        assert earlier.after is later.before


def test_a_soft_edge_does_not_replace_a_mask_made_since() -> None:
    doc = document()
    rough = doc.layer("car").mask
    painted(doc, 3)
    mine = doc.layer("car").mask
    heard = list[Change]()
    doc.subscribe(heard.append)
    doc.settle(rough, *soft())
    assert doc.layer("car").mask is mine and heard == []
    doc.undo()
    assert doc.layer("car").mask is not rough


def test_a_soft_edge_leaves_a_saved_document_saved() -> None:
    doc = document()
    rough = doc.layer("car").mask
    doc.mark_saved()
    move(doc, 3)
    doc.settle(rough, *soft())
    assert doc.modified
    doc.undo()
    assert not doc.modified


def test_a_soft_edge_in_a_document_without_history() -> None:
    first = document()
    doc = Document(first.photo, first.state)
    doc.settle(doc.layer("car").mask, *soft())
    assert doc.layer("car").mask.box == (4, 5, 14, 12) and not doc.modified
