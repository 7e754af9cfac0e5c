"""Trees of nodes: whatever is done to one, the others keep theirs, and each node is there once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.document import Adjustment, Group, Node, Picture, Tree

PIXELS = np.zeros((4, 4, 3), np.uint8)


def _leaf(kind: bool) -> Node:
    return Picture("P", PIXELS) if kind else Adjustment("A", "exposure")


leaves = st.booleans().map(_leaf)
nodes = st.recursive(
    leaves,
    lambda inside: st.lists(inside, max_size=4).map(lambda made: Group("G", tuple(made))),
    max_leaves=8,
)
trees = st.lists(nodes, min_size=1, max_size=5).map(lambda made: Tree(tuple(made)))


def pick(tree: Tree, which: int) -> Node:
    return tree.nodes[which % len(tree.nodes)]


def paths(tree: Tree) -> dict[str, tuple[str, ...]]:
    return {node.id: tuple(group.id for group in tree.groups_of(node.id)) for node in tree.nodes}


@given(trees)
def test_every_node_is_found_where_it_is(tree: Tree) -> None:
    assert len({node.id for node in tree.nodes}) == len(tree.nodes)
    for node in tree.nodes:
        assert tree.find(node.id) is node
        assert node in tree.siblings(node.id)
        groups = tree.groups_of(node.id)
        assert (groups[0].children if groups else tree.roots) == tree.siblings(node.id)
        for group in groups:
            assert tree.nodes.index(group) > tree.nodes.index(node), "a group comes after what is in it"
    assert set(tree.layers) <= set(tree.nodes)


@given(trees, st.integers(0, 30), leaves)
def test_what_is_put_above_a_node_is_right_above_it(tree: Tree, which: int, new: Node) -> None:
    node = pick(tree, which)
    made = tree.above(node.id, new)
    siblings = made.siblings(node.id)
    assert siblings[siblings.index(made.node(node.id)) + 1] is new
    assert {k: v for k, v in paths(made).items() if k != new.id} == paths(tree)
    assert paths(made.without({new.id})) == paths(tree)


@given(trees, st.integers(0, 30))
def test_what_is_taken_out_is_gone_with_what_is_in_it(tree: Tree, which: int) -> None:
    node = pick(tree, which)
    gone = {each.id for each in Tree((node,)).nodes}
    left = tree.without({node.id})
    assert [x.id for x in left.nodes] == [x.id for x in tree.nodes if x.id not in gone]
    for kept in left.nodes:
        if node.id not in paths(tree)[kept.id] and not isinstance(kept, Group):
            assert kept is tree.node(kept.id), "what did not change is shared"


@given(trees, st.integers(0, 30))
def test_a_node_is_replaced_in_its_place(tree: Tree, which: int) -> None:
    node = pick(tree, which)
    assert tree.with_nodes(node) is tree
    assert tree.mapped(lambda each: each) is tree
    new = Picture("New", PIXELS, id=node.id)
    made = tree.with_nodes(new)
    assert made.node(node.id) is new
    inside = {each.id for each in Tree((node,)).nodes}
    assert [x.id for x in made.nodes] == [x.id for x in tree.nodes if x.id == node.id or x.id not in inside]


@given(trees, st.integers(0, 30), st.booleans())
def test_a_node_shows_if_it_and_all_its_groups_are_visible(tree: Tree, which: int, visible: bool) -> None:
    node = pick(tree, which)
    made = tree.with_nodes(replace(node, visible=visible))
    inside = {each.id for each in Tree((node,)).nodes}
    assert all(made.shows(each) == (visible or each.id not in inside) for each in made.nodes)
