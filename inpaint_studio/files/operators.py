"""Operators of Porter and Duff that documents have not got, such as erasing and clipping, by what they have.

Where masks can be changed so that the picture is the same, they are. Else the layers become one picture, and
stay hidden below it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Array, Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype, full
from inpaint_studio.document import BLEND_MODES, Group, Layer, Node, Snapshot, State, Tree
from inpaint_studio.files.pictures import picture_layer
from inpaint_studio.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import DTypeLike

Shares = NDArray[np.float32]
"""Of opacity, 0..1."""

_ROWS = 256
"""So many rows are worked out at once: memory stays small for large pictures."""
_TOLERANCE = 1.5
"""Levels of 8 bits by which pictures that count as the same may differ: both are rounded."""


@dataclass(frozen=True, slots=True)
class Operator:
    """How a node and what lies below it are joined, by W3C Compositing and Blending Level 1, section 9.

    `own` and `below` are the shares of both that are kept, by the opacities (of the node, of what is below).
    `cuts_own` and `cuts_below` say which part of the other's opacity masks are to keep for that: "in", "out",
    all of it ("all"), or that it is not drawn any more ("none"). `under`: the node goes below the others.
    """

    own: Callable[[Shares, Shares], Shares]
    below: Callable[[Shares, Shares], Shares]
    cuts_own: str = "none"
    cuts_below: str = "none"
    under: bool = False


def _one(own: Shares, below: Shares) -> Shares:
    return np.ones_like(own)


def _nothing(own: Shares, below: Shares) -> Shares:
    return np.zeros_like(own)


def _in_own(own: Shares, below: Shares) -> Shares:
    return own


def _out_of_own(own: Shares, below: Shares) -> Shares:
    return 1 - own


def _in_below(own: Shares, below: Shares) -> Shares:
    return below


def _out_of_below(own: Shares, below: Shares) -> Shares:
    return 1 - below


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "clear": Operator(_nothing, _nothing),
        "src": Operator(_one, _nothing, "all"),
        "dst": Operator(_nothing, _one, "none", "all"),
        "dst-over": Operator(_out_of_below, _one, "all", "all", under=True),
        "src-in": Operator(_in_below, _nothing, "in"),
        "dst-in": Operator(_nothing, _in_own, "none", "in"),
        "src-out": Operator(_out_of_below, _nothing, "out"),
        "dst-out": Operator(_nothing, _out_of_own, "none", "out"),
        "src-atop": Operator(_in_below, _out_of_own, "in", "all"),
        "dst-atop": Operator(_out_of_below, _in_own, "all", "in", under=True),
        "xor": Operator(_out_of_below, _out_of_own, "out", "out"),
        "plus": Operator(_one, _one),
    }
)
"""By name, without OpenRaster's "svg:"."""


def joined(below: tuple[Node, ...], node: Node, operator: str, canvas: Box) -> tuple[tuple[Node, ...], bool]:
    """Nodes (bottom first) that look as if `node` were laid on those `below` it by an operator.

    They are composed on nothing. Also says whether all layers are kept; else the last of the nodes is a group
    with one picture of them, which has the size of the canvas, and the layers hidden below it.
    """
    how = OPERATORS[operator]
    dtype = State(canvas, Tree((*below, node))).dtype
    ground, over = _drawn(below, canvas, dtype), _drawn((replace(node, blend="normal"),), canvas, dtype)
    exact = _composed(ground, over, how, node.blend)
    covers = tuple(np.asarray(as_dtype(each[..., 3], np.uint8), np.uint8) for each in (ground, over))
    kept = _masked(below, node, how, covers, canvas)
    if kept is not None and _same(_drawn(kept, canvas, dtype), exact):
        return kept, True
    picture = picture_layer(node.name, exact, canvas[:2])
    return (Group(node.name, (*_hidden(below), replace(node, visible=False), picture)),), False


def _drawn(nodes: tuple[Node, ...], canvas: Box, dtype: DTypeLike) -> Pixels:
    return render(Snapshot(State(canvas, Tree(nodes))), dtype=dtype).pixels


def _hidden(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(replace(node, visible=False) for node in nodes)


def _composed(ground: Pixels, over: Pixels, how: Operator, blend: str) -> Pixels:
    out, most = np.zeros_like(ground), np.float32(full(ground.dtype))
    for top in range(0, len(out), _ROWS):
        rows = np.s_[top : top + _ROWS]
        below, own = (each[rows].astype(np.float32) / most for each in (ground, over))
        a_below, a_own = below[..., 3:], own[..., 3:]
        colours = BLEND_MODES[blend].function(below[..., :3], own[..., :3])
        share_own, share_below = a_own * how.own(a_own, a_below), a_below * how.below(a_own, a_below)
        alpha = np.minimum(share_own + share_below, 1)
        light = np.minimum(share_own * colours + share_below * below[..., :3], 1)
        out[rows, :, :3] = np.rint(np.minimum(light / np.maximum(alpha, 1e-6), 1) * most)
        out[rows, :, 3:] = np.rint(alpha * most)
    return out


def _same(a: Pixels, b: Pixels) -> bool:
    """Whether two pictures differ nowhere by more than a level of 8 bits."""
    scale = np.float32(255 / full(a.dtype))
    for top in range(0, len(a), _ROWS):
        one, other = (each[top : top + _ROWS].astype(np.float32) * scale for each in (a, b))
        for each in (one, other):
            each[..., :3] *= each[..., 3:] / np.float32(255)
        if np.abs(one - other).max(initial=0) > _TOLERANCE:
            return False
    return True


def _masked(
    below: tuple[Node, ...], node: Node, how: Operator, covers: tuple[Array, ...], canvas: Box
) -> tuple[Node, ...] | None:
    """The nodes with masks that do what the operator does where opacities are 0 or 1; None if they can't."""
    ground, over = covers
    lower = [_cut(each, how.cuts_below, over, canvas) for each in below]
    upper = _cut(node, how.cuts_own, ground, canvas)
    if upper is None or None in lower:
        return None
    kept = tuple(each for each in lower if each is not None)
    return (upper, *kept) if how.under else (*kept, upper)


def _cut(node: Node, how: str, cover: Array, canvas: Box) -> Node | None:
    if how == "none":
        return replace(node, visible=False)
    if how == "all":
        return node
    return _trimmed(node, cover if how == "in" else 255 - cover, 0 if how == "in" else 255, canvas)


def _trimmed(node: Node, cover: Array, beside: int, canvas: Box) -> Node | None:
    """A node whose masks are multiplied by `cover`, which is `beside` outside of the canvas.

    None if a layer is turned, scaled, or no layer.
    """
    if isinstance(node, Group):
        inside = [_trimmed(each, cover, beside, canvas) for each in node.children]
        if None in inside:
            return None
        return replace(node, children=tuple(each for each in inside if each is not None))
    if not isinstance(node, Layer) or node.transform.whole_shift is None:
        return None
    box, (x, y, width, height) = node.bounds(), node.source_box
    keeps = np.full((height, width), beside, np.uint8)
    left, top, w, h = intersect_boxes(box, canvas)
    part = cover[top - canvas[1] : top - canvas[1] + h, left - canvas[0] : left - canvas[0] + w]
    keeps[top - box[1] : top - box[1] + h, left - box[0] : left - box[0] + w] = part
    if (keeps == 255).all():
        return node
    own = np.uint16(255) if node.mask is None else node.mask.crop.astype(np.uint16)
    return replace(node, mask=Mask(x, y, ((keeps * own + np.uint16(127)) // np.uint16(255)).astype(np.uint8)))
