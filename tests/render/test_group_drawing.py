"""Groups: composed apart from what lies below, or with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.document import Backdrop, Cutout, Group, Hole, Picture, Snapshot, State, Tree
from inpaint_studio.document.changes import difference
from inpaint_studio.render import render

PIXELS = np.random.default_rng(8).integers(0, 256, (24, 40, 3)).astype(np.uint8)
BACKDROP = Backdrop("Backdrop", PIXELS, id="base")
LOW = Picture("Low", PIXELS[::-1].copy(), Mask(3, 4, np.full((14, 20), 200, np.uint8)), id="low")
HIGH = Picture("High", PIXELS[:, ::-1].copy(), Mask(12, 8, np.full((14, 20), 255, np.uint8)), id="high")


def state(*nodes) -> State:
    return State((0, 0, 40, 24), Tree(nodes))


def drawn(*nodes) -> np.ndarray:
    return render(Snapshot(state(*nodes))).pixels


def test_a_group_by_itself_changes_nothing():
    flat = drawn(BACKDROP, LOW, replace(HIGH, blend="multiply"))
    grouped = drawn(BACKDROP, Group("G", (Group("H", (LOW,)), replace(HIGH, blend="multiply"))))
    np.testing.assert_array_equal(grouped, flat)


def test_an_isolated_group_is_one_picture():
    blended = replace(HIGH, blend="multiply")
    apart = drawn(LOW, blended)
    isolated = drawn(BACKDROP, Group("G", (LOW, blended), isolated=True)).astype(float)
    cover = apart[..., 3:] / 255
    expected = apart[..., :3] * cover + PIXELS * (1 - cover)
    assert np.abs(isolated[..., :3] - expected).max() <= 1
    assert not np.array_equal(isolated, drawn(BACKDROP, Group("G", (LOW, blended))))


@pytest.mark.parametrize(("known", "alike"), [({"opacity": 0.5}, 0.5), ({"visible": False}, 0.0)])
def test_a_group_fades_as_a_whole(known, alike):
    whole = drawn(BACKDROP, Group("G", (LOW, HIGH), isolated=True)).astype(float)
    faded = drawn(BACKDROP, Group("G", (LOW, HIGH), **known)).astype(float)
    none = drawn(BACKDROP).astype(float)
    assert np.abs(faded - (none + alike * (whole - none))).max() <= 2
    assert alike == 0 or not np.array_equal(
        faded, drawn(BACKDROP, replace(LOW, opacity=alike), replace(HIGH, opacity=alike))
    )


def test_a_blend_mode_of_a_group_is_that_of_its_picture():
    single = drawn(BACKDROP, replace(HIGH, blend="screen"))
    np.testing.assert_array_equal(drawn(BACKDROP, Group("G", (HIGH,), blend="screen")), single)


def test_what_rests_at_home_in_a_group_is_not_drawn():
    mask = Mask(8, 6, np.full((8, 8), 128, np.uint8))
    cutout = Cutout("Car", PIXELS, mask, lifted_from="base", id="car")
    base = replace(BACKDROP, holes=(Hole(mask, "car"),))
    resting = state(base, Group("G", (cutout,)))
    assert resting.tree.at_home == {"car"}
    np.testing.assert_array_equal(render(Snapshot(resting)).pixels[..., :3], PIXELS)


def test_a_change_of_a_group_is_a_change_where_its_layers_are():
    before = state(BACKDROP, Group("G", (LOW,), id="g"))
    after = before.with_tree(before.tree.with_nodes(replace(before.tree.node("g"), opacity=0.5)))
    change = difference(before, after)
    assert change.rect == LOW.bounds() and set(change.nodes) == {"g"}
    outside = np.ones((24, 40), bool)
    x, y, w, h = change.rect
    outside[y : y + h, x : x + w] = False
    a, b = (render(Snapshot(each)).pixels for each in (before, after))
    np.testing.assert_array_equal(a[outside], b[outside])
    assert not np.array_equal(a, b)


def test_a_node_that_changes_groups_is_drawn_again_where_it_lies():
    before = state(BACKDROP, Group("G", (LOW,), id="g", opacity=0.5), HIGH)
    moved = before.tree.without({"high"}).with_children("g", (LOW, HIGH))
    change = difference(before, before.with_tree(moved))
    assert "high" in change.nodes
    a, b = (render(Snapshot(each)).pixels for each in (before, before.with_tree(moved)))
    rows, columns = np.nonzero((a != b).any(axis=2))
    x, y, w, h = change.rect
    assert rows.size and x <= columns.min() and columns.max() < x + w
    assert y <= rows.min() and rows.max() < y + h
