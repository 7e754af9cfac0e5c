"""Match: a cutout or pasted picture takes the look of the place that it lies at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, message
from inpaint_studio.basics.mask import Box, boxes_meet, grow_box, intersect_boxes
from inpaint_studio.basics.surface import full
from inpaint_studio.document import Cutout
from inpaint_studio.document.transform import transformed_box
from inpaint_studio.render import plate, render
from inpaint_studio.studio.locks import check_unlocked
from inpaint_studio.studio.selections import to_canvas

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document import Document, Layer, Snapshot
    from inpaint_studio.engines.matching import Colours, Flags, Place

_AROUND, _LEAST_AROUND = 0.5, 24
"""How far around an object a place is looked at: a part of the object's longer side, in pixels."""
_WHOLE = 1 << 19
"""About so many pixels of a whole picture are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class MatchRequest:
    """A layer and the document around it: a worker never touches the document."""

    layer: Layer
    snapshot: Snapshot


def request(document: Document, layer_id: str) -> MatchRequest:
    """What it takes to match a layer. Raises StudioError for the backdrop, for a layer that is locked,
    outside of the picture, or still where it was lifted.
    """
    layer = document.layer(layer_id)
    if not layer.movable:
        raise StudioError(message("backdrop.stays"))
    check_unlocked(document, layer_id)
    if layer.id in document.tree.at_home:
        raise StudioError(message("match.at_home", name=layer.name))
    if not boxes_meet(layer.bounds(), document.canvas):
        raise StudioError(message("layer.outside", name=layer.name))
    return MatchRequest(layer, document.snapshot())


class Matching:
    """A matched layer, for any amount; the looks of both places are measured once. For a worker."""

    def __init__(self, wanted: MatchRequest, progress: Progress = NO_PROGRESS) -> None:
        self._layer = layer = wanted.layer
        self._box = layer.source_box
        self._top = full(layer.source.dtype)
        progress.report(0.1)
        self._pixels = self._own(wanted, self._box)
        self._cover: Flags = _whole_mask(layer).window(self._box) > 127
        old, new = self._old_place(), _new_place(wanted)
        if old is None or new is None:
            raise StudioError(message("match.nothing_around", name=layer.name))
        self._old, self._new = old, new
        progress.report(0.7)

    def _own(self, wanted: MatchRequest, box: Box) -> Colours:
        """What the layer shows of its own, its holes filled."""
        pixels = plate(wanted.snapshot, self._layer, box, dtype=self._layer.source.dtype)
        return np.asarray(pixels, np.float32) / np.float32(self._top)

    def _old_place(self) -> Place | None:
        """The place it was lifted from; a picture without surroundings is measured itself."""
        from inpaint_studio.engines.matching import Place, look_of

        layer = self._layer
        height, width = layer.source.shape[:2]
        own = look_of(self._pixels, self._cover)
        if not isinstance(layer, Cutout) or layer.mask is None:
            return None if own is None else Place(own, own)
        step = _step(width * height)
        picture = self._source((0, 0, width, height), step)
        whole = look_of(picture, layer.mask.full((height, width))[::step, ::step] == 0)
        around = grow_box(self._box, _reach(self._box), width, height)
        near = look_of(self._source(around), layer.mask.window(around) == 0) or own
        return None if near is None else Place(near, whole or near)

    def _source(self, box: Box, step: int = 1) -> Colours:
        x, y, w, h = box
        pixels = self._layer.source[y : y + h : step, x : x + w : step, :3]
        return np.asarray(pixels, np.float32) / np.float32(self._top)

    def at(self, amount: float) -> Patch:
        """Its colours, matched so far: 0 changes nothing, 1 goes all the way."""
        from inpaint_studio.engines.matching import matched

        scale = float(abs(np.linalg.det(self._layer.transform.matrix()[:, :2])) ** 0.5)
        made = matched(self._pixels, self._cover, self._old, self._new, scale=scale, amount=amount)
        pixels = np.clip(made * self._top + 0.5, 0, self._top).astype(self._layer.source.dtype)
        return Patch(self._box[0], self._box[1], pixels)


def _reach(box: Box) -> int:
    return max(_LEAST_AROUND, round(_AROUND * max(box[2:])))


def _step(pixels: int) -> int:
    """Of so many pixels every how manieth is looked at across and down."""
    return max(1, round(math.sqrt(pixels / _WHOLE)))


def _new_place(wanted: MatchRequest) -> Place | None:
    """What the canvas shows around a layer, and all of it."""
    from inpaint_studio.engines.matching import Place, look_of

    state = wanted.snapshot.state
    x, y, w, h = transformed_box(wanted.layer.transform, wanted.layer.source_box)
    reach = _reach((x, y, w, h))
    box = intersect_boxes((x - reach, y - reach, w + 2 * reach, h + 2 * reach), state.canvas)
    without = wanted.snapshot.with_state(state.with_tree(state.tree.without({wanted.layer.id})))
    covered = to_canvas(wanted.layer, state.canvas[2:])
    level = max(0, _step(state.canvas[2] * state.canvas[3]).bit_length() - 1)
    small = render(without, level=level).pixels
    own = covered.full((state.canvas[3], state.canvas[2]))[:: 1 << level, :: 1 << level]
    whole = look_of(_colours(small), (small[..., 3] > 127) & (own == 0))
    seen = render(without, box).pixels
    near = look_of(_colours(seen), (seen[..., 3] > 127) & (covered.window(box) == 0)) or whole
    whole = whole or near
    return None if near is None or whole is None else Place(near, whole)


def _colours(pixels: Array) -> Colours:
    return np.asarray(pixels[..., :3], np.float32) / np.float32(255)


def _whole_mask(layer: Layer) -> Mask:
    """What a layer covers of its source."""
    if layer.mask is not None:
        return layer.mask
    return Mask(0, 0, np.full(layer.source.shape[:2], 255, np.uint8))


def apply(document: Document, layer_id: str, colours: Patch) -> None:
    """Gives a layer the colours that were made for it, as one step."""
    layer = document.layer(layer_id)
    check_unlocked(document, layer_id)
    document.update(message("step.match", name=layer.name), replace(layer, colours=colours))


def match(document: Document, layer_id: str, amount: float, progress: Progress = NO_PROGRESS) -> None:
    """Matches a layer here and now. Raises StudioError as `request`, and where there is nothing around."""
    colours = Matching(request(document, layer_id), progress).at(amount)
    apply(document, layer_id, colours)
