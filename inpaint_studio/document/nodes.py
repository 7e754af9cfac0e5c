"""The typed nodes a document is a tree of: plain values, replaced and never changed.

Every property is declared where its field is (`document.properties`); what else has to know of it reads that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from inpaint_studio.basics.mask import Box, Mask, Patch, intersect_boxes, unite, unite_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.basics.values import Choice, Flag, Number, Text
from inpaint_studio.document.blending import BLEND_MODES
from inpaint_studio.document.holes import Hole, new_id
from inpaint_studio.document.properties import Affects, Data, Holder, declared
from inpaint_studio.document.transform import Transform, transform_point, transformed_box

TAGS = ("none", "red", "orange", "yellow", "green", "blue", "violet", "grey")
"""Colours that a row of the list of layers may have, to find layers by."""

UNBOUNDED: Box = (-(1 << 20), -(1 << 20), 1 << 21, 1 << 21)
"""The bounds of what reaches everywhere: larger than any canvas."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Node:
    """What all nodes have. Nodes are told from each other by `id`, which stays when they are replaced."""

    kind: ClassVar[str]
    """The name of the type in project files."""
    movable: ClassVar[bool] = True
    """Whether it can be moved, reordered and deleted."""

    name: str = declared(Text(), Affects.LIST, label="Name", step="Rename {name!l} to {new!l}")
    _: KW_ONLY
    opacity: float = declared(
        Number(0, 1, "%", 100), Affects.BLENDING, 1.0, label="Opacity", step="Opacity of {name!l}",
        unlocked=True,
    )  # fmt: skip
    blend: str = declared(
        Choice(tuple(BLEND_MODES)), Affects.BLENDING, "normal", label="Blend mode",
        step="Blend mode of {name!l}", unlocked=True,
    )  # fmt: skip
    visible: bool = declared(
        Flag(), Affects.BLENDING, True, label="Visible", step=("Show {name!l}", "Hide {name!l}")
    )
    locked: bool = declared(
        Flag(), Affects.LIST, False, label="Locked", step=("Lock {name!l}", "Unlock {name!l}")
    )
    tag: str = declared(
        Choice(TAGS), Affects.LIST, "none", label="Colour tag", step="Colour tag of {name!l}", panel=True,
    )  # fmt: skip
    id: str = field(default_factory=new_id)

    @property
    def plain(self) -> bool:
        """Whether it is drawn just as it is: visible, opaque, in the normal blend mode."""
        return self.visible and self.opacity == 1 and self.blend == "normal"

    def bounds(self) -> Box:
        """Where it lies on the canvas."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """Nodes that are handled together; `children` are bottom first.

    An `isolated` group is composed apart from what lies below it, and then laid over that as one picture. One
    with an opacity or a blend mode of its own always is.
    """

    kind = "group"

    children: tuple[Node, ...] = ()
    _: KW_ONLY
    isolated: bool = declared(
        Flag(), Affects.BLENDING, False, label="Isolated", unlocked=True, panel=True,
        step=("Isolate {name!l}", "Join {name!l} to below"),
    )  # fmt: skip

    @property
    def composed_apart(self) -> bool:
        """Whether its children do not see what lies below the group."""
        return self.isolated or self.opacity < 1 or self.blend != "normal"

    def bounds(self) -> Box:
        return unite_boxes(child.bounds() for child in self.children)


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment(Node):
    """Changes the colours of all that lies below it: in its group, if that is composed apart.

    `adjustment` is the id of a `render.adjustments` declaration, `values` are those of its parameters that
    are not at their defaults.
    """

    kind = "adjustment"

    adjustment: str = declared(Data("text"), Affects.BLENDING)
    values: Mapping[str, float] = declared(Data("numbers"), Affects.BLENDING, dict)

    def bounds(self) -> Box:
        return UNBOUNDED


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """Where a layer's source, made anew as by enhancing, lies on the source of the layer it was lifted from.

    The point (x, y) of the layer's source is (left + x / scale_x, top + y / scale_y) of the other. `id` tells
    the fills of one source from those of another; it is "" where only the other source was made anew.
    """

    id: str = ""
    left: float = 0.0
    top: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0


def _crop_of(piece: Mask | Patch) -> Iterator[Holder]:
    yield piece, "crop"


def _crops_of(holes: tuple[Hole, ...]) -> Iterator[Holder]:
    for hole in holes:
        yield hole.mask, "crop"
        if hole.options.sample is not None:
            yield hole.options.sample, "crop"


_SEEN = 25
"""Coverage from which a layer counts as seen at a point."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer(Node):
    """A node with pixels of its own: `Backdrop`, `Picture` or `Cutout`.

    `source` is H×W×3 uint8 or uint16 in the document's profile and shared between a layer and what was lifted
    from it, until one of them has a `source_frame`; `mask` is its coverage in source pixels (None: opaque
    everywhere); `colours` are clean foreground colours that stand in for the source where they lie. A fourth
    channel of a uint16 source tells coverage finer, where the mask still is what that says in 8 bits.
    """

    source: Pixels = declared(Data("source"), Affects.PIXELS)
    mask: Mask | None = declared(Data("mask", _crop_of), Affects.PIXELS | Affects.PLACE, None)
    colours: Patch | None = declared(Data("colours", _crop_of), Affects.PIXELS, None)
    transform: Transform = declared(Data("transform"), Affects.PLACE, Transform())
    _: KW_ONLY
    holes: tuple[Hole, ...] = declared(Data("holes", _crops_of), Affects.HOLES, ())
    source_frame: SourceFrame | None = declared(Data("frame"), Affects.PIXELS, None, stored="remade")

    @property
    def source_box(self) -> Box:
        """The part of the source that shows, in source pixels."""
        if self.mask is not None:
            return self.mask.box
        return 0, 0, self.source.shape[1], self.source.shape[0]

    def covers(self, x: float, y: float) -> bool:
        """Whether it can be seen at a canvas point, a little at least."""
        sx, sy = transform_point(self.transform.inverse(), x, y)
        if self.mask is not None:
            return self.mask.covers(sx, sy, _SEEN)
        height, width = self.source.shape[:2]
        return bool(0 <= sx < width and 0 <= sy < height)

    @property
    def source_id(self) -> str:
        """Which of the sources it has had this is; "" for its first."""
        return "" if self.source_frame is None else self.source_frame.id

    @property
    def hole(self) -> Mask:
        """The union of its holes."""
        return unite(h.mask for h in self.holes)

    @property
    def deep(self) -> bool:
        """Whether it has 16 bits a channel."""
        return self.source.dtype == np.uint16

    def pixels(self, box: Box, dtype: DTypeLike = np.uint8) -> Pixels:
        """Its own colours inside a box of its source, holes or not: h×w×3 uint8 or uint16, a new array."""
        x, y, w, h = box
        out = np.array(as_dtype(self.source[y : y + h, x : x + w, :3], dtype), order="C")
        if self.colours is not None:
            left, top, width, height = intersect_boxes(self.colours.box, box)
            dx, dy = left - self.colours.x, top - self.colours.y
            clean = as_dtype(self.colours.crop[dy : dy + height, dx : dx + width], dtype)
            out[top - y : top - y + height, left - x : left - x + width] = clean
        return out

    def bounds(self) -> Box:
        """Where it lies on the canvas: the box around its transformed `source_box`."""
        return transformed_box(self.transform, self.source_box)


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop(Layer):
    """The photo's layer: the lowest of all. It stays where it is."""

    kind = "backdrop"
    movable = False


@dataclass(frozen=True, slots=True, eq=False)
class Picture(Layer):
    """A pasted picture, or a copy of the backdrop."""

    kind = "picture"


@dataclass(frozen=True, slots=True, eq=False)
class Cutout(Layer):
    """A layer lifted from another: `lifted_from` is its id, None for a copy; `label` names the object."""

    kind = "cutout"

    _: KW_ONLY
    lifted_from: str | None = declared(Data("id"), Affects.LIST, None, stored="parent")
    label: str | None = declared(Data("id"), Affects.LIST, None)


NODE_TYPES: Mapping[str, type[Node]] = MappingProxyType(
    {each.kind: each for each in (Backdrop, Picture, Cutout, Group, Adjustment)}
)
"""The types of nodes by their names in project files."""

_L = TypeVar("_L", bound=Layer)


def source_and_mask(pixels: Pixels) -> tuple[Pixels, Mask | None]:
    """The source and the mask of a layer that shows H×W×3 or H×W×4 uint8 or uint16 pixels, straight."""
    if pixels.shape[2] == 3:
        return pixels, None
    # Placed, not trimmed: the box of a transparent picture stays the whole picture.
    mask = Mask(0, 0, np.ascontiguousarray(as_dtype(pixels[..., 3], np.uint8)))
    return pixels if pixels.dtype == np.uint16 else np.ascontiguousarray(pixels[..., :3]), mask


def converted(layer: Layer, node_type: type[_L], **changes: Any) -> _L:
    """A layer as one of another type, with `changes`; what that type has not got is dropped."""
    kept = {each.name: getattr(layer, each.name) for each in fields(node_type) if hasattr(layer, each.name)}
    return node_type(**kept | changes)
