"""Pixels as layers, and what documents made of such layers have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.document import Backdrop, Layer, Photo, Picture, Transform, Tree
from inpaint_studio.document.metadata import NO_METADATA, Metadata
from inpaint_studio.document.nodes import converted, source_and_mask

if TYPE_CHECKING:
    from inpaint_studio.document import Node


def picture_layer(name: str, pixels: Pixels, corner: tuple[int, int], **known: Any) -> Picture:
    """H×W×3 or H×W×4 straight pixels, uint8 or uint16, as a layer at `corner`, trimmed to what they cover."""
    (source, mask), left, top = source_and_mask(pixels), 0, 0
    if mask is not None:
        covered = Mask.place(mask.crop)
        left, top, width, height = covered.box if covered else (0, 0, 1, 1)
        source = np.ascontiguousarray(source[top : top + height, left : left + width])
        mask = Mask(0, 0, covered.crop)
        if covered and (covered.crop == 255).all():
            source, mask = np.ascontiguousarray(source[..., :3]), None
    place = Transform(float(corner[0] + left), float(corner[1] + top))
    return Picture(name, source, mask, transform=place, **known)


def with_merged(
    nodes: tuple[Node, ...], merged: Pixels, corner: tuple[int, int], notices: list[str]
) -> tuple[Node, ...]:
    """Nodes that do not look as they should, under the picture that another program made of them, hidden.

    It is shown if nothing else is. A notice tells of it.
    """
    name = "Merged picture"
    notices.append(f"The whole picture as its program drew it is the hidden layer “{name}”.")
    shown = not any(node.visible for node in nodes)
    return (*nodes, picture_layer(name, merged, corner, visible=shown))


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


def photo_of(pixels: Pixels, name: str, icc: bytes | None, metadata: Metadata = NO_METADATA) -> Photo:
    """The photo of a document that was made of layers: H×W×3 or H×W×4, uint8 or uint16."""
    deep = pixels if pixels.dtype == np.uint16 else None
    return Photo(as_dtype(pixels, np.uint8), name, deep, icc, metadata)
