"""Where layers lie to each other: aligned, spread evenly, moved, scaled and turned together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.mask import Box, unite_boxes
from inpaint_studio.document import Layer, Transform, Tree
from inpaint_studio.document.transform import transform_point
from inpaint_studio.studio.edit import movable, transform
from inpaint_studio.studio.groups import shift
from inpaint_studio.studio.outermost import outermost
from inpaint_studio.studio.several import each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inpaint_studio.document import Document, Node

Edge = Literal["left", "centre", "right", "top", "middle", "bottom"]
EDGES: tuple[Edge, ...] = ("left", "centre", "right", "top", "middle", "bottom")
_SHARE = {"left": 0.0, "centre": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
_ACROSS = ("left", "centre", "right")


def pixel_bounds(node: Node) -> Box:
    """The box on the canvas around all pixels of a node, empty for an adjustment."""
    return unite_boxes(layer.bounds() for layer in Tree((node,)).layers)


def _with_pixels(document: Document, node_ids: Iterable[str]) -> list[Node]:
    nodes = [node for node in outermost(document.tree, node_ids) if Tree((node,)).layers]
    if not nodes:
        raise StudioError(message("no_layer"))
    return nodes


def align(document: Document, node_ids: Sequence[str], edge: Edge) -> None:
    """Moves nodes by whole pixels so that one edge, or the middle, of each lies at that of them all.

    One node alone is aligned with the canvas. Raises StudioError for the backdrop and for locked nodes.
    """
    nodes = _with_pixels(document, node_ids)
    whole = document.canvas if len(nodes) == 1 else unite_boxes(pixel_bounds(node) for node in nodes)
    axis = 0 if edge in _ACROSS else 1

    def move(node_id: str) -> None:
        box = pixel_bounds(document.node(node_id))
        wanted = whole[axis] + _SHARE[edge] * (whole[axis + 2] - box[axis + 2])
        _move_along(document, node_id, axis, round(wanted) - box[axis])

    each(document, [node.id for node in nodes], "step.align", move)


def distribute(document: Document, node_ids: Sequence[str], *, across: bool) -> None:
    """Moves nodes by whole pixels so that the gaps between them are even; the outer two stay.

    Raises StudioError for fewer than three, for the backdrop and for locked nodes.
    """
    nodes, axis = _with_pixels(document, node_ids), 0 if across else 1
    if len(nodes) < 3:
        raise StudioError(message("arrange.three"))
    boxes = {node.id: pixel_bounds(node) for node in nodes}
    order = sorted(boxes, key=lambda node_id: boxes[node_id][axis] + boxes[node_id][axis + 2] / 2)
    first, last = boxes[order[0]], boxes[order[-1]]
    room = last[axis] + last[axis + 2] - first[axis]
    gap = (room - sum(box[axis + 2] for box in boxes.values())) / (len(order) - 1)
    places, at = {}, float(first[axis])
    for node_id in order:
        places[node_id] = round(at)
        at += boxes[node_id][axis + 2] + gap

    def move(node_id: str) -> None:
        _move_along(document, node_id, axis, places[node_id] - boxes[node_id][axis])

    each(document, order, "step.distribute", move)


def _move_along(document: Document, node_id: str, axis: int, by: int) -> None:
    movable(document, node_id)
    if by:
        shift(document, node_id, by if axis == 0 else 0, by if axis == 1 else 0)


@dataclass(frozen=True, slots=True)
class Placing:
    """A change of place on the canvas: scaled by `scale` and turned by `degrees` about `about`, then moved.

    `mirror` flips left and right first, about the same point. Layers stay as they are in themselves: such
    changes need no shear.
    """

    about: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    degrees: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    mirror: bool = False

    def applied(self, layer: Layer) -> Transform:
        """The transform of a layer after it."""
        x, y, w, h = layer.source_box
        old = layer.transform.rebased((x + w / 2, y + h / 2))
        cx, cy = transform_point(old.matrix(), *old.pivot)
        turn = np.radians(self.degrees)
        vx, vy = (self.about[0] - cx if self.mirror else cx - self.about[0]), cy - self.about[1]
        to_x = self.about[0] + self.scale * (np.cos(turn) * vx - np.sin(turn) * vy) + self.dx
        to_y = self.about[1] + self.scale * (np.sin(turn) * vx + np.cos(turn) * vy) + self.dy
        before = -old.degrees if self.mirror else old.degrees
        return replace(
            old, dx=float(to_x) - old.pivot[0], dy=float(to_y) - old.pivot[1],
            scale_x=old.scale_x * (-self.scale if self.mirror else self.scale),
            scale_y=old.scale_y * self.scale,
            degrees=(before + self.degrees + 180) % 360 - 180 if self.degrees or self.mirror else before,
        )  # fmt: skip


def place(
    document: Document, node_ids: Sequence[str], placing: Placing, step: str, merge_key: str | None = None
) -> None:
    """Moves, scales, turns or flips nodes together in one step; `step` is the id of its name, with a {count}.

    Raises StudioError for the backdrop, for locked nodes, and where too little or too much would be left.
    """
    nodes = _with_pixels(document, node_ids)
    for node in nodes:
        movable(document, node.id)
    layers = [layer.id for node in nodes for layer in Tree((node,)).layers]
    with document.one_step(message(step, count=len(nodes), name=nodes[0].name), merge_key):
        for layer_id in layers:
            transform(document, layer_id, placing.applied(document.layer(layer_id)))
