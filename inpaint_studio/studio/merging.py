"""Making one layer of several, or of one that is turned, filled and softened: what is seen, as pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.mask import Box, unite_boxes
from inpaint_studio.basics.surface import full
from inpaint_studio.document import Backdrop, Layer, Picture, SourceFrame, Transform, Tree
from inpaint_studio.document.holes import new_id
from inpaint_studio.document.nodes import source_and_mask
from inpaint_studio.render import render
from inpaint_studio.studio.edit import movable
from inpaint_studio.studio.locks import check_unlocked
from inpaint_studio.studio.outermost import outermost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Document, Node

_MOST_PIXELS = 200_000_000


def rasterise(document: Document, node_id: str) -> str:
    """Makes plain pixels of a layer as it is seen, or of all that is in a group; returns the new layer's id.

    Opacity and blend mode stay to be changed. Raises StudioError for the backdrop and for locked nodes, and
    where there are no pixels.
    """
    node = movable(document, node_id)
    bare = replace(node, opacity=1.0, blend="normal", visible=True)
    box = _box_of(document, (bare,))
    drawn = _drawn(document, document.tree.with_nodes(bare), {node_id}, box)
    made = _layer_of(drawn, box, node.name)
    made = replace(made, opacity=node.opacity, blend=node.blend, visible=node.visible, tag=node.tag)
    tree = document.tree.above(node_id, made).without({node_id})
    document.apply(message("step.rasterise", name=node.name), document.state.with_tree(tree))
    return made.id


def merge(document: Document, node_ids: Iterable[str], step: str = "step.merge") -> str:
    """Makes one layer of several in the place of the lowest, whose name it keeps; returns its id.

    What is hidden is dropped. Raises StudioError for locked nodes, for fewer than two, and where there are no
    pixels.
    """
    nodes = outermost(document.tree, node_ids)
    if len(nodes) < 2:
        raise StudioError(message("merge.two"))
    for node in nodes:
        check_unlocked(document, node.id)
    lowest, ids = nodes[0], {node.id for node in nodes}
    if isinstance(lowest, Backdrop):
        made: Layer = _backdrop_of(document, lowest, ids)
        tree = (
            document.tree.above(lowest.id, made) if made.id != lowest.id else document.tree.with_nodes(made)
        )
        tree = tree.without(ids - {made.id})
    else:
        box = _box_of(document, nodes)
        bare = document.tree.with_nodes(replace(lowest, blend="normal"))
        made = replace(
            _layer_of(_drawn(document, bare, ids, box), box, lowest.name), blend=lowest.blend, tag=lowest.tag
        )
        tree = document.tree.above(lowest.id, made).without(ids)
    document.apply(message(step, name=lowest.name), document.state.with_tree(tree))
    return made.id


def merge_down(document: Document, node_id: str) -> str:
    """Makes one layer of a node and the one below it in its group; returns its id.

    Errors as `merge`, also if there is none.
    """
    siblings = document.tree.siblings(node_id)
    place = next(i for i, node in enumerate(siblings) if node.id == node_id)
    if not place:
        raise StudioError(message("merge.nothing_below", name=siblings[0].name))
    return merge(document, (siblings[place - 1].id, node_id), "step.merge_down")


def flatten(document: Document) -> str:
    """Makes one layer of all that is seen; returns its id. Errors as `merge`."""
    return merge(document, [node.id for node in document.tree.roots], "step.flatten")


def _drawn(document: Document, tree: Tree, node_ids: set[str], box: Box) -> Pixels:
    """Only these nodes of a tree, and what is in them: h×w×4."""
    inside = {each.id for node_id in node_ids for each in Tree((tree.node(node_id),)).nodes}
    groups = {group.id for node_id in node_ids for group in tree.groups_of(node_id)}
    opened = [replace(tree.node(group_id), opacity=1.0, blend="normal", visible=True) for group_id in groups]
    kept = inside | groups
    alone = tree.with_nodes(*opened).mapped(lambda node: node if node.id in kept else None)
    dtype = next((layer.source.dtype for layer in alone.layers), np.uint8)
    snapshot = document.snapshot().with_state(document.state.with_tree(alone))
    return render(snapshot, box, dtype=dtype).pixels


def _box_of(document: Document, nodes: Iterable[Node]) -> Box:
    nodes = tuple(nodes)
    box = unite_boxes(layer.bounds() for layer in Tree(nodes).layers)
    w, h = box[2:]
    if not (w and h):
        raise StudioError(message("layer.no_pixels", name=nodes[0].name))
    if w * h > max(_MOST_PIXELS, document.canvas[2] * document.canvas[3]):
        raise StudioError(message("layer.too_large", name=nodes[0].name))
    return box


def _layer_of(pixels: Pixels, box: Box, name: str) -> Picture:
    source, mask = _source_and_mask(pixels)
    return Picture(name, source, mask, transform=Transform(box[0], box[1]))


def _source_and_mask(pixels: Pixels) -> tuple[Pixels, Mask | None]:
    """As `source_and_mask` of H×W×4; without a mask where all is opaque."""
    opaque = pixels[..., 3].min(initial=full(pixels.dtype)) == full(pixels.dtype)
    return source_and_mask(np.ascontiguousarray(pixels[..., :3]) if opaque else pixels)


def _backdrop_of(document: Document, backdrop: Backdrop, node_ids: set[str]) -> Backdrop:
    """The backdrop with the other nodes on it, as large as it was.

    What was lifted from it still belongs to it, unless it was turned or scaled with the canvas.
    """
    height, width = backdrop.source.shape[:2]
    shift = backdrop.transform.whole_shift
    box = backdrop.bounds() if shift is None else (*shift, width, height)
    source, mask = _source_and_mask(_drawn(document, document.tree, node_ids, box))
    made = replace(
        backdrop, source=source, mask=mask, colours=None, holes=(), opacity=1.0, blend="normal", visible=True,
        source_frame=SourceFrame(new_id()),
    )  # fmt: skip
    return made if shift is not None else replace(made, id=new_id(), transform=Transform(box[0], box[1]))
