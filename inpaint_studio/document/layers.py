"""Layers, their transforms and their holes: plain values, replaced and never changed."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array, Box, Mask, Patch, intersect_boxes, unite
from inpaint_studio.basics.values import Choice, Flag, Number, Text
from inpaint_studio.document.properties import Affects, Data, declared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.document.properties import Holder

BLEND_MODES = (
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn",
    "hard-light", "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity",
)  # fmt: skip
"""W3C Compositing and Blending Level 1, in the order of its text."""

TAGS = ("none", "red", "orange", "yellow", "green", "blue", "violet", "grey")
"""Colours that a row of the list of layers may have, to find layers by."""

MOST_CANDIDATES = 4
"""How many fills one run of a filler gives at most."""


def new_id() -> str:
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class Transform:
    """From a layer's source to the canvas: scale and flip, then turn, about `pivot`, then move.

    `degrees` is clockwise as seen (y points down); a negative scale flips.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    degrees: float = 0.0
    pivot: tuple[float, float] = (0.0, 0.0)

    def matrix(self) -> NDArray[np.float64]:
        """The 2×3 affine matrix, source point (x, y, 1) to canvas point."""
        turn = math.radians(self.degrees % 360)
        cos, sin = math.cos(turn), math.sin(turn)
        a, b = cos * self.scale_x, -sin * self.scale_y
        c, d = sin * self.scale_x, cos * self.scale_y
        px, py = self.pivot
        return np.array(
            [[a, b, px + self.dx - a * px - b * py], [c, d, py + self.dy - c * px - d * py]], np.float64
        )

    def inverse(self) -> NDArray[np.float64]:
        """The 2×3 matrix from canvas to source."""
        m = self.matrix()
        linear = np.linalg.inv(m[:, :2])
        return np.hstack([linear, -linear @ m[:, 2:]])

    def rebased(self, pivot: tuple[float, float]) -> Transform:
        """The same mapping told about another pivot."""
        x, y = apply(self.matrix(), *pivot)
        return replace(self, pivot=pivot, dx=x - pivot[0], dy=y - pivot[1])

    @property
    def whole_shift(self) -> tuple[int, int] | None:
        """The shift in whole pixels if the transform is nothing else, else None."""
        if self.scale_x != 1 or self.scale_y != 1 or self.degrees % 360:
            return None
        if self.dx != round(self.dx) or self.dy != round(self.dy):
            return None
        return round(self.dx), round(self.dy)


def apply(matrix: NDArray[np.float64], x: float, y: float) -> tuple[float, float]:
    """One point through a 2×3 matrix."""
    out = matrix[:, :2] @ (x, y) + matrix[:, 2]
    return float(out[0]), float(out[1])


def same_mapping(a: Transform, b: Transform) -> bool:
    return a == b or bool((np.abs(a.matrix() - b.matrix()) <= 1e-6).all())


@dataclass(frozen=True, slots=True)
class FillOptions:
    """What a user may choose for a fill.

    `candidate` 0..`MOST_CANDIDATES` - 1 is which of the fills that one run of the filler gives, the best
    first; `adaptation` 0..1 how far copied colours follow those around the hole; `sample`, in source pixels,
    the only area to copy from (None: anywhere).
    """

    filler: str = "auto"
    seed: int = 0
    candidate: int = 0
    adaptation: float = 1.0
    sample: Mask | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Hole:
    """The part of a layer uncovered by lifting or removing, in the pixels of the layer's source.

    `owner` is the id of the cutout lifted from here, None for what was removed without one. `stuff` says that
    the cutout is scenery, such as a building or sky: while it is at home, fills may copy from it.
    """

    mask: Mask
    owner: str | None = None
    options: FillOptions = field(default_factory=FillOptions)
    id: str = field(default_factory=new_id)
    stuff: bool = False


@dataclass(frozen=True, slots=True)
class Remade:
    """Says that a layer's source was made anew, as by enhancing, and where it lies on its parent's source.

    The point (x, y) of the layer's source is (left + x / scale_x, top + y / scale_y) of the parent's. `id`
    tells the fills of one source from those of another; it is "" where only the parent's was made anew.
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


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Layer:
    """Cutout, pasted picture or backdrop.

    `source` is H×W×3 uint8 in the document's profile and shared between a layer and what was lifted
    from it, until one of them is `remade`; `mask` is its coverage in source pixels (None: opaque
    everywhere); `colours` are clean foreground colours that stand in for the source where they lie.
    """

    name: str = declared(Text(), Affects.LIST, label="Name", step="Rename {name!l} to {new!l}")
    kind: Literal["backdrop", "cutout", "picture"] = declared(Data("kind"), Affects.LIST)
    source: Array = declared(Data("source"), Affects.PIXELS)
    mask: Mask | None = declared(Data("mask", _crop_of), Affects.PIXELS | Affects.PLACE, None)
    colours: Patch | None = declared(Data("colours", _crop_of), Affects.PIXELS, None)
    transform: Transform = declared(Data("transform"), Affects.PLACE, Transform())
    opacity: float = declared(
        Number(0, 1, "%", 100),
        Affects.BLENDING,
        1.0,
        label="Opacity",
        step="Opacity of {name!l}",
        unlocked=True,
    )
    blend: str = declared(
        Choice(BLEND_MODES),
        Affects.BLENDING,
        "normal",
        label="Blend mode",
        step="Blend mode of {name!l}",
        unlocked=True,
    )
    visible: bool = declared(
        Flag(), Affects.BLENDING, True, label="Visible", step=("Show {name!l}", "Hide {name!l}")
    )
    locked: bool = declared(
        Flag(), Affects.LIST, False, label="Locked", step=("Lock {name!l}", "Unlock {name!l}")
    )
    holes: tuple[Hole, ...] = declared(Data("holes", _crops_of), Affects.HOLES, ())
    parent: str | None = declared(Data("id"), Affects.LIST, None)
    label: str | None = declared(Data("id"), Affects.LIST, None)
    id: str = field(default_factory=new_id)
    remade: Remade | None = declared(Data("remade"), Affects.PIXELS, None)
    tag: str = declared(
        Choice(TAGS), Affects.LIST, "none", label="Colour tag", step="Colour tag of {name!l}", panel=True
    )

    @property
    def source_box(self) -> Box:
        """The part of the source that shows, in source pixels."""
        if self.mask is not None:
            return self.mask.box
        return 0, 0, self.source.shape[1], self.source.shape[0]

    @property
    def source_id(self) -> str:
        """Which of the sources it has had this is; "" for its first."""
        return "" if self.remade is None else self.remade.id

    @property
    def hole(self) -> Mask:
        """The union of its holes."""
        return unite(h.mask for h in self.holes)

    def pixels(self, box: Box) -> Array:
        """Its own colours inside a box of its source, holes or not: h×w×3 uint8, a new array."""
        x, y, w, h = box
        out = self.source[y : y + h, x : x + w].copy()
        if self.colours is not None:
            left, top, width, height = intersect_boxes(self.colours.box, box)
            dx, dy = left - self.colours.x, top - self.colours.y
            clean = self.colours.crop[dy : dy + height, dx : dx + width]
            out[top - y : top - y + height, left - x : left - x + width] = clean
        return out

    def bounds(self) -> Box:
        """Where it lies on the canvas: the box around its transformed `source_box`."""
        x, y, w, h = self.source_box
        return transformed_box(self.transform, (x, y, w, h))


def transformed_box(transform: Transform, box: Box) -> Box:
    """The box of whole canvas pixels around a box of source pixels."""
    x, y, w, h = box
    if not (w and h):
        return 0, 0, 0, 0
    shift = transform.whole_shift
    if shift is not None:
        return x + shift[0], y + shift[1], w, h
    matrix = transform.matrix()
    corners = np.array([apply(matrix, px, py) for px in (x, x + w) for py in (y, y + h)])
    left, top = np.floor(corners.min(axis=0) + 1e-6).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) - 1e-6).astype(int)
    return int(left), int(top), int(right - left), int(bottom - top)


def reach(transform: Transform, box: Box) -> Box:
    """The canvas pixels that a change inside a box of source pixels can reach.

    Larger than `transformed_box` where the layer is resampled: pixels mix with their neighbours.
    """
    x, y, w, h = transformed_box(transform, box)
    if not (w and h) or transform.whole_shift is not None:
        return x, y, w, h
    # Two pixels of the cubic kernel, behind area averaging to whole pixels where the layer is shrunk.
    margin = 1 + math.ceil(4 * max(1.0, abs(transform.scale_x), abs(transform.scale_y)))
    return x - margin, y - margin, w + 2 * margin, h + 2 * margin
