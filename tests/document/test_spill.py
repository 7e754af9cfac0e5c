"""The file of the history: what is in it, when its room is free again, and what a step costs."""

from __future__ import annotations

import gc
import mmap
import tempfile
from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.basics.mask import Array
from inpaint_studio.document import Cutout, Document, Photo, history
from inpaint_studio.document.history import History
from inpaint_studio.document.spill import SpillFile

PAGE = mmap.ALLOCATIONGRANULARITY


def numbers(pages: int, seed: int) -> Array:
    return np.random.default_rng(seed).integers(0, 256, (pages, PAGE)).astype(np.uint8)


def test_arrays_come_back_as_they_were() -> None:
    file = SpillFile()
    made = [numbers(pages, pages) for pages in (1, 3, 2)] + [np.arange(7, dtype=np.uint16)]
    stored = [file.store(array) for array in made]
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(made, stored, strict=True))
    assert not any(array.flags.writeable for array in stored)
    assert file.store(np.zeros((0, 4))).shape == (0, 4)


def test_room_is_used_again_and_the_file_shrinks() -> None:
    file = SpillFile()
    first, middle, last = (file.store(numbers(pages, pages)) for pages in (2, 3, 1))
    assert file.size == 6 * PAGE
    del middle
    again = file.store(numbers(2, 9))
    assert file.size == 6 * PAGE and np.array_equal(again, numbers(2, 9))
    assert np.array_equal(first, numbers(2, 2)) and np.array_equal(last, numbers(1, 1))
    del last, again
    file.tidy()
    assert file.size == 2 * PAGE and np.array_equal(first, numbers(2, 2))
    del first
    file.tidy()
    assert file.size == 0


def test_what_is_still_looked_at_stays() -> None:
    file = SpillFile()
    stored = file.store(numbers(4, 4))
    part = np.asarray(stored)[1:2, 5:9]
    del stored
    file.tidy()
    assert file.size == 4 * PAGE and np.array_equal(part, numbers(4, 4)[1:2, 5:9])


def test_the_file_is_closed_with_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    make = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **how: opened.append(make(**how)) or opened[-1])
    file = SpillFile()
    stored = file.store(numbers(1, 1))
    assert len(opened) == 1 and not opened[0].closed
    del file
    gc.collect()
    assert opened[0].closed and np.array_equal(stored, numbers(1, 1))


def document(limit: int) -> Document:
    made = Document(Photo(np.zeros((90, 90, 3), np.uint8)))
    made.history = History(limit_bytes=limit)
    tree = made.tree
    for number in range(5):
        mask = Mask(0, 0, np.full((60, 60), 255, np.uint8))
        tree = tree.above(None, Cutout(f"{number}", made.photo.pixels, id=f"{number}", mask=mask))
    made.apply("Lift", made.state.with_tree(tree))
    return made


def paint(made: Document, value: int) -> None:
    layer = made.layer("3")
    mask = Mask(0, 0, np.full((60, 60), value % 200 + 1, np.uint8))
    made.update("Paint", replace(layer, mask=mask))


def test_what_was_undone_and_replaced_gives_its_room_back() -> None:
    made = document(limit=5000)
    for value in range(40):
        paint(made, value)
    full = made.history.file_bytes
    assert full >= 35 * PAGE and made.history.bytes <= 5000
    made.go_to(3)
    made.update("Hide", replace(made.layer("1"), visible=False))
    assert made.history.file_bytes <= 6 * PAGE
    made.undo()
    assert (made.layer("3").mask.crop == 2).all()  # type: ignore[union-attr]


def test_a_step_looks_at_no_more_after_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    made, looked = document(limit=5000), [0]
    arrays = history.arrays

    def counting(node: object) -> object:
        looked[0] += 1
        return arrays(node)

    monkeypatch.setattr(history, "arrays", counting)
    costs = []
    for value in range(400):
        before = looked[0]
        paint(made, value)
        costs.append(looked[0] - before)
    assert max(costs[300:]) <= max(costs[20:60]) < 30


def test_settling_a_new_cutout_leaves_old_steps_alone() -> None:
    made, changed = document(limit=1 << 30), []
    for value in range(50):
        paint(made, value)
    rough = Mask(0, 0, np.full((5, 5), 255, np.uint8))
    made.apply(
        "Lift",
        made.state.with_tree(made.tree.above(None, Cutout("n", made.photo.pixels, id="n", mask=rough))),
    )
    rewrite = made.history.rewrite
    made.history.rewrite = lambda change, since: rewrite(  # type: ignore[method-assign]
        lambda state: changed.append(state) or change(state), since
    )
    soft = Mask(0, 0, np.full((5, 5), 90, np.uint8))
    made.settle(rough, soft, Patch(0, 0, np.zeros((5, 5, 3), np.uint8)))
    assert made.layer("n").mask is soft and len(changed) == 2
    made.undo()
    made.redo()
    assert made.layer("n").mask is soft


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_agrees_with_a_look_at_all_states(seed: int) -> None:
    rng, made = np.random.default_rng(seed), document(limit=1 << 30)
    for value in range(60):
        if rng.random() < 0.3:
            made.go_to(int(rng.integers(1, len(made.history.steps) + 1)))
        elif rng.random() < 0.5:
            paint(made, value)
        else:
            layer = made.layer(str(rng.integers(0, 5)))
            made.update("Fade", replace(layer, opacity=rng.random()), merge_key="fade" if value % 3 else None)
        states = {id(s): s for step in made.history.steps for s in (step.before, step.after)}.values()
        held = {id(x.mask.crop): x.mask.crop.nbytes for s in states for x in s.layers if x.mask is not None}
        now = {id(x.mask.crop) for x in made.layers if x.mask is not None}
        if made.can_redo or made.can_undo:
            assert made.history.bytes == sum(size for key, size in held.items() if key not in now)
