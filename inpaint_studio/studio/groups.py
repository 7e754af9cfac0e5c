"""Grouping nodes, taking groups apart, and moving nodes into and out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.document import Adjustment, Group, Tree
from inpaint_studio.render.adjustments import ADJUSTMENTS
from inpaint_studio.studio.edit import movable
from inpaint_studio.studio.names import free_name
from inpaint_studio.studio.outermost import outermost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.document import Document, Node


def group(document: Document, node_ids: Iterable[str], name: str = "Group") -> str:
    """Puts nodes into a new group in the place of the topmost of them, and returns its id.

    Their order stays. Raises StudioError for the backdrop, for locked nodes, and for none.
    """
    tree, wanted = document.tree, set(node_ids)
    for node_id in wanted:
        movable(document, node_id)
    chosen = outermost(tree, wanted)
    if not chosen:
        raise StudioError(message("no_layer"))
    made = Group(free_name(document, name))
    tree = tree.above(chosen[-1].id, made).without({node.id for node in chosen})
    tree = tree.with_children(made.id, chosen)
    document.apply(message("step.group"), document.state.with_tree(tree))
    return made.id


def ungroup(document: Document, group_id: str) -> None:
    """Takes a group apart: its nodes stay where it was. What was hidden with it stays hidden.

    Raises StudioError for what is no group, and for a locked one.
    """
    node = movable(document, group_id)
    if not isinstance(node, Group):
        raise StudioError(message("group.none", name=node.name))
    inside = tuple(each if node.visible else replace(each, visible=False) for each in node.children)
    siblings, groups = document.tree.siblings(group_id), document.tree.groups_of(group_id)
    place = siblings.index(node)
    order = (*siblings[:place], *inside, *siblings[place + 1 :])
    tree = document.tree.with_children(groups[0].id if groups else None, order)
    document.apply(message("step.ungroup", name=node.name), document.state.with_tree(tree))


def reorder(document: Document, node_id: str, index: int) -> None:
    """Puts a node at a place in its group, counted from the bottom; the backdrop stays below all."""
    groups = document.tree.groups_of(node_id)
    move_into(document, node_id, groups[0].id if groups else None, index)


def move_into(document: Document, node_id: str, group_id: str | None, index: int) -> None:
    """Puts a node at a place of a group, counted from its bottom; out of all groups if None.

    Errors as `move_together`.
    """
    move_together(document, (node_id,), group_id, index)


def move_together(document: Document, node_ids: Iterable[str], group_id: str | None, index: int) -> None:
    """Puts nodes, in their order, at a place of a group, counted from its bottom without them.

    Out of all groups if `group_id` is None. The backdrop stays below all. Raises StudioError for the
    backdrop, for locked nodes and groups, and for a group that is to be put into itself.
    """
    nodes = outermost(document.tree, node_ids)
    for node in nodes:
        movable(document, node.id)
    if not nodes:
        raise StudioError(message("no_layer"))
    ids = {node.id for node in nodes}
    if group_id is not None:
        target = movable(document, group_id)
        if ids & {group_id, *(each.id for each in document.tree.groups_of(group_id))}:
            raise StudioError(message("group.in_itself", name=nodes[0].name))
        if not isinstance(target, Group):
            raise StudioError(message("group.none", name=target.name))
    rest = document.tree.without(ids)
    inside = rest.roots if group_id is None else _children(rest, group_id)
    lowest = 1 if inside and not inside[0].movable else 0
    place = min(max(index, lowest), len(inside))
    tree = rest.with_children(group_id, (*inside[:place], *nodes, *inside[place:]))
    if _places(tree) != _places(document.tree):
        document.apply(_reordered(nodes), document.state.with_tree(tree))


def _reordered(nodes: tuple[Node, ...]) -> Message:
    if len(nodes) == 1:
        return message("step.reorder", name=nodes[0].name)
    return message("step.reorder_several", count=len(nodes))


def raise_together(document: Document, node_ids: Iterable[str], by: int) -> None:
    """Moves nodes up among those of their groups, each by `by` places, down if negative; the backdrop stays.

    They keep their order; none overtakes another of them. Raises StudioError for the backdrop and for locked
    nodes.
    """
    nodes = outermost(document.tree, node_ids)
    for node in nodes:
        movable(document, node.id)
    ids, tree = {node.id for node in nodes}, document.tree
    parents = {groups[0].id if (groups := tree.groups_of(node.id)) else None for node in nodes}
    for parent in parents:
        order = list(tree.roots if parent is None else _children(tree, parent))
        tree = tree.with_children(parent, tuple(_raised(order, ids, by)))
    if _places(tree) != _places(document.tree):
        document.apply(_reordered(nodes), document.state.with_tree(tree))


def _raised(order: list[Node], ids: set[str], by: int) -> list[Node]:
    """An order, bottom first, in which the nodes of these ids are so many places higher."""
    fixed = [node for node in order if not node.movable]
    free = [node for node in order if node.movable]
    if by < 0:
        free.reverse()
    for _ in range(min(abs(by), len(free))):
        for i in range(len(free) - 2, -1, -1):
            if free[i].id in ids and free[i + 1].id not in ids:
                free[i], free[i + 1] = free[i + 1], free[i]
    if by < 0:
        free.reverse()
    return [*fixed, *free]


def _children(tree: Tree, group_id: str) -> tuple[Node, ...]:
    found = tree.node(group_id)
    assert isinstance(found, Group)
    return found.children


def _places(tree: Tree) -> list[tuple[str, ...]]:
    """The ids of all nodes as they are drawn, each with the groups that it is in."""
    return [(node.id, *(each.id for each in tree.groups_of(node.id))) for node in tree.nodes]


def shift(document: Document, node_id: str, dx: float, dy: float, merge_key: str | None = None) -> None:
    """Moves a layer, or all layers of a group, by so many pixels of the canvas.

    Raises StudioError for the backdrop, for locked nodes, also in the group, and where there are no pixels.
    """
    node = document.node(node_id)
    layers = Tree((node,)).layers
    for each in (node, *layers):
        movable(document, each.id)
    if not layers:
        raise StudioError(message("layer.no_pixels", name=node.name))
    moved = [
        replace(each, transform=replace(each.transform, dx=each.transform.dx + dx, dy=each.transform.dy + dy))
        for each in layers
    ]
    document.update(message("step.move", name=node.name), *moved, merge_key=merge_key)


def add_adjustment(document: Document, adjustment: str, above: str | None = None) -> str:
    """Puts an adjustment above a node, in its group, or on top of all, and returns its id.

    Raises StudioError for one that does not exist.
    """
    info = ADJUSTMENTS.get(adjustment)
    if info is None:
        raise StudioError(message("adjustment.unknown", id=adjustment, known=", ".join(ADJUSTMENTS)))
    made = Adjustment(free_name(document, info.title), adjustment)
    tree = document.tree.above(above, made)
    document.apply(message("step.adjust", adjustment=info.title), document.state.with_tree(tree))
    return made.id
