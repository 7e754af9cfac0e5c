"""Lets the lowest layer reach as far as the canvas: what is new of it is a hole, to be filled."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.basics.mask import Box, unite_boxes
from inpaint_studio.document import Hole
from inpaint_studio.files.limits import check_size
from inpaint_studio.studio.frames import Frame
from inpaint_studio.studio.new_source import NewPixels, Renewal, fills_of, renewed, together

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, State, Transform
    from inpaint_studio.document.fills import FillStore

_MARGIN = 2
"""Pixels that a resampled border mixes in: filled along with it, or they would show."""


def extended(state: State, fills: FillStore) -> State:
    """The state with a lowest layer that covers the canvas; the same state where it does already.

    All that the layer gains is a hole, also what lies beside a turned canvas: nothing may be copied from
    there. Until it is filled it shows the nearest pixels. Raises StudioError where that would be a larger
    picture than can be opened.
    """
    base = state.tree.base
    height, width = base.source.shape[:2]
    own = 0, 0, width, height
    left, top, across, down = unite_boxes((own, _canvas_in(base, state.canvas)))
    if (left, top, across, down) == own:
        return state
    check_size(base.name, across, down)
    frame = Frame(left, top, 1.0, 1.0, across, down)
    renewal = Renewal(layers := together(state, base), frame, fills_of(state, fills, layers))
    after = renewed(state, fills, renewal, _padded(renewal))
    gained = np.full((down, across), 255, np.uint8)
    gained[-top : height - top, -left : width - left] = 0
    return _with_hole(after, Mask.place(gained))


def _canvas_in(layer: Layer, canvas: Box) -> Box:
    """The box around the canvas in pixels of a layer's source, which it may reach beyond."""
    x, y, w, h = canvas
    shift = layer.transform.whole_shift
    if shift is not None:
        return x - shift[0], y - shift[1], w, h
    corners = np.array([[x, y, 1], [x + w, y, 1], [x, y + h, 1], [x + w, y + h, 1]], np.float64)
    points = corners @ layer.transform.inverse().T
    margin = 0 if _keeps_pixels(layer.transform) else _MARGIN
    left, top = (math.floor(v + 1e-6) - margin for v in points.min(axis=0))
    right, bottom = (math.ceil(v - 1e-6) + margin for v in points.max(axis=0))
    return left, top, right - left, bottom - top


def _keeps_pixels(transform: Transform) -> bool:
    """Whether a transform turns by quarters, flips and moves by whole pixels: nothing is mixed."""
    matrix = transform.matrix()
    whole = bool(np.abs(matrix - np.rint(matrix)).max() < 1e-6)
    return whole and abs(transform.scale_x) == abs(transform.scale_y) == 1


def _padded(renewal: Renewal) -> NewPixels:
    """The pixels of a renewal whose frame reaches further than the old source: the border goes on outside."""
    frame, layer = renewal.frame, renewal.layers[0]
    left, top = -round(frame.left), -round(frame.top)
    height, width = layer.source.shape[:2]
    around = ((top, frame.height - top - height), (left, frame.width - left - width), (0, 0))
    source = np.pad(layer.source, around, mode="edge")

    def moved(patch: Patch) -> Patch:
        return Patch(patch.x + left, patch.y + top, patch.crop)

    colours = {each.id: moved(each.colours) for each in renewal.layers if each.colours is not None}
    return NewPixels(source, colours, tuple(moved(patch) for *_, patch in renewal.fills))


def _with_hole(state: State, hole: Mask) -> State:
    base = state.tree.base
    mask = None if base.mask is None else base.mask.union(hole)
    holed = replace(base, mask=mask, holes=(*base.holes, Hole(hole)))
    return state.with_tree(state.tree.with_nodes(holed))
