"""What one can do to layers: one verb each, one step of history each."""

from __future__ import annotations

from dataclasses import replace

from inpaint_studio.basics import FoundObject, StudioError, message
from inpaint_studio.document import Cutout, Document, Group, Layer, Node, Picture, Transform, Tree, parts
from inpaint_studio.document.holes import new_id
from inpaint_studio.document.nodes import converted
from inpaint_studio.studio.frames import mask_on_origin
from inpaint_studio.studio.locks import check_unlocked
from inpaint_studio.studio.names import copy_name

_SMALLEST_SCALE = 1e-4
_MOST_PIXELS = 100_000_000
"""A layer may cover this many canvas pixels, or twice the canvas: each takes up to 32 bytes to warp."""


def movable(document: Document, node_id: str) -> Node:
    """The node, if it may be moved, reordered and deleted. Raises StudioError where it may not."""
    node = document.node(node_id)
    if not node.movable:
        raise StudioError(message("backdrop.stays"))
    check_unlocked(document, node_id)
    return node


def _movable_layer(document: Document, layer_id: str) -> Layer:
    movable(document, layer_id)
    return document.layer(layer_id)


def transform(
    document: Document, layer_id: str, new: Transform, merge_key: str | None = None, step: str = "step.move"
) -> None:
    """Moves, scales, turns or flips a layer; `step` is the id of the step's name.

    Raises StudioError where nothing or too much would be left.
    """
    layer = _movable_layer(document, layer_id)
    if new == layer.transform:
        return
    if not all(abs(scale) >= _SMALLEST_SCALE for scale in (new.scale_x, new.scale_y)):
        raise StudioError(message("layer.too_small", name=layer.name))
    after = replace(layer, transform=new)
    width, height = after.bounds()[2:]
    if width * height > max(_MOST_PIXELS, 2 * document.canvas[2] * document.canvas[3], _area(layer)):
        raise StudioError(message("layer.too_large", name=layer.name))
    document.update(message(step, name=layer.name), after, merge_key=merge_key)


def _area(layer: Layer) -> int:
    width, height = layer.bounds()[2:]
    return width * height


def flip(document: Document, layer_id: str, *, horizontal: bool) -> None:
    """Mirrors a layer about the middle of what shows of it."""
    layer = _movable_layer(document, layer_id)
    x, y, w, h = layer.source_box
    about = layer.transform.rebased((x + w / 2, y + h / 2))
    # Turned layers: mirroring on the canvas is mirroring the source and turning the other way.
    new = replace(about, degrees=-about.degrees, skew=-about.skew)
    new = replace(new, scale_x=-new.scale_x) if horizontal else replace(new, scale_y=-new.scale_y)
    transform(document, layer_id, new, step="step.flip")


def alone(tree: Tree, node_id: str) -> Tree:
    """The tree as it looks when one node is shown alone, with its groups and all that is in it.

    For looking: nothing is changed. The same tree where there is no such node.
    """
    node = tree.find(node_id)
    if node is None:
        return tree
    kept = {node_id, *(group.id for group in tree.groups_of(node_id))}
    kept |= {each.id for each in Tree((node,)).nodes}

    def shown(each: Node) -> Node:
        # What is hidden in a group that is shown alone stays so.
        visible = each.id in kept and (each.visible or each.id == node_id or isinstance(each, Group))
        return each if each.visible == visible else replace(each, visible=visible)

    return tree.mapped(shown)


def delete(document: Document, node_id: str) -> None:
    """Removes a node and what is in it; the hole that a cutout was lifted from stays, filled.

    Raises StudioError for the backdrop, also inside of a group, for a locked node, and where no layer would
    be left.
    """
    node = movable(document, node_id)
    for inside in Tree((node,)).nodes:
        movable(document, inside.id)
    tree = document.tree.without({node_id})
    if not tree.layers:
        raise StudioError(message("layer.last", name=node.name))
    document.apply(message("step.delete", name=node.name), document.state.with_tree(tree))


def duplicate(document: Document, node_id: str, merge_key: str | None = None) -> str:
    """Puts a copy above a node and returns its id.

    The copy shows what the node shows, holes and fills included, but nothing was lifted from it and it
    was lifted from nothing.
    """
    node, tree = document.node(node_id), document.tree
    copy = replace(_copied(document, node), name=copy_name(document, node.name), locked=False)
    tree = tree.above(node_id, copy)
    document.apply(
        message("step.duplicate", name=node.name), document.state.with_tree(tree), merge_key=merge_key
    )
    return copy.id


def _copied(document: Document, node: Node) -> Node:
    """A node with all that is in it, with ids of its own."""
    if isinstance(node, Group):
        children = tuple(_copied(document, child) for child in node.children)
        return replace(node, id=new_id(), children=children)
    return _copied_layer(document, node) if isinstance(node, Layer) else replace(node, id=new_id())


def _copied_layer(document: Document, layer: Layer) -> Layer:
    tree = document.tree
    holes = tuple(replace(h, owner=None, id=new_id()) for h in layer.holes if h.owner not in tree.at_home)
    if isinstance(layer, Cutout):
        copy: Layer = replace(layer, id=new_id(), holes=holes, lifted_from=None)
    else:
        copy = converted(layer, Picture, id=new_id(), holes=holes)
    for part in parts(tree, copy):
        own = parts(tree, layer)
        same = next((p for p in own if p.mask.same(part.mask) and p.options == part.options), None)
        patch = None if same is None else document.fills.get(same.key)
        if same is not None and patch is not None:
            document.fills.put(part, patch, document.fills.is_final(same.key))
    return copy


def _opened_by(layer: Layer, cutout_id: str) -> bool:
    return any(hole.owner == cutout_id for hole in layer.holes)


def _closed(layer: Layer, cutout: Cutout, origin: Layer) -> Layer:
    """A layer without the hole of a cutout that is put back.

    One that went on behind the cutout does so no more: else it would show the cutout's own pixels there.
    """
    holes = tuple(hole for hole in layer.holes if hole.owner != cutout.id)
    if layer.id == origin.id or layer.mask is None or cutout.mask is None:
        return replace(layer, holes=holes)
    return replace(layer, holes=holes, mask=layer.mask.minus(mask_on_origin(cutout, cutout.mask, origin)))


def put_back(document: Document, layer_id: str) -> None:
    """Undoes a lift: the cutout goes, and so does the hole it left."""
    layer, tree = movable(document, layer_id), document.tree
    origin = tree.origin(layer)
    if origin is None or not isinstance(layer, Cutout):
        raise StudioError(message("layer.not_lifted", name=layer.name))
    closed = [_closed(each, layer, origin) for each in tree.layers if _opened_by(each, layer_id)]
    state = document.state.with_tree(tree.with_nodes(*closed).without({layer_id}))
    if layer.mask is not None and layer.label is not None and origin is tree.base:
        # It can be pointed at and lifted again.
        mask = mask_on_origin(layer, layer.mask, origin)
        stuff = any(hole.stuff for hole in origin.holes if hole.owner == layer_id)
        found = FoundObject(mask, layer.label, 1.0, "area" if stuff else "thing")
        state = replace(state, found=(*state.found, found))
    document.apply(message("step.put_back", name=layer.name), state)
