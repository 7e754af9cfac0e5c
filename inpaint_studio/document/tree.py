"""The tree of a document's nodes, and what one asks of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from inpaint_studio.document.home import Order, resting
from inpaint_studio.document.nodes import Backdrop, Cutout, Group, Layer, Node


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes, some of which are groups of others. Immutable; a changed tree shares what did not change.

    `roots` are bottom first, and so are all answers, in the order that they are drawn.
    """

    roots: tuple[Node, ...] = ()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes; a group comes after its children, as it is laid over what is below after them."""
        return tuple(_walk(self.roots))

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The nodes that have pixels of their own, of all groups."""
        return tuple(node for node in self.nodes if isinstance(node, Layer))

    @cached_property
    def _groups(self) -> dict[str, tuple[Group, ...]]:
        return dict(_with_groups(self.roots, ()))

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def at_home(self) -> frozenset[str]:
        """Ids of the cutouts that lie untouched where they were lifted.

        Such a cutout is not drawn and its hole stays closed, so that the picture is exactly the photo.
        """
        return resting(Order([n for n in self.nodes if not isinstance(n, Group)], self._groups))

    # Questions

    def find(self, node_id: str | None) -> Node | None:
        """The node of an id, None for an unknown one."""
        return self._by_id.get(node_id or "")

    def node(self, node_id: str) -> Node:
        """The node of an id. Raises KeyError for an unknown one."""
        return self._by_id[node_id]

    def layer(self, layer_id: str | None) -> Layer | None:
        """The node of an id if it has pixels of its own."""
        node = self.find(layer_id)
        return node if isinstance(node, Layer) else None

    def groups_of(self, node_id: str) -> tuple[Group, ...]:
        """The groups that a node is in, the innermost first. Raises KeyError for an unknown id."""
        return self._groups[node_id]

    def siblings(self, node_id: str) -> tuple[Node, ...]:
        """The nodes of the group that a node is in, itself too. Raises KeyError for an unknown id."""
        groups = self._groups[node_id]
        return groups[0].children if groups else self.roots

    def shows(self, node: Node) -> bool:
        """Whether a node and all groups it is in are visible."""
        return node.visible and all(group.visible for group in self._groups[node.id])

    def locked_by(self, node_id: str) -> Node | None:
        """What keeps a node from being changed: itself, or the innermost locked group that it is in."""
        return next((each for each in (self._by_id[node_id], *self._groups[node_id]) if each.locked), None)

    @property
    def base(self) -> Layer:
        """The layer that is meant where none is named: the photo's, else the lowest. LookupError if empty."""
        return self.backdrop or self.layers[0]

    @property
    def backdrop(self) -> Backdrop | None:
        """The photo's layer; None where another program took it out."""
        return next((layer for layer in self.layers if isinstance(layer, Backdrop)), None)

    def origin(self, node: Node) -> Layer | None:
        """The layer that a cutout was lifted from, if it is still here."""
        return self.layer(node.lifted_from) if isinstance(node, Cutout) else None

    def lifted(self, layer_id: str) -> tuple[Cutout, ...]:
        """The cutouts lifted from a layer."""
        cutouts = (layer for layer in self.layers if isinstance(layer, Cutout))
        return tuple(cutout for cutout in cutouts if cutout.lifted_from == layer_id)

    # Changed trees

    def mapped(self, change: Callable[[Node], Node | None]) -> Tree:
        """The tree with each node as `change` gives it, children before their group; None takes it out.

        The same tree if nothing changes.
        """
        roots = _mapped(self.roots, change)
        return self if roots is self.roots else Tree(roots)

    def with_nodes(self, *nodes: Node) -> Tree:
        """The tree with each of `nodes` in the place of that of its id. Raises KeyError if there is none."""
        new = {node.id: node for node in nodes}
        for node_id in new:
            self.node(node_id)
        return self.mapped(lambda node: new.get(node.id, node))

    def without(self, node_ids: Collection[str]) -> Tree:
        """The tree without these nodes, and without what is in them."""
        return self.mapped(lambda node: None if node.id in node_ids else node)

    def with_children(self, group_id: str | None, children: tuple[Node, ...]) -> Tree:
        """The tree with other nodes in a group, or at the top if None. Raises KeyError for no group."""
        if group_id is None:
            return Tree(children)
        group = self.node(group_id)
        if not isinstance(group, Group):
            raise KeyError(group_id)
        return self.with_nodes(replace(group, children=children))

    def above(self, node_id: str | None, node: Node) -> Tree:
        """The tree with a new node directly above another one, in its group; on top of all if None."""
        if node_id is None:
            return Tree((*self.roots, node))
        siblings, groups = self.siblings(node_id), self._groups[node_id]
        place = next(i for i, each in enumerate(siblings) if each.id == node_id) + 1
        children = (*siblings[:place], node, *siblings[place:])
        return self.with_children(groups[0].id if groups else None, children)


def _walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Group):
            yield from _walk(node.children)
        yield node


def _with_groups(
    nodes: tuple[Node, ...], groups: tuple[Group, ...]
) -> Iterator[tuple[str, tuple[Group, ...]]]:
    for node in nodes:
        yield node.id, groups
        if isinstance(node, Group):
            yield from _with_groups(node.children, (node, *groups))


def _mapped(nodes: tuple[Node, ...], change: Callable[[Node], Node | None]) -> tuple[Node, ...]:
    made: list[Node] = []
    for node in nodes:
        inside = node
        if isinstance(node, Group):
            children = _mapped(node.children, change)
            inside = node if children is node.children else replace(node, children=children)
        new = change(inside)
        made += [] if new is None else [new]
    same = len(made) == len(nodes) and all(a is b for a, b in zip(made, nodes, strict=True))
    return nodes if same else tuple(made)
