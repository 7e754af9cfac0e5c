"""Grouping, taking groups apart, moving nodes between groups, and adding adjustments."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import (
    Adjustment,
    Backdrop,
    Document,
    Group,
    Photo,
    Picture,
    State,
    Transform,
    Tree,
)
from inpaint_studio.render import render
from inpaint_studio.studio import edit, enhance, groups, lift
from inpaint_studio.studio.properties import set_property, settable, value_of

PIXELS = np.random.default_rng(5).integers(0, 256, (40, 60, 3)).astype(np.uint8)


def piece(name: str, x: int) -> Picture:
    mask = Mask(x, 5, np.full((20, 15), 255, np.uint8))
    return Picture(name, PIXELS[::-1].copy(), mask, id=name)


@pytest.fixture
def document() -> Document:
    base = Backdrop("Backdrop", PIXELS, id="base")
    nodes = (base, piece("a", 3), piece("b", 9), piece("c", 15), piece("d", 30))
    return Document(Photo(PIXELS), State((0, 0, 60, 40), Tree(nodes)))


def shape(tree: Tree) -> str:
    """The tree in one line: a group is its children in brackets."""

    def line(nodes) -> str:
        return " ".join(f"[{line(x.children)}]" if isinstance(x, Group) else x.id for x in nodes)

    return line(tree.roots)


def picture(document: Document) -> np.ndarray:
    return render(document.snapshot()).pixels


def test_a_group_takes_the_place_of_its_topmost(document):
    before = picture(document)
    made = groups.group(document, ["c", "b"])
    assert shape(document.tree) == "base a [b c] d"
    assert document.node(made).name == "Group"
    np.testing.assert_array_equal(picture(document), before)
    groups.ungroup(document, made)
    assert shape(document.tree) == "base a b c d"
    np.testing.assert_array_equal(picture(document), before)
    assert [step.name for step in document.history.steps] == ["Group layers", "Ungroup group"]
    document.undo()
    assert shape(document.tree) == "base a [b c] d"


def test_groups_in_groups(document):
    inner = groups.group(document, ["a", "b"])
    groups.group(document, [inner, "a", "d"])
    assert shape(document.tree) == "base c [[a b] d]"
    groups.ungroup(document, inner)
    assert shape(document.tree) == "base c [a b d]"


def test_nodes_of_two_groups_meet_where_the_topmost_is(document):
    groups.group(document, ["a", "b"])
    groups.group(document, ["c", "d"])
    groups.group(document, ["b", "c"])
    assert shape(document.tree) == "base [a] [[b c] d]"


def test_moving_into_and_out_of_a_group(document):
    made = groups.group(document, ["b", "c"])
    groups.move_into(document, "d", made, 0)
    assert shape(document.tree) == "base a [d b c]"
    groups.move_into(document, "b", None, 0)
    assert shape(document.tree) == "base b a [d c]"
    groups.reorder(document, "c", 0)
    assert shape(document.tree) == "base b a [c d]"
    steps = len(document.history.steps)
    groups.reorder(document, "c", -7)
    groups.move_into(document, made, None, 99)
    assert len(document.history.steps) == steps


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda d, g: groups.group(d, ["base", "a"]), "backdrop"),
        (lambda d, g: groups.group(d, []), "layer"),
        (lambda d, g: groups.ungroup(d, "a"), "no group"),
        (lambda d, g: groups.move_into(d, "d", "a", 0), "no group"),
        (lambda d, g: groups.move_into(d, g, g, 0), "into itself"),
        (lambda d, g: groups.move_into(d, "base", g, 0), "backdrop"),
        (lambda d, g: groups.add_adjustment(d, "dehaze"), "exposure"),
    ],
)
def test_refusals_change_nothing(document, refused, words):
    made = groups.group(document, ["b", "c"])
    before = document.state
    with pytest.raises(StudioError, match=words):
        refused(document, made)
    assert document.state is before


def test_what_lies_in_a_locked_group_stays_there(document):
    made = groups.group(document, ["b", "c"])
    set_property(document, made, "locked", True)
    for change in (
        lambda: groups.move_into(document, "b", None, 0),
        lambda: groups.move_into(document, "d", made, 0),
        lambda: edit.delete(document, "b"),
        lambda: edit.transform(document, "b", Transform(5)),
        lambda: groups.ungroup(document, made),
        lambda: lift.lift(document, Mask.place(np.full((4, 4), 255, np.uint8), 2, 2), "car", "b"),
        lambda: lift.remove(document, Mask.place(np.full((4, 4), 255, np.uint8), 2, 2), "blot", "b"),
        lambda: set_property(document, "b", "opacity", 0.5),
        lambda: enhance.request(document, "b"),
    ):
        with pytest.raises(StudioError, match="“Group” is locked"):
            change()


def test_ungrouping_what_is_hidden_shows_nothing(document):
    made = groups.group(document, ["b", "c"])
    set_property(document, made, "visible", False)
    before = picture(document)
    groups.ungroup(document, made)
    np.testing.assert_array_equal(picture(document), before)


def test_a_group_is_deleted_duplicated_and_shown_alone(document):
    made = groups.group(document, ["b", "c"])
    copy = edit.duplicate(document, made)
    assert document.node(copy).name == "Group copy"
    ids = [node.id for node in document.tree.nodes]
    assert len(ids) == len(set(ids)) and len(document.layers) == 7
    tree = edit.alone(document.tree, "b")
    assert {node.id for node in tree.nodes if tree.shows(node)} == {"b", made}
    assert all(node.visible for node in document.tree.nodes)
    edit.delete(document, copy)
    assert shape(document.tree) == "base a [b c] d"


def test_a_cutout_rests_at_home_in_a_plain_group_only(document):
    cutout = lift.lift(document, Mask(40, 25, np.full((9, 9), 255, np.uint8)), "dot")
    made = groups.group(document, [cutout])
    assert document.tree.at_home == {cutout}
    set_property(document, made, "opacity", 0.5)
    assert not document.tree.at_home
    set_property(document, made, "opacity", 1)
    set_property(document, made, "visible", False)
    assert not document.tree.at_home


def test_an_adjustment_between_wakes_a_cutout(document):
    cutout = lift.lift(document, Mask(40, 25, np.full((9, 9), 255, np.uint8)), "dot")
    assert document.tree.at_home == {cutout}
    adjustment = groups.add_adjustment(document, "exposure", "base")
    assert shape(document.tree).startswith(f"base {adjustment} ")
    assert not document.tree.at_home
    groups.move_into(document, adjustment, None, 99)
    assert document.tree.at_home == {cutout}


def test_what_is_lifted_out_of_a_group_stays_in_it(document):
    made = groups.group(document, ["b", "c"])
    cutout = lift.lift(document, Mask(10, 8, np.full((5, 5), 255, np.uint8)), "dot", "b")
    assert shape(document.tree) == f"base a [b {cutout} c] d"
    edit.put_back(document, cutout)
    assert shape(document.tree) == "base a [b c] d" and document.node(made)


def test_an_adjustment_is_added_set_and_undone(document):
    before = picture(document)
    adjustment = groups.add_adjustment(document, "exposure", "b")
    assert shape(document.tree) == f"base a b {adjustment} c d"
    np.testing.assert_array_equal(picture(document), before)
    node = document.node(adjustment)
    assert isinstance(node, Adjustment) and {"stops", "gamma", "opacity"} <= set(settable(node))
    assert (value_of(node, "stops"), value_of(node, "gamma")) == (0, 1)
    changes = []
    document.subscribe(changes.append)
    set_property(document, adjustment, "stops", 99)
    assert value_of(document.node(adjustment), "stops") == 5
    assert document.history.steps[-1].name == "Exposure of exposure"
    assert changes[-1].rect == document.canvas and set(changes[-1].nodes) == {adjustment}
    assert not np.array_equal(picture(document), before)
    document.undo()
    np.testing.assert_array_equal(picture(document), before)


def test_the_last_layer_can_not_be_deleted_nor_a_group_that_holds_all():
    document = Document(Photo(PIXELS), State((0, 0, 60, 40), Tree((piece("a", 3), piece("b", 9)))))
    made = groups.group(document, ["a", "b"])
    for whole in (made, "b"):
        if whole == "b":
            edit.delete(document, "a")
        with pytest.raises(StudioError, match="all that is left"):
            edit.delete(document, whole)
    assert [layer.id for layer in document.layers] == ["b"]


def test_a_group_is_moved_with_all_that_is_in_it(document):
    made = groups.group(document, ["b", groups.group(document, ["c", "d"])])
    before = {layer.id: layer.bounds() for layer in document.layers}
    for _ in range(2):
        groups.shift(document, made, 2, -1, "nudge")
    assert len(document.history.steps) == 3 and document.history.steps[-1].name == "Move group 2"
    for layer in document.layers:
        x, y, w, h = before[layer.id]
        assert layer.bounds() == ((x + 4, y - 2, w, h) if layer.id in ("b", "c", "d") else (x, y, w, h))
    set_property(document, "c", "locked", True)
    empty = groups.add_adjustment(document, "exposure")
    for node, words in ((made, "“c” is locked"), ("base", "backdrop"), (empty, "no pixels")):
        with pytest.raises(StudioError, match=words):
            groups.shift(document, node, 1, 1)
