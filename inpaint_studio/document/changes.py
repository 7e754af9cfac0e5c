"""What differs between two moments of a document, and where it must be drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inpaint_studio.basics.mask import Box, intersect_boxes, unite_boxes
from inpaint_studio.document.nodes import Layer, Node
from inpaint_studio.document.plates import parts
from inpaint_studio.document.properties import DRAWN, Affects, changed
from inpaint_studio.document.state import State
from inpaint_studio.document.transform import reach


@dataclass(frozen=True, slots=True)
class Change:
    """What a listener must do again.

    Outside of `boxes`, which are on the canvas, no pixel of the picture differs. `nodes` says what can be
    seen of the change of each node; those that came, went or changed places are marked with `Affects.ORDER`.
    """

    boxes: tuple[Box, ...] = ()
    nodes: Mapping[str, Affects] = field(default_factory=dict)
    selection: bool = False
    found: bool = False
    canvas: bool = False
    guides: bool = False
    fills: bool = False

    @property
    def rect(self) -> Box:
        """The box around all boxes."""
        return unite_boxes(self.boxes)

    @property
    def layers(self) -> bool:
        """Whether any node changed, came, went or changed places."""
        return bool(self.nodes) and not self.fills


def difference(before: State, after: State) -> Change:
    """What changed between two states of one document."""
    nodes, boxes = ({}, []) if before.tree is after.tree else _tree_changes(before, after)
    canvas = unite_boxes((before.canvas, after.canvas))
    clipped = (intersect_boxes(box, canvas) for box in boxes)
    return Change(
        tuple(box for box in clipped if box[2] and box[3]),
        nodes,
        selection=before.selection is not after.selection,
        found=before.found is not after.found,
        canvas=before.canvas != after.canvas,
        guides=before.guides != after.guides,
    )


def _tree_changes(before: State, after: State) -> tuple[dict[str, Affects], list[Box]]:
    old, new = ({node.id: node for node in state.tree.nodes} for state in (before, after))
    moved = _moved(before, after)
    nodes: dict[str, Affects] = dict.fromkeys((*(old.keys() ^ new.keys()), *moved), Affects.ORDER)
    boxes = [(new.get(key) or old[key]).bounds() for key in nodes]
    boxes += [old[key].bounds() for key in moved]
    for key in old.keys() & new.keys():
        a, b = old[key], new[key]
        seen = changed(a, b) if a is not b else Affects(0)
        if seen:
            nodes[key] = nodes.get(key, Affects(0)) | seen
        boxes += _node_boxes(a, b, seen, (before, after))
    return nodes, boxes + _woken(before, after)


def _moved(before: State, after: State) -> list[str]:
    """Ids of the nodes from the lowest that changed places, and of those that are in other groups."""
    kept = [node.id for node in after.tree.nodes if before.tree.find(node.id) is not None]
    then = [node.id for node in before.tree.nodes if after.tree.find(node.id) is not None]
    first = next((i for i, key in enumerate(kept) if key != then[i]), len(kept))
    regrouped = [key for key in kept[:first] if _path(before, key) != _path(after, key)]
    return kept[first:] + regrouped


def _path(state: State, node_id: str) -> list[str]:
    return [group.id for group in state.tree.groups_of(node_id)]


def _node_boxes(before: Node, after: Node, seen: Affects, states: tuple[State, State]) -> list[Box]:
    """Where a node that is in both states must be drawn again."""
    if seen & DRAWN:
        return [before.bounds(), after.bounds()]
    if not (isinstance(before, Layer) and isinstance(after, Layer)):
        return []
    # Whether a hole of stuff is a part by itself depends on where its cutout is.
    concerned = seen & Affects.HOLES or any(hole.stuff for hole in after.holes)
    return _hole_boxes(before, after, states) if concerned else []


def _hole_boxes(before: Layer, after: Layer, states: tuple[State, State]) -> list[Box]:
    # Parts, not holes: a hole that touches others changes the fill of all of them.
    old = {p.key: p for p in parts(states[0].tree, before)}
    new = {p.key: p for p in parts(states[1].tree, after)}
    boxes = [{**old, **new}[key].mask.box for key in old.keys() ^ new.keys()]
    owners = {(h.owner, h.mask) for h in before.holes} ^ {(h.owner, h.mask) for h in after.holes}
    return [reach(after.transform, box) for box in (*boxes, *(mask.box for _, mask in owners))]


def _woken(before: State, after: State) -> list[Box]:
    """Boxes of cutouts that rested in one state only, and of the holes they came from, a little larger."""
    awake = before.tree.at_home ^ after.tree.at_home
    layers = (*before.layers, *after.layers) if awake else ()
    boxes = [x.bounds() for x in layers if x.id in awake]
    return boxes + [reach(x.transform, h.mask.box) for x in layers for h in x.holes if h.owner in awake]
