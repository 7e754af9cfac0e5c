"""Doing to several nodes together, as one step, what a verb does to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from inpaint_studio.basics import message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inpaint_studio.document import Document

T = TypeVar("T")


def each(
    document: Document,
    node_ids: Sequence[str],
    step: str,
    verb: Callable[[str], T],
    merge_key: str | None = None,
) -> list[T]:
    """What `verb` returns for each node. One node's step has its own name, that of several is `step`.

    `step` is the id of a message with a {count}. Where one of the nodes refuses, nothing is changed.
    """
    if len(node_ids) == 1:
        return [verb(node_ids[0])]
    with document.one_step(message(step, count=len(node_ids)), merge_key):
        return [verb(node_id) for node_id in node_ids]
