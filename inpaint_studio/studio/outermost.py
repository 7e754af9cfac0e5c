"""Which nodes are meant where a group and what is in it are named together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.document import Node, Tree


def outermost(tree: Tree, node_ids: Iterable[str]) -> tuple[Node, ...]:
    """The nodes of these ids, bottom first; what lies in a group that is named itself goes along with that.

    Ids that are unknown are left out.
    """
    wanted = set(node_ids)
    return tuple(
        node
        for node in tree.nodes
        if node.id in wanted and not any(group.id in wanted for group in tree.groups_of(node.id))
    )
