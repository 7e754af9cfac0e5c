"""One thread edits a document while others draw, save and export what it was at moments of their own."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Snapshot
from inpaint_studio.document.history import History
from inpaint_studio.render import render
from inpaint_studio.studio import edit, fill, lift, open, save
from inpaint_studio.studio.properties import set_property

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simple_engines import BlurMatte

ROUNDS = 30


def edited(document: Document, seed: int, matte: BlurMatte) -> None:
    """Lifts, softens, turns, fades, fills, undoes, redoes and deletes."""
    rng = np.random.default_rng(seed)
    thing = Mask.place(np.full((20, 24), 255, np.uint8), *(int(v) for v in rng.integers(0, 90, 2)))
    lift.set_found(document, [FoundObject(thing, "dog", 0.9)])
    car = lift.lift(document, thing, "car")
    lift.settle_cut(document, thing, matte.refine(document.layer(car).source, thing))
    fill.fill_missing(document)
    turned = replace(document.layer(car).transform, degrees=30.0 * seed, dx=9.0, scale_x=1.3)
    edit.transform(document, car, turned, step="step.rotate")
    set_property(document, car, "opacity", 0.5)
    set_property(document, car, "blend", "multiply")
    lift.remove(document, thing.moved(5, 5), "blot")
    fill.fill_missing(document)
    for _ in range(6):
        document.undo()
    for _ in range(6):
        document.redo()
    edit.duplicate(document, car)
    edit.delete(document, car)
    if len(document.layers) > 6:
        edit.delete(document, document.layers[1].id)


def drawn(snapshot: Snapshot, number: int) -> None:
    whole = render(snapshot).pixels
    x, y = 7 * number % 60, 11 * number % 50
    part = render(snapshot, (x, y, 40, 30)).pixels
    assert np.array_equal(part, whole[y : y + 30, x : x + 40]), "drawn anew it is the same"


def test_others_read_while_one_edits(
    document: Document, engines: dict[str, BlurMatte], tmp_path: Path
) -> None:
    document.history = History(100_000)
    over, done = threading.Event(), {"draw": 0, "save": 0, "export": 0}

    def saved(snapshot: Snapshot, number: int) -> None:
        path = tmp_path / f"{number}.ora"
        save.write_project(snapshot, document.photo, path)
        again, notices = open.open_document(path)
        assert not notices
        if not again.missing_parts():
            assert np.array_equal(render(again.snapshot()).pixels, render(snapshot).pixels)

    def exported(snapshot: Snapshot, number: int) -> None:
        path = tmp_path / f"{number}.png"
        save.export_snapshot(snapshot, path)
        picture = np.asarray(Image.open(path).convert("RGBA"))
        assert np.array_equal(picture, render(snapshot).pixels)

    def again_and_again(name: str, work: Callable[[Snapshot, int], None]) -> None:
        for number in itertools.count():
            if over.is_set() and number > 2:
                return
            work(document.snapshot(), number)
            done[name] += 1

    with ThreadPoolExecutor(3) as pool:
        works = (("draw", drawn), ("save", saved), ("export", exported))
        readers = [pool.submit(again_and_again, name, work) for name, work in works]
        try:
            for seed in range(ROUNDS):
                edited(document, seed, engines["matte"])
        finally:
            over.set()
        for reader in readers:
            reader.result()
    assert min(done.values()) > 2
    assert document.history.bytes <= 100_000
    assert np.array_equal(render(document.snapshot()).pixels, render(document.snapshot()).pixels)
