"""Setting a declared property of a node: one verb for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.messages import Message
from inpaint_studio.basics.values import Text
from inpaint_studio.document import Adjustment
from inpaint_studio.document.properties import Data, properties
from inpaint_studio.render.adjustments import ADJUSTMENTS
from inpaint_studio.studio.locks import refusal

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Node, Tree
    from inpaint_studio.document.properties import Property


def _parameters(node: Node) -> dict[str, Property]:
    """What is declared for an adjustment, beside the properties of all adjustments."""
    info = ADJUSTMENTS.get(node.adjustment) if isinstance(node, Adjustment) else None
    return {} if info is None else {each.name: each for each in info.parameters}


def settable(node: Node) -> dict[str, Property]:
    """The properties of a node that `set_property` can set, by their names; those of its kind come first."""
    return _parameters(node) | {name: each for name, each in properties(type(node)).items() if each.step}


def value_of(node: Node, name: str) -> Any:
    """The value of a settable property. Raises KeyError if the node has not got it."""
    known = settable(node)[name]
    if isinstance(node, Adjustment) and name in _parameters(node):
        return node.values.get(name, known.default)
    return getattr(node, name)


def locked_against(tree: Tree, node: Node, name: str) -> Message | None:
    """Why a property that the node has can't be set: the node is locked, or a group that it is in."""
    return refusal(tree, node.id) if settable(node)[name].unlocked else None


def set_property(
    document: Document, node_id: str, name: str, value: object, merge_key: str | None = None
) -> None:
    """Gives a node's property a value as one step; numbers are brought into their range.

    A value that is there already, and an empty text, change nothing. Raises KeyError for an unknown node,
    StudioError for a property the node has not got, a value it can't have, and a locked node.
    """
    node = document.node(node_id)
    known = settable(node).get(name)
    if known is None or isinstance(known.value, Data):
        raise StudioError(message("property.unknown", name=node.name, property=name))
    locked = locked_against(document.tree, node, name)
    if locked is not None:
        raise StudioError(locked)
    try:
        new: Any = known.value.checked(value)
    except (TypeError, ValueError) as error:
        raise StudioError(message("property.value", property=known.label, value=value)) from error
    if new == value_of(node, name) or (isinstance(known.value, Text) and not new):
        return
    document.update(_step(known, node, new), _with_value(node, name, new), merge_key=merge_key)


def _with_value(node: Node, name: str, new: Any) -> Node:
    if isinstance(node, Adjustment) and name in _parameters(node):
        return replace(node, values={**node.values, name: new})
    return replace(node, **{name: new})


def _step(known: Property, node: Node, new: Any) -> Message:
    """The name of the step that gives a node a new value."""
    if isinstance(known.step, str):
        return Message(f"step.{known.name}", known.step, {"name": node.name, "new": new})
    ending, text = ("on", known.step[0]) if new else ("off", known.step[1])
    return Message(f"step.{known.name}.{ending}", text, {"name": node.name})
