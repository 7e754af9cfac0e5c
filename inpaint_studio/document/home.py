"""Which cutouts lie untouched where they were lifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inpaint_studio.basics.mask import Mask, boxes_meet, intersect_boxes
from inpaint_studio.document.nodes import Cutout, Group, Layer, Node
from inpaint_studio.document.transform import same_mapping


@dataclass(frozen=True, slots=True)
class Order:
    """All nodes but groups in the order they are drawn, and the groups each is in, innermost first."""

    nodes: Sequence[Node]
    groups: Mapping[str, tuple[Group, ...]]

    def shows(self, node: Node) -> bool:
        """Whether a node and all groups it is in are visible."""
        return node.visible and all(group.visible for group in self.groups[node.id])

    def origin(self, layer: Cutout, index: int) -> int | None:
        """Where the layer that a cutout was lifted from lies, if that is below it."""
        return next((i for i in range(index) if self.nodes[i].id == layer.lifted_from), None)


def _same_groups(order: Order, layer: Layer, below: Layer) -> bool:
    """Whether the groups that hold only one of the two change nothing."""
    a, b = order.groups[layer.id], order.groups[below.id]
    ids = {group.id for group in a} & {group.id for group in b}
    return all(group.plain for group in (*a, *b) if group.id not in ids)


def _may_rest(order: Order, index: int) -> bool:
    """Whether a node is a cutout that lies untouched where it was lifted, whatever the others do."""
    layer = order.nodes[index]
    if not isinstance(layer, Cutout) or layer.mask is None or not layer.plain or not order.shows(layer):
        return False
    at = order.origin(layer, index)
    below = None if at is None else order.nodes[at]
    if not isinstance(below, Layer) or layer.source is not below.source or not below.plain:
        return False
    if not same_mapping(layer.transform, below.transform) or not _same_groups(order, layer, below):
        return False
    if not any(h.owner == layer.id for h in below.holes):
        return False
    if below.mask is None:
        return True
    # A brush may have added what the layer below does not show.
    return not ((layer.mask.crop > 127) & (below.mask.window(layer.mask.box) == 0)).any()


def _meet(a: Mask, b: Mask) -> bool:
    common = intersect_boxes(a.box, b.box)
    return bool(common[2] and common[3] and ((a.window(common) > 0) & (b.window(common) > 0)).any())


def _disturbed(order: Order, index: int, resting: set[str]) -> bool:
    """Whether something that shows lies between a cutout and its origin, or is gone from either."""
    layer = order.nodes[index]
    at = order.origin(layer, index) if isinstance(layer, Cutout) else None
    below = None if at is None else order.nodes[at]
    if at is None or not isinstance(below, Layer) or not isinstance(layer, Cutout) or layer.mask is None:
        return True
    if any(h.owner not in resting for h in layer.holes):
        return True
    since = next((i for i, h in enumerate(below.holes) if h.owner == layer.id), 0)
    # What had been removed before the layer was lifted was gone from it then, too. The hole of what stood in
    # front of stuff is filled from it, and looks like a part of it.
    holes = enumerate(below.holes)
    gone = [h for i, h in holes if h.owner not in resting and (i > since or h.owner is not None)]
    if not below.holes[since].stuff and any(_meet(h.mask, layer.mask) for h in gone):
        return True
    bounds = layer.bounds()
    return any(
        order.shows(other) and other.id not in resting and boxes_meet(bounds, other.bounds())
        for other in order.nodes[at + 1 : index]
    )


def resting(order: Order) -> frozenset[str]:
    """Ids of the cutouts that lie untouched where they were lifted, nothing between them and their origin.

    An adjustment in between counts as something: it changes the origin and not the cutout.
    """
    calm = {node.id for i, node in enumerate(order.nodes) if _may_rest(order, i)}
    while True:
        # Each one that gets up opens its hole, which may disturb others: until none does.
        up = {x.id for i, x in enumerate(order.nodes) if x.id in calm and _disturbed(order, i, calm)}
        if not up:
            return frozenset(calm)
        calm -= up
