"""OpenRaster layers of other programs as plain picture layers."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.document import (
    Backdrop,
    Document,
    Group,
    Layer,
    Node,
    Photo,
    Picture,
    Snapshot,
    State,
    Transform,
    Tree,
)  # fmt: skip
from inpaint_studio.document.metadata import NO_METADATA
from inpaint_studio.document.nodes import converted
from inpaint_studio.files.openraster import StackGroup, StackLayer
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.files.png import SIGNATURE
from inpaint_studio.render import render

if TYPE_CHECKING:
    from inpaint_studio.files.limits import PixelBudget
    from inpaint_studio.files.openraster import Reader, Stack, StackNode

_MERGED = "mergedimage.png"


@dataclass
class Pictures:
    """Reads PNG members as picture layers; `corner` is where stack.xml's (0, 0) lies on the canvas."""

    reader: Reader
    budget: PixelBudget
    corner: tuple[int, int] = (0, 0)
    notices: list[str] = field(default_factory=list)
    icc: bytes | None = None
    """The colour profile of the first picture that has one."""

    def blend(self, shown: StackNode) -> str:
        """The blend mode of a layer or group, "normal" with a notice where this program has not got it."""
        if shown.blend is None:
            self.notices.append(f"“{shown.name}” uses the unknown mode “{shown.op}”: drawn as normal.")
        return shown.blend or "normal"

    def layer(self, shown: StackLayer) -> Layer | None:
        """The layer trimmed to its covered part; None, with a notice, if its picture is no PNG.

        Raises StudioError if the picture is missing or damaged.
        """
        photo = self.photo(shown.src)
        if photo is None:
            self.notices.append(f"“{shown.name}” is not a PNG picture: left out.")
            return None
        source, mask, left, top = photo.pixels, None, 0, 0
        if source.shape[2] == 4:
            covered = Mask.place(source[:, :, 3])
            left, top, width, height = covered.box if covered else (0, 0, 1, 1)
            source = np.ascontiguousarray(source[top : top + height, left : left + width, :3])
            mask = None if covered and (covered.crop == 255).all() else Mask(0, 0, covered.crop)
        dx, dy = self.corner[0] + shown.x + left, self.corner[1] + shown.y + top
        return Picture(
            shown.name or "Layer",
            source,
            mask,
            transform=Transform(float(dx), float(dy)),
            opacity=shown.opacity,
            blend=self.blend(shown),
            visible=shown.visible,
            locked=shown.locked,
        )

    def nodes(self, stack: tuple[StackNode, ...]) -> tuple[Node, ...]:
        """All that can be shown of a stack, groups as groups."""
        made = (self.group(x) if isinstance(x, StackGroup) else self._layer(x) for x in stack)
        return tuple(node for node in made if node is not None)

    def group(self, shown: StackGroup) -> Group:
        return Group(
            shown.name or "Group",
            self.nodes(shown.children),
            isolated=shown.isolated,
            opacity=shown.opacity,
            blend=self.blend(shown),
            visible=shown.visible,
            locked=shown.locked,
        )

    def _layer(self, shown: StackNode) -> Layer | None:
        return self.layer(shown) if isinstance(shown, StackLayer) else None

    def photo(self, member: str) -> Photo | None:
        """A PNG member as a photo; None if it is another kind of picture."""
        data = self.reader.read(member)
        if not data.startswith(SIGNATURE):
            return None
        if len(data) < 24:
            raise self.reader.damaged(f"its member “{member}” is incomplete")
        self.budget.take(*struct.unpack(">II", data[16:24]))
        photo = photo_from_bytes(data, f"{self.reader.name}/{member}")
        self.icc = self.icc or photo.icc
        return photo


def covers(layer: Layer, canvas: Box) -> bool:
    """Whether an opaque layer without turn or scale lies under the whole canvas."""
    shift = layer.transform.whole_shift
    return layer.mask is None and shift is not None and intersect_boxes(layer.bounds(), canvas) == canvas


def with_backdrop(tree: Tree, canvas: Box) -> Tree:
    """The tree, its lowest layer a backdrop if there is none and it covers the canvas."""
    lowest = tree.roots[0] if tree.roots else None
    if tree.backdrop is not None or not isinstance(lowest, Layer) or not covers(lowest, canvas):
        return tree
    return Tree((converted(lowest, Backdrop), *tree.roots[1:]))


def open_foreign(reader: Reader, stack: Stack, budget: PixelBudget) -> tuple[Document, list[str]]:
    """Another program's OpenRaster file as a document of picture layers, and notices."""
    pictures = Pictures(reader, budget)
    tree = Tree(pictures.nodes(stack.nodes))
    if not tree.layers:
        raise StudioError(message("project.no_layers", name=reader.name))
    canvas = (0, 0, stack.width, stack.height)
    tree = with_backdrop(tree, canvas)
    name = f"{PurePath(reader.name).stem}.png"
    if tree.backdrop is not None:
        photo = Photo(tree.backdrop.source, name, icc=pictures.icc)
    else:
        photo = _merged(pictures, State(canvas, tree), name)
    return Document(photo, State(canvas, tree)), pictures.notices


def _merged(pictures: Pictures, state: State, name: str) -> Photo:
    icc = pictures.icc
    if _MERGED in pictures.reader:
        merged = pictures.photo(_MERGED)
        if merged is not None and merged.size == state.canvas[2:]:
            return replace(merged, name=name, data=b"", metadata=NO_METADATA)
    return Photo(render(Snapshot(state)).pixels, name, icc=icc)
