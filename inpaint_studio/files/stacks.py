"""The nodes of a project in the stack that other programs read, and back.

Layers are pictures of the stack, groups are its groups. What a stack can't hold is only in our own records:
an adjustment's record says which node it lies on.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.document import Group, Layer, Node, Tree
from inpaint_studio.files.openraster import StackGroup, StackLayer, StackNode, op_of, plain_name, written_as
from inpaint_studio.files.png import encode_png, without_idle_alpha
from inpaint_studio.render import layer_surface

if TYPE_CHECKING:
    from inpaint_studio.basics import Progress
    from inpaint_studio.document import Snapshot
    from inpaint_studio.files.fields import Fields
    from inpaint_studio.files.foreign import Pictures
    from inpaint_studio.files.openraster import Writer
    from inpaint_studio.files.records import Record, Recorder, Restorer

_N = TypeVar("_N", bound=Node)


class NodeWriter:
    """Writes layers as the pictures that other programs show, and all nodes as records."""

    def __init__(
        self, writer: Writer, recorder: Recorder, snapshot: Snapshot, icc: bytes | None, progress: Progress
    ) -> None:
        self._writer, self._recorder, self._snapshot, self._icc = writer, recorder, snapshot, icc
        self._progress = progress
        self._count = 0
        self.records: dict[str, list[Record]] = {"layers": [], "groups": [], "adjustments": []}

    def write(self) -> tuple[StackNode, ...]:
        """Writes all nodes of the snapshot; what stack.xml says of them, bottom first."""
        return self._nodes(self._snapshot.state.tree.roots, None)

    def _nodes(self, nodes: tuple[Node, ...], group: str | None) -> tuple[StackNode, ...]:
        shown: list[StackNode] = []
        below: str | None = None
        for node in nodes:
            if isinstance(node, Layer):
                shown.append(self._layer(node))
            elif isinstance(node, Group):
                shown.append(self._group(node))
            else:
                place = {"group": group, "on": below}
                self.records["adjustments"].append(self._recorder.node(node) | place)
            below = node.id
        return tuple(shown)

    def _group(self, group: Group) -> StackGroup:
        records, place = self.records["groups"], len(self.records["groups"])
        # Before those of the groups in it, as they are read.
        records.append({})
        shown = _shown_group(group, self._nodes(group.children, group.id))
        records[place] = self._recorder.node(group) | {"drawn": list(shown.sources)}
        return shown

    def _layer(self, layer: Layer) -> StackLayer:
        self._progress.report(self._count / len(self._snapshot.state.layers), message("job.saving_layers"))
        member = f"data/layer{self._count:03}.png"
        self._count += 1
        # Other programs draw and move a cutout that rests at home, so its hole is filled for them.
        opened = replace(layer, holes=tuple(replace(hole, owner=None) for hole in layer.holes))
        surface = layer_surface(self._snapshot, opened, dtype=layer.source.dtype)
        (x, y, _, _), pixels = surface.box, surface.pixels
        # A PNG has at least one pixel.
        seen = without_idle_alpha(pixels) if pixels.size else np.zeros((1, 1, 4), np.uint8)
        data = encode_png(seen, icc=self._icc)
        self._writer.add(member, data)
        left, top, _, _ = self._snapshot.state.canvas
        shown = _shown_layer(layer, member, x - left, y - top)
        digest = hashlib.sha256(data).hexdigest()
        drawn = {"src": shown.src, "x": shown.x, "y": shown.y, "sha256": digest}
        self.records["layers"].append(self._recorder.node(layer) | {"drawn": drawn})
        return shown


def _shown_layer(layer: Layer, member: str, x: int, y: int) -> StackLayer:
    return StackLayer(
        layer.name, layer.opacity, layer.visible, op_of(layer.blend), layer.locked, member, x, y
    )


def _shown_group(group: Group, children: tuple[StackNode, ...]) -> StackGroup:
    return StackGroup(
        group.name, group.opacity, group.visible, op_of(group.blend), group.locked, children,
        # Programs take it for a group that others see through where this is not said.
        group.composed_apart,
    )  # fmt: skip


class NodeReader:
    """Reads nodes back. What another program changed or added is a plain picture or group, with a notice."""

    def __init__(self, record: Fields, restorer: Restorer, pictures: Pictures) -> None:
        self._reader, self._restorer, self._pictures = record.reader, restorer, pictures
        self._layers = {each.fields("drawn").text("src"): each for each in record.many("layers")}
        groups = record.many("groups") if "groups" in record else []
        # Those that hold the same layers, such as a group of nothing but a group, in their order.
        self._groups: dict[tuple[str, ...], list[Fields]] = {}
        for each in groups:
            self._groups.setdefault(tuple(each.texts("drawn")), []).append(each)
        self._adjustments = record.many("adjustments") if "adjustments" in record else []

    def tree(self, stack: tuple[StackNode, ...]) -> Tree:
        """The tree that a stack shows. Raises StudioError for records that are damaged."""
        tree = Tree(self._nodes(stack))
        ids = [node.id for node in tree.nodes] + [record.text("id") for record in self._adjustments]
        if len(set(ids)) < len(ids):
            raise self._reader.damaged("two of its layers are the same")
        for record in self._adjustments:
            tree = self._with_adjustment(tree, record)
        self._pictures.notices += [
            f"“{record.text('name')}” was taken out by another program." for record in self._layers.values()
        ]
        return tree

    def _nodes(self, stack: tuple[StackNode, ...]) -> tuple[Node, ...]:
        made = (self._group(x) if isinstance(x, StackGroup) else self._layer(x) for x in stack)
        return tuple(node for node in made if node is not None)

    def _with_adjustment(self, tree: Tree, record: Fields) -> Tree:
        node, group = self._restorer.node(record), tree.find(record.text_or_none("group"))
        below = tree.find(record.text_or_none("on"))
        if below is not None:
            return tree.above(below.id, node)
        if isinstance(group, Group):
            return tree.with_children(group.id, (node, *group.children))
        # Nothing lay below it, or that was taken out.
        return Tree((node, *tree.roots)) if record.text_or_none("on") is None else tree.above(None, node)

    def _group(self, shown: StackGroup) -> Node:
        saved = self._groups.get(shown.sources)
        if not saved:
            return replace(self._pictures.group(shown), children=self._nodes(shown.children))
        record = saved.pop(0)
        group, children = self._restorer.node(record), self._nodes(shown.children)
        if not isinstance(group, Group):
            raise record.wrong("kind")
        was = _shown_group(group, ())
        isolated = group.isolated if shown.isolated == was.isolated else shown.isolated
        group = replace(group, children=children, isolated=isolated)
        return _as_shown(group, was, shown, self._pictures)

    def _layer(self, shown: StackNode) -> Layer | None:
        if not isinstance(shown, StackLayer):
            return None
        record = self._layers.pop(shown.src, None)
        layer = None if record is None else self._unchanged(record, shown)
        if layer is None:
            self._pictures.notices.append(
                f"“{shown.name}” was changed or added by another program: it is a plain picture now."
            )
            layer = self._pictures.layer(shown)
        return layer

    def _unchanged(self, record: Fields, shown: StackLayer) -> Layer | None:
        """The layer as saved, with what stack.xml now says of it; None if its picture is another one."""
        drawn = record.fields("drawn")
        try:
            data = record.reader.read(shown.src)
        except StudioError:
            self._pictures.notices.append(
                f"The picture of “{shown.name}” for other programs is missing or damaged; it is drawn anew."
            )
        else:
            if hashlib.sha256(data).hexdigest() != drawn.text("sha256"):
                return None
        layer = self._restorer.layer(record)
        was = _shown_layer(layer, shown.src, drawn.whole("x"), drawn.whole("y"))
        if (shown.x, shown.y) != (was.x, was.y):
            move = layer.transform
            move = replace(move, dx=move.dx + shown.x - was.x, dy=move.dy + shown.y - was.y)
            layer = replace(layer, transform=move)
            self._pictures.notices.append(f"“{layer.name}” was moved by another program.")
        return _as_shown(layer, was, shown, self._pictures)


def _as_shown(node: _N, was: StackNode, shown: StackNode, pictures: Pictures) -> _N:
    """A node with what stack.xml now says of it; names and blend modes only where they are others."""
    if shown.name != plain_name(was.name):
        node = replace(node, name=shown.name)
    if shown.op not in written_as(node.blend):
        node = replace(node, blend=pictures.blend(shown))
    return replace(node, opacity=shown.opacity, visible=shown.visible)
