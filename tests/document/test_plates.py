from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import (
    Backdrop,
    Cutout,
    FillOptions,
    FillStore,
    Hole,
    Layer,
    Part,
    Transform,
    Tree,
    parts,
    resting_stuff,
)
from inpaint_studio.document.plates import open_hole


def square(x: int, y: int, w: int = 4, h: int = 4) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


def layer_with(*holes: Hole) -> Layer:
    return Backdrop("Backdrop", np.zeros((60, 60, 3), np.uint8), holes=holes)


def alone(layer: Layer) -> tuple[Part, ...]:
    """The parts of a document's only layer."""
    return parts(Tree((layer,)), layer)


def test_holes_that_touch_are_one_part() -> None:
    a, b, c = Hole(square(0, 0)), Hole(square(4, 4)), Hole(square(20, 20))
    first, second = sorted(alone(layer_with(a, b, c)), key=lambda p: -len(p.holes))
    assert set(first.holes) == {a.id, b.id} and second.holes == (c.id,)
    assert first.mask.same(a.mask.union(b.mask))


@pytest.mark.parametrize(("x", "y", "together"), [(4, 0, True), (5, 0, False), (4, 4, True), (0, 5, False)])
def test_touching_is_next_to_each_other_also_at_a_corner(x: int, y: int, together: bool) -> None:
    for moved in (square(10 + x, 10 + y), square(10 - x, 10 - y)):
        made = alone(layer_with(Hole(square(10, 10)), Hole(moved)))
        assert (len(made) == 1) == together


def test_boxes_that_overlap_do_not_make_one_part() -> None:
    corner = np.zeros((10, 10), np.uint8)
    corner[0], corner[:, 0] = 255, 255
    assert len(alone(layer_with(Hole(Mask.place(corner)), Hole(square(4, 4))))) == 2


def test_a_later_hole_joins_two() -> None:
    a, b, bridge = Hole(square(0, 0)), Hole(square(8, 0)), Hole(square(4, 0))
    assert len(alone(layer_with(a, b))) == 2
    (one,) = alone(layer_with(a, b, bridge))
    assert set(one.holes) == {a.id, b.id, bridge.id}


def test_the_newest_hole_gives_the_options() -> None:
    old, new = (
        Hole(square(0, 0), options=FillOptions("telea", 3)),
        Hole(square(4, 0), options=FillOptions("x", 1)),
    )
    assert alone(layer_with(old, new))[0].options == FillOptions("x", 1)
    assert alone(layer_with(new, old))[0].options == FillOptions("telea", 3)


def test_keys_follow_mask_and_options_and_nothing_else() -> None:
    hole = Hole(square(3, 3))
    layer = layer_with(hole)
    key = alone(layer)[0].key
    assert alone(replace(layer, name="Other", opacity=0.5))[0].key == key
    assert alone(replace(layer, holes=(Hole(square(3, 3)),)))[0].key == key
    assert alone(replace(layer, holes=(replace(hole, options=FillOptions(seed=1)),)))[0].key != key
    assert alone(replace(layer, holes=(replace(hole, mask=square(3, 4)),)))[0].key != key
    assert alone(replace(layer, id="other"))[0].key != key


def test_parts_are_right_for_many_short_lived_holes() -> None:
    layer = layer_with()
    for i in range(600):
        made = alone(replace(layer, holes=(Hole(square(i % 50, 7)),)))
        assert made[0].mask.box == (i % 50, 7, 4, 4)
    assert alone(replace(layer, holes=(Hole(Mask.empty()),))) == ()


def test_open_hole_is_cut_to_the_box() -> None:
    layer = layer_with(Hole(square(0, 0)), Hole(square(20, 20)))
    assert open_hole(Tree((layer,)), layer, (2, 2, 20, 20)).box == (2, 2, 20, 20)
    assert open_hole(Tree((layer,)), layer, (2, 2, 20, 20)).area == 4 + 4


def part_at(x: int, layer: str = "a") -> Part:
    return Part(f"{layer}{x}", layer, square(x, 0), FillOptions(), ())


def patch(value: int) -> Patch:
    return Patch(0, 0, np.full((10, 10, 3), value, np.uint8))


def test_a_preview_never_replaces_a_final_fill() -> None:
    store, part = FillStore(), part_at(0)
    store.put(part, patch(1), final=False)
    assert store.get(part.key) is not None and not store.is_final(part.key)
    final = patch(2)
    store.put(part, final)
    store.put(part, patch(3), final=False)
    assert store.get(part.key) is final and store.is_final(part.key)
    assert store.get("unknown") is None and not store.is_final("unknown")


def test_the_store_keeps_to_its_bytes_and_drops_what_was_not_used_longest() -> None:
    store = FillStore(limit_bytes=900)
    for x in range(3):
        store.put(part_at(x), patch(x))
    store.show([part_at(0)])
    store.put(part_at(3), patch(3))
    assert store.bytes == 900
    assert store.get("a1") is None and store.get("a0") is not None
    assert not any(p is None for p, _ in store.now.showing(part_at(2)))


def test_earlier_fills_stand_in_until_the_own_one_has_come() -> None:
    store, own, other = FillStore(), part_at(2), part_at(2, "b")
    assert store.now.showing(own) == []
    old = patch(1)
    store.put(part_at(0), old)
    store.put(part_at(40), patch(2))
    ((shown, mask),) = store.now.showing(own)
    assert shown is old and mask.box == (0, 0, 4, 4)
    assert store.now.showing(other) == []
    new = patch(3)
    store.put(own, new, final=False)
    ((shown, mask),) = store.now.showing(own)
    assert shown is new and mask is own.mask


def test_the_hole_of_stuff_at_home_stays_apart_until_it_is_moved() -> None:
    shop = Cutout("Shop", np.zeros((60, 60, 3), np.uint8), square(0, 0, 40, 40), lifted_from="base")
    behind = Hole(square(0, 0, 42, 42), shop.id, stuff=True)
    thing = Hole(square(10, 30, 12, 20))
    base = replace(layer_with(behind, thing), id="base", source=shop.source)
    first, second = parts(Tree((base, shop)), base)
    assert (first.holes, second.holes) == ((behind.id,), (thing.id,))
    assert resting_stuff(Tree((base, shop)), base) == {behind.id}
    (joined,) = parts(Tree((base, replace(shop, transform=Transform(dx=5)))), base)
    assert set(joined.holes) == {behind.id, thing.id}


def test_a_thing_at_home_is_filled_with_what_its_hole_touches() -> None:
    car = Cutout("Car", np.zeros((60, 60, 3), np.uint8), square(0, 0, 40, 40), lifted_from="base")
    holes = Hole(square(0, 0, 42, 42), car.id), Hole(square(10, 30, 12, 20))
    base = replace(layer_with(*holes), id="base", source=car.source)
    assert len(parts(Tree((base, car)), base)) == 1


KEYS = (
    "d07b6ecf5331a5884aa6ef580d3bf9de3f4e8a6a412247e9ab9a54e2fc2d78ae",
    "b6eb8d3ef9e8ec9bf92fc64210489174e70e8fc95cf2736844d0a37f1cd792bf-1",
)
"""Made by version 0.1: the second with adaptation 0.25, a sampling area and the second candidate."""


def test_keys_of_fills_in_files_of_version_0_1_stay() -> None:
    layer = replace(layer_with(Hole(square(3, 3), options=FillOptions("guided", 2))), id="base")
    assert alone(layer)[0].key == KEYS[0]
    chosen = FillOptions("guided", 2, 1, square(1, 1), (("adaptation", 0.25),))
    layer = replace(layer, holes=(Hole(square(3, 3), options=chosen),))
    assert alone(layer)[0].key == KEYS[1]
