"""OpenRaster layers of other programs as plain picture layers."""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from inpaint_studio.basics import StudioError, message
from inpaint_studio.document import (
    Document,
    Group,
    Layer,
    Node,
    Photo,
    Snapshot,
    State,
    Tree,
)  # fmt: skip
from inpaint_studio.document.metadata import NO_METADATA
from inpaint_studio.files.openraster import StackGroup, StackLayer
from inpaint_studio.files.operators import joined
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.files.pictures import photo_of, picture_layer, with_backdrop, with_merged
from inpaint_studio.files.png import SIGNATURE
from inpaint_studio.files.profiles import profile_space
from inpaint_studio.files.readers.png import profile_of
from inpaint_studio.render import render
from inpaint_studio.render.colour import between_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.basics.mask import Box
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.files.limits import PixelBudget
    from inpaint_studio.files.openraster import Reader, Stack, StackNode

_MERGED = "mergedimage.png"


@dataclass
class Pictures:
    """Reads PNG members as picture layers; stack.xml's (0, 0) is the corner of the `canvas`."""

    reader: Reader
    budget: PixelBudget
    canvas: Box
    notices: list[str] = field(default_factory=list)
    icc: bytes | None = None
    """The colour profile of the document, into which all are converted."""
    lacking: bool = False
    """Whether something is not shown as the program that wrote the file shows it."""
    first_error: StudioError | None = None
    """Why the first of the layers that are left out can't be read."""

    def blend(self, shown: StackNode) -> str:
        """The blend mode of a layer or group, "normal" with a notice where this program has not got it."""
        if shown.blend is None and not (shown.visible and shown.operator):
            self.lacking |= shown.visible
            self.notices.append(f"“{shown.name}” uses the unknown mode “{shown.op}”: drawn as normal.")
        return shown.blend or "normal"

    def layer(self, shown: StackLayer) -> Layer | None:
        """The layer trimmed to its covered part; None, with a notice, if its picture can't be read."""
        try:
            photo = self.photo(shown.src)
        except StudioError as error:
            if self.budget.left < 0:
                raise
            self.first_error = self.first_error or error
            where = shown.src or "none is named"
            self._leave_out(shown, f"its picture is missing or damaged ({where})")
            return None
        if photo is None:
            self._leave_out(shown, "it is not a PNG picture")
            return None
        return picture_layer(
            shown.name or "Layer",
            self.colours(photo),
            (self.canvas[0] + shown.x, self.canvas[1] + shown.y),
            opacity=shown.opacity,
            blend=self.blend(shown),
            visible=shown.visible,
            locked=shown.locked,
        )

    def _leave_out(self, shown: StackLayer, why: str) -> None:
        self.lacking = True
        self.notices.append(f"“{shown.name or 'Layer'}” is left out: {why}.")

    def nodes(self, stack: tuple[StackNode, ...]) -> tuple[Node, ...]:
        """All that can be shown of a stack, groups as groups."""
        made: tuple[Node, ...] = ()
        for shown in with_operators_out(stack):
            node = self.group(shown) if isinstance(shown, StackGroup) else self._layer(shown)
            if node is None:
                continue
            if shown.operator and node.visible:
                made = self._joined(made, node, shown)
            else:
                made = (*made, node)
        return made

    def _joined(self, below: tuple[Node, ...], node: Node, shown: StackNode) -> tuple[Node, ...]:
        nodes, kept = joined(below, node, shown.operator, self.canvas)
        what = (
            "is worked into the masks of the layers that it concerns"
            if kept
            else "makes one picture of itself and what lies below it; these layers are hidden under that"
        )
        self.notices.append(f"“{shown.name}” with the mode “{shown.op}” {what}.")
        return nodes

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
        return photo_from_bytes(data, f"{self.reader.name}/{member}")

    def colours(self, photo: Photo) -> Pixels:
        """A photo's pixels in the document's colours."""
        return between_profiles(photo.exact, photo.icc, self.icc)

    def as_merged(self) -> Photo | None:
        """The picture as the program that wrote the file drew it; None if there is none that fits."""
        if _MERGED not in self.reader:
            return None
        try:
            merged = self.photo(_MERGED)
        except StudioError:
            return None
        return merged if merged is not None and merged.size == self.canvas[2:] else None

    def with_merged(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """The nodes under the picture as it was drawn, hidden, if something is not shown so."""
        merged = self.as_merged() if self.lacking else None
        if merged is None:
            return nodes
        return with_merged(nodes, self.colours(merged), self.canvas[:2], self.notices)


def with_operators_out(stack: tuple[StackNode, ...]) -> Iterator[StackNode]:
    """A stack's nodes, bottom first; what reaches out of a group stands beside the others.

    One that is not isolated is taken apart if something in it is joined to what lies below by an operator.
    """
    for shown in stack:
        if isinstance(shown, StackGroup) and shown.visible and not shown.apart:
            inside = tuple(with_operators_out(shown.children))
            if any(each.visible and each.operator for each in inside):
                yield from inside
                continue
        yield shown


def _document_profile(reader: Reader, stack: Stack) -> bytes | None:
    """The profile of the merged picture, else that of the lowest layer; None for sRGB."""
    sources = StackGroup(children=stack.nodes).sources
    for member in (_MERGED, *sources[:1]):
        if member in reader:
            with suppress(StudioError):
                icc = profile_of(reader.read(member))
                return icc if profile_space(icc) == "RGB" else None
    return None


def open_foreign(reader: Reader, stack: Stack, budget: PixelBudget) -> tuple[Document, list[str]]:
    """Another program's OpenRaster file as a document of picture layers, and notices."""
    canvas = (0, 0, stack.width, stack.height)
    pictures = Pictures(reader, budget, canvas, icc=_document_profile(reader, stack))
    tree = Tree(pictures.with_merged(pictures.nodes(stack.nodes)))
    if not tree.layers:
        if pictures.first_error is not None:
            raise pictures.first_error
        raise StudioError(message("project.no_layers", name=reader.name))
    tree = with_backdrop(tree, canvas)
    name = f"{PurePath(reader.name).stem}.png"
    if tree.backdrop is not None:
        photo = photo_of(tree.backdrop.source, name, pictures.icc)
    else:
        photo = _merged(pictures, State(canvas, tree), name)
    return Document(photo, State(canvas, tree)), pictures.notices


def _merged(pictures: Pictures, state: State, name: str) -> Photo:
    merged = pictures.as_merged()
    if merged is not None:
        return replace(merged, name=name, data=b"", metadata=NO_METADATA)
    return photo_of(render(Snapshot(state), dtype=state.dtype).pixels, name, pictures.icc)
