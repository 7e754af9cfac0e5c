"""Nodes that must not be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, StudioError, message

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Tree


def refusal(tree: Tree, node_id: str) -> Message | None:
    """Why a node can't be changed: it is locked, or a group that it is in; None where it can be."""
    locked = tree.locked_by(node_id)
    return None if locked is None else message("layer.locked", name=locked.name)


def check_unlocked(document: Document, node_id: str) -> None:
    """Raises StudioError for a node that is locked, or in a locked group."""
    reason = refusal(document.tree, node_id)
    if reason is not None:
        raise StudioError(reason)
