"""Snapshots: what is read from them never changes, whatever is done to the document meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.basics.mask import Array
from inpaint_studio.document import (
    Backdrop,
    Document,
    FillStore,
    Hole,
    Photo,
    RenderCache,
    Snapshot,
    State,
    Transform,
    Tree,
    parts,
)
from inpaint_studio.document import cache as cache_module
from inpaint_studio.render import render


def holed(count: int = 1) -> Document:
    """60 × 60, black, with holes of 4 × 4."""
    document = Document(Photo(np.zeros((60, 60, 3), np.uint8)))
    corners = [(6 * (i % 9), 6 * (i // 9)) for i in range(count)]
    holes = tuple(Hole(Mask.place(np.full((4, 4), 255, np.uint8), x, y)) for x, y in corners)
    document.update("Remove", replace(document.layers[0], holes=holes))
    return document


def fill(value: int, x: int = 0, y: int = 0) -> Patch:
    return Patch(x, y, np.full((4, 4, 3), value, np.uint8))


def test_later_changes_do_not_reach_a_snapshot() -> None:
    document = holed()
    (part,) = parts(document.tree, document.layers[0])
    document.put_fill(part, fill(100))
    before = document.snapshot()
    document.put_fill(part, fill(200))
    document.update("Hide", replace(document.layers[0], visible=False))
    assert (render(before).pixels[:4, :4] == (100, 100, 100, 255)).all()
    assert not render(document.snapshot()).pixels.any()


def test_reading_while_fills_arrive() -> None:
    document, drawn = holed(60), list[int]()
    pieces, over = parts(document.tree, document.layers[0]), threading.Event()

    def read() -> None:
        while not over.is_set():
            snapshot = document.snapshot()
            for part in pieces:
                snapshot.fills.showing(part)
                document.fills.get(part.key)
                document.fills.candidates(part)
            drawn.append(len(render(snapshot, (0, 0, 9, 9)).pixels))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        while len(drawn) < 20 and not any(reader.done() for reader in readers):
            for number, part in enumerate(pieces):
                document.put_fill(part, fill(number, *part.mask.box[:2]), final=False)
                document.fills.show([part])
        over.set()
        for reader in readers:
            reader.result()
    assert len(drawn) >= 20


def test_reading_a_fill_does_not_change_what_goes_first() -> None:
    store, (first, second, third) = FillStore(limit_bytes=100), parts(Tree(), holed(3).layers[0])
    store.put(first, fill(1))
    store.put(second, fill(2))
    assert store.get(first.key) is not None and store.now.showing(first)
    store.put(third, fill(3))
    assert store.get(first.key) is None and store.get(second.key) is not None
    assert store.bytes == 96


def test_the_cache_keeps_to_its_bytes_and_drops_the_least_recently_used() -> None:
    cache, origin = RenderCache(limit_bytes=100), np.zeros(1)
    for name in "abc":
        cache.put(name, [origin], name.upper(), 30)
    assert cache.get("a", [origin]) == "A"
    cache.put("d", [origin], "D", 30)
    assert cache.get("b", [origin]) is None and cache.get("a", [origin]) == "A" and cache.bytes == 90
    cache.put("large", [origin], "L", 51)
    assert cache.get("large", [origin]) is None and cache.bytes == 90


def test_the_cache_forgets_what_was_made_from_arrays_that_are_gone() -> None:
    cache, origin, other = RenderCache(), np.zeros(4), np.zeros(4)
    cache.put("a", [origin], "A", 10)
    assert cache.get("a", [other]) is None
    del origin
    cache.put("b", [other], "B", 10)
    assert cache.bytes == 10 and cache.get("b", [other]) == "B"


def test_keeping_a_value_looks_at_none_of_the_others() -> None:
    cache, origin = RenderCache(), np.zeros(4)
    looked: list[str] = []

    class Key(str):
        def __hash__(self) -> int:
            looked.append(str(self))
            return super().__hash__()

    for number in range(100):
        cache.put(Key(number), [origin], number, 10)
    gone = np.zeros(4)
    cache.put(Key("gone"), [gone], "G", 10)
    looked.clear()
    cache.put(Key("one more"), [origin], "O", 10)
    assert set(looked) == {"one more"} and cache.bytes == 1020
    del gone
    cache.put(Key("last"), [origin], "L", 10)
    assert set(looked) == {"one more", "gone", "last"} and cache.bytes == 1020


def test_a_value_is_kept_whose_key_belonged_to_arrays_that_are_gone() -> None:
    cache, pages = RenderCache(), np.zeros((2, 4))
    first = pages[0]
    cache.put("a", [first], "old", 10)
    # What comes after may get the same id().
    old = id(first)
    del first
    rows = [pages[0] for _ in range(50)]
    again = next((row for row in rows if id(row) == old), rows[0])
    assert cache.get("a", [again]) is None
    cache.put("a", [again], "new", 10)
    cache.put("b", [again], "other", 10)
    assert cache.get("a", [again]) == "new" and cache.bytes == 20


def turned(degrees: float, source: Array) -> State:
    """A picture over itself, turned."""
    layer = Backdrop("Photo", source)
    copy = replace(layer, id="copy", transform=Transform(degrees=degrees, pivot=(200, 150)))
    return State((0, 0, 400, 300), Tree((layer, copy)))


def noise() -> Array:
    return np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8)


def test_many_turns_of_a_layer_stay_within_the_cache() -> None:
    source, cache = noise(), RenderCache(limit_bytes=4 << 20)
    for degrees in range(200):
        render(Snapshot(turned(degrees + 0.5, source), cache=cache))
        assert cache.bytes <= 4 << 20


def test_what_was_opened_and_drawn_is_freed_with_the_document() -> None:
    photo = Photo(noise())
    document = Document(photo, turned(30, photo.pixels))
    hole = Hole(Mask.place(np.full((9, 9), 255, np.uint8)), owner="gone")
    document.update("Remove", replace(document.layers[0], holes=(hole,)))
    render(document.snapshot())
    cache, pixels = weakref.ref(document.snapshot().cache), weakref.ref(photo.pixels)
    del document, photo
    gc.collect()
    assert cache() is None and pixels() is None


def test_much_memory_goes_back_to_the_system_with_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[None] = []
    monkeypatch.setattr(cache_module, "return_freed", lambda: told.append(None))
    origin = np.zeros(1)
    for size, count in ((10, 0), (40 << 20, 1)):
        cache = RenderCache()
        cache.put("a", [origin], "A", size)
        del cache
        gc.collect()
        assert len(told) == count
