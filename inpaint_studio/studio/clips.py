"""What is copied and pasted: nodes with pixels of their own, that need no document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.mask import Box, intersect_boxes, unite_boxes
from inpaint_studio.document import Backdrop, Cutout, Group, Layer, Picture, Snapshot, Transform, Tree
from inpaint_studio.document.holes import new_id
from inpaint_studio.document.nodes import converted, source_and_mask
from inpaint_studio.document.state import State
from inpaint_studio.render import Samples, coverage, plate
from inpaint_studio.render.colour import between_profiles
from inpaint_studio.studio.names import untaken
from inpaint_studio.studio.outermost import outermost
from inpaint_studio.studio.selections import to_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.basics.surface import Surface
    from inpaint_studio.document import Document, Node

_AROUND = 64
"""Source pixels around a mask that go along, so that its edge can still be refined and painted."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Nodes that were copied, bottom first, each where it lay; colours are in the profile `icc` (None: sRGB).

    What was behind in their holes is part of their pixels; none was lifted from anything.
    """

    nodes: tuple[Node, ...]
    icc: bytes | None = None

    @property
    def bounds(self) -> Box:
        """The box around all their pixels, on the canvas they came from."""
        return unite_boxes(layer.bounds() for layer in Tree(self.nodes).layers)

    def snapshot(self) -> Snapshot:
        """The nodes as a picture of their own, as large as their bounds."""
        return Snapshot(State(self.bounds, Tree(self.nodes)), icc=self.icc)


def copied(snapshot: Snapshot, node_ids: Iterable[str], selection: Mask | None = None) -> Clip:
    """The nodes of these ids, or of their layers only what lies in a selection (canvas pixels).

    A job may call it. Raises StudioError where there are no pixels to copy.
    """
    nodes = outermost(snapshot.state.tree, node_ids)
    if selection is not None:
        inside = (_of_layer(snapshot, layer, selection) for layer in Tree(nodes).layers)
        made: tuple[Node, ...] = tuple(layer for layer in inside if layer is not None)
        if not made:
            raise StudioError(message("copy.nothing_selected"))
    else:
        made = tuple(each for node in nodes if (each := _copy(snapshot, node)) is not None)
    if not Tree(made).layers:
        raise StudioError(message("copy.no_pixels"))
    return Clip(made, snapshot.icc)


def merged(surface: Surface, selection: Mask | None, icc: bytes | None) -> Clip:
    """A picture of the canvas, or what of it lies in a selection, as one layer called "Merged"."""
    x, y, _, _ = surface.box
    source, mask = source_and_mask(surface.pixels)
    assert mask is not None
    alpha = mask.crop
    if selection is not None:
        seen = alpha.astype(np.uint16) * selection.window(surface.box)
        alpha = ((seen + 127) // 255).astype(np.uint8)
    mask = Mask.place(alpha)
    if not mask:
        raise StudioError(message("copy.nothing_selected"))
    if (alpha == 255).all():
        source, mask = np.ascontiguousarray(source[..., :3]), None
    layer = Picture("Merged", source, mask, transform=Transform(x, y))
    return Clip((_cropped(layer, layer.source_box),), icc)


def _copy(snapshot: Snapshot, node: Node) -> Node | None:
    if isinstance(node, Group):
        inside = (_copy(snapshot, child) for child in node.children)
        children = tuple(child for child in inside if child is not None)
        return replace(node, id=new_id(), children=children, locked=False)
    if isinstance(node, Layer):
        return _of_layer(snapshot, node)
    return replace(node, id=new_id(), locked=False)


def _of_layer(snapshot: Snapshot, layer: Layer, selection: Mask | None = None) -> Layer | None:
    """A layer by itself, with its fills as pixels; None where nothing of it is selected."""
    mask = _shown_mask(snapshot, layer)
    if selection is not None:
        chosen = to_source(layer, selection)
        mask = chosen if mask is None else mask.intersection(chosen)
    if mask is not None and not mask:
        return None
    height, width = layer.source.shape[:2]
    x, y, w, h = (0, 0, width, height) if mask is None else mask.box
    near = (x - _AROUND, y - _AROUND, w + 2 * _AROUND, h + 2 * _AROUND)
    box = intersect_boxes(near, (0, 0, width, height))
    pixels = plate(snapshot, layer, box, dtype=layer.source.dtype)
    if layer.deep and mask is not None:
        # What the mask is in 8 bits it stays; the fourth channel tells it finer.
        pixels = np.dstack([pixels, coverage(snapshot, layer, Samples(box), np.uint16)])
    whole = replace(
        layer, source=pixels, mask=None if mask is None else mask.moved(-box[0], -box[1]), colours=None,
        holes=(), id=new_id(), locked=False, transform=_from_corner(layer.transform, box), source_frame=None,
    )  # fmt: skip
    if isinstance(whole, Backdrop):
        return converted(whole, Picture)
    return replace(whole, lifted_from=None) if isinstance(whole, Cutout) else whole


def _shown_mask(snapshot: Snapshot, layer: Layer) -> Mask | None:
    """A layer's mask, where holes are open as transparent as their fills."""
    if layer.mask is None or not layer.holes:
        return layer.mask
    return Mask.place(coverage(snapshot, layer, Samples(layer.mask.box)), layer.mask.x, layer.mask.y)


def _cropped(layer: Picture, box: Box) -> Picture:
    x, y, w, h = box
    return replace(
        layer, source=np.ascontiguousarray(layer.source[y : y + h, x : x + w]),
        mask=None if layer.mask is None else layer.mask.moved(-x, -y),
        transform=_from_corner(layer.transform, box),
    )  # fmt: skip


def _from_corner(transform: Transform, box: Box) -> Transform:
    """The same place for a source of which only a box is kept."""
    x, y, _, _ = box
    pivot = transform.pivot[0] - x, transform.pivot[1] - y
    return replace(transform, dx=transform.dx + x, dy=transform.dy + y, pivot=pivot)


def paste(
    document: Document, clip: Clip, at: tuple[float, float] | None = None, above: str | None = None
) -> list[str]:
    """Puts what was copied into a document in one step; returns the ids of its nodes, bottom first.

    Their middle comes to lie `at` a canvas point; None leaves them where they were. They lie directly above
    the node `above`, in its group, or on top of all for None and for the backdrop.
    """
    shift = (0, 0)
    if at is not None:
        x, y, w, h = clip.bounds
        shift = round(at[0] - x - w / 2), round(at[1] - y - h / 2)
    node = document.tree.find(above)
    under = None if node is None or not node.movable else node.id
    tree, made = document.tree, []
    profiles, taken = (clip.icc, document.photo.icc), {node.name for node in tree.nodes}
    for each in clip.nodes:
        new = _pasted(each, profiles, shift, taken)
        tree, under = tree.above(under, new), new.id
        made.append(new.id)
    names = [node.name for node in clip.nodes]
    step = message("step.paste", name=names[0]) if len(names) == 1 else message("step.paste_several")
    document.apply(step, document.state.with_tree(tree))
    return made


def _pasted(
    node: Node, profiles: tuple[bytes | None, bytes | None], shift: tuple[int, int], taken: set[str]
) -> Node:
    """A node of a clip with an id and a name of its own, from one profile in another; adds to `taken`."""
    name = untaken(node.name, taken)
    taken.add(name)
    if isinstance(node, Group):
        children = tuple(_pasted(child, profiles, shift, taken) for child in node.children)
        return replace(node, id=new_id(), name=name, children=children)
    if not isinstance(node, Layer):
        return replace(node, id=new_id(), name=name)
    place = replace(node.transform, dx=node.transform.dx + shift[0], dy=node.transform.dy + shift[1])
    source = between_profiles(node.source, *profiles)
    return replace(node, id=new_id(), name=name, source=source, transform=place)
