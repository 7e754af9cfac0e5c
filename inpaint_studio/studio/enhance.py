"""Enhance: take noise, JPEG blocks and blur out of an array, or of a layer at the size it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Patch, Progress, SubProgress, message
from inpaint_studio.basics.mask import Array, Box, grow_box, unite_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.document import Cutout, Document, Layer
from inpaint_studio.engines import registry
from inpaint_studio.render import Samples, plate
from inpaint_studio.studio.find import rgb
from inpaint_studio.studio.frames import Frame
from inpaint_studio.studio.locks import check_unlocked
from inpaint_studio.studio.new_source import NewPixels, Renewal, fills_of, renewed, together
from inpaint_studio.studio.sixteen_bits import carried, grey, greyed

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.document import Part, Snapshot
    from inpaint_studio.engines.contracts import Enhancer

MOST_ENLARGED = 4.0
"""A layer shown larger than this is enhanced at this size: the rest of the way there is nothing to see."""
_MOST_PIXELS = 60_000_000
_CONTEXT = 32
"""Pixels around a patch that the network sees with it."""
_REVEAL, _LEAST_REVEAL, _MOST_REVEAL = 0.1, 16, 64
"""How far around a cutout its new source reaches, for the mask brush: a part of its size, in pixels."""


def enhance_pixels(pixels: Pixels, strength: float = 1.0, progress: Progress = NO_PROGRESS) -> Pixels:
    """A picture without its noise, JPEG blocks and blur: H×W, H×W×3 or H×W×4; uint8 or uint16, as it came.

    `strength` 0..1; 0 changes nothing. Grey stays grey. Transparency stays as it is, and so do the colours of
    what can't be seen. The colours may be of any profile: the answer is in the same. Raises StudioError for
    other arrays, a strength out of its range, and if the network is not installed.
    """
    corner = pixels[:1, :1] if pixels.ndim > 1 else pixels
    rgb(as_dtype(corner, np.uint8) if corner.dtype == np.uint16 else corner)
    if pixels.ndim == 2:
        return _enhanced(np.dstack([pixels] * 3), strength, progress)[..., 0]
    if pixels.shape[2] == 3:
        return _enhanced(pixels, strength, progress)
    colours = _enhanced(np.ascontiguousarray(pixels[..., :3]), strength, progress, pixels[..., 3])
    return np.dstack([colours, pixels[..., 3]])


def _enhanced(colours: Pixels, strength: float, progress: Progress, cover: Array | None = None) -> Pixels:
    """H×W×3 uint8 or uint16; where `cover` (H×W) is 0 nothing is changed, nor seen by the network.

    The network sees 8 bits. What is grey stays grey.
    """
    shown = as_dtype(colours, np.uint8)
    made = _by_network(shown, strength, progress, cover)
    made = greyed(made) if grey(shown) else made
    return made if colours.dtype == np.uint8 else carried(colours, shown, made)


def _by_network(colours: Array, strength: float, progress: Progress, cover: Array | None) -> Array:
    engine: Enhancer = registry.load_usual("enhancer")
    hidden = None if cover is None else cover == 0
    if hidden is None or not hidden.any() or hidden.all():
        return engine.enhance(colours, strength=strength, progress=progress)
    from inpaint_studio.engines.inpainting.pyramid import diffused_pixels

    out = engine.enhance(diffused_pixels(colours, ~hidden), strength=strength, progress=progress)
    out[hidden] = colours[hidden]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class EnhanceRequest(Renewal):
    """All that enhancing a layer by a strength needs: a worker never touches the document."""

    strength: float

    @property
    def size(self) -> tuple[int, int]:
        """Width, height of the old source."""
        return self.layers[0].source.shape[1], self.layers[0].source.shape[0]

    def boxes(self) -> tuple[list[Box], list[Box]]:
        """What of the new source the layers' colours, and the fills, stand in for."""
        frame = self.frame
        colours = [frame.over(x.colours.box) for x in self.layers if x.colours is not None]
        return colours, [frame.mask(part.mask).box for _, part, _, _ in self.fills]

    def area(self) -> int:
        """How many pixels will be enhanced."""
        colours, fills = self.boxes()
        return sum(w * h for _, _, w, h in (self.frame.box, *colours, *fills))


def request(document: Document, layer_id: str, strength: float = 1.0) -> EnhanceRequest:
    """What it takes to enhance a layer by a strength of 0..1. Raises StudioError if it is locked.

    What lies in it where it was lifted looks like a part of it and is enhanced with it, as are the fills
    that show; other layers are not, even if they come from the same photo. A cutout or picture that is shown
    larger than it is gets as many pixels as it is shown with.
    """
    layer = document.layer(layer_id)
    if layer.movable:
        check_unlocked(document, layer_id)
    layers = together(document.state, layer)
    fills = fills_of(document.state, document.fills, layers)
    return EnhanceRequest(layers, frame_for(layers), fills, strength)


def frame_for(layers: tuple[Layer, ...]) -> Frame:
    """Where a new source for the first of these layers, and the others with it, lies on their old one.

    The backdrop and pasted pictures keep all of theirs; a cutout gets one of its own, of its box and a little
    around it. What is shown larger than its source gets as many pixels as it is shown with, up to
    `MOST_ENLARGED` times as many a side; if it is not turned they lie on the canvas's.
    """
    layer = layers[0]
    height, width = layer.source.shape[:2]
    x, y, w, h = box = (0, 0, width, height)
    if isinstance(layer, Cutout):
        near = unite_boxes(one.source_box for one in layers)
        reveal = min(max(round(_REVEAL * max(near[2:])), _LEAST_REVEAL), _MOST_REVEAL)
        x, y, w, h = box = grow_box(near, reveal, width, height)
    shown = abs(layer.transform.scale_x), abs(layer.transform.scale_y)
    scales = [min(max(1.0, scale), MOST_ENLARGED) for scale in shown]
    too_large = math.sqrt(w * scales[0] * h * scales[1] / _MOST_PIXELS)
    if too_large > 1:
        scales = [max(1.0, scale / too_large) for scale in scales]
    if scales == [1.0, 1.0]:
        return Frame(x, y, 1.0, 1.0, w, h)
    left, top = _on_canvas(layer, box, (scales[0] == shown[0], scales[1] == shown[1]))
    size = (math.ceil((x + w - left) * scales[0] - 1e-6), math.ceil((y + h - top) * scales[1] - 1e-6))
    return Frame(left, top, scales[0], scales[1], *size)


def _on_canvas(layer: Layer, box: Box, exact: tuple[bool, bool]) -> tuple[float, float]:
    """The box's corner, moved out by less than a pixel so that it lies on the corner of a canvas pixel.

    `exact` says for x and y whether the new pixels will be as large as the canvas's.
    """
    at = layer.transform.rebased((box[0], box[1]))
    corner = [float(box[0]), float(box[1])]
    if at.degrees % 360:
        return corner[0], corner[1]
    for axis, scale, shift in ((0, at.scale_x, at.dx), (1, at.scale_y, at.dy)):
        if exact[axis]:
            place = corner[axis] + shift
            outside = math.floor(place + 1e-6) if scale > 0 else math.ceil(place - 1e-6)
            corner[axis] += (outside - place) / scale
    return corner[0], corner[1]


def run(wanted: EnhanceRequest, progress: Progress = NO_PROGRESS) -> NewPixels:
    """Enhances what was requested: the source, then the colours and fills that stand in for parts of it.

    For a worker. Raises StudioError if the network is not installed.
    """
    layer, frame = wanted.layers[0], wanted.frame
    coloured, filled = wanted.boxes()
    areas = [w * h for _, _, w, h in (frame.box, *coloured, *filled)]
    ends = np.cumsum(areas) / max(1, sum(areas))
    steps = iter(SubProgress(progress, a, b) for a, b in zip((0, *ends), ends, strict=False))

    whole = frame.cut(partial(_own, layer), wanted.size, frame.box)
    cover = None
    if not isinstance(layer, Cutout) and layer.mask is not None:
        cover = frame.mask(layer.mask).window(frame.box)
    source = _enhanced(np.ascontiguousarray(whole[..., :3]), wanted.strength, next(steps), cover)
    if whole.shape[2] == 4:
        source = np.dstack([source, whole[..., 3]])
    owners = [x for x in wanted.layers if x.colours is not None]
    colours = {
        x.id: _patch(wanted, box, partial(x.pixels, dtype=x.source.dtype), next(steps))
        for x, box in zip(owners, coloured, strict=True)
    }
    looks = [partial(_with_fill, x, part, patch) for x, part, _, patch in wanted.fills]
    fills = [_patch(wanted, box, look, next(steps)) for look, box in zip(looks, filled, strict=True)]
    old = (patch for _, _, _, patch in wanted.fills)
    complete = (_with_alpha(wanted, *both) for both in zip(old, fills, strict=True))
    return NewPixels(source, colours, tuple(complete))


def _with_alpha(wanted: EnhanceRequest, old: Patch, new: Patch) -> Patch:
    """An enhanced fill with the alpha that it had."""
    if old.crop.shape[2] == 3:
        return new

    def look(box: Box) -> Pixels:
        out = np.zeros((box[3], box[2], 1), old.crop.dtype)
        Samples(box).paste(out, old.crop[..., 3:], old.box)
        return out

    alpha = wanted.frame.cut(look, wanted.size, new.box).reshape(new.crop.shape[:2])
    return Patch(new.x, new.y, np.dstack([new.crop, as_dtype(alpha, new.crop.dtype)]))


def _own(layer: Layer, box: Box) -> Pixels:
    x, y, w, h = box
    return np.ascontiguousarray(layer.source[y : y + h, x : x + w])


def _with_fill(layer: Layer, part: Part, patch: Patch, box: Box) -> Pixels:
    """A layer's own look inside a box of its source, with one fill."""
    out = layer.pixels(box, layer.source.dtype)
    Samples(box).paste(out, patch.crop[..., :3], patch.box, part.mask.window(box))
    return out


def _patch(wanted: EnhanceRequest, box: Box, look: Callable[[Box], Pixels], progress: Progress) -> Patch:
    """The new pixels of a box, from how the old ones look."""
    frame = wanted.frame
    around = grow_box(box, _CONTEXT, frame.width, frame.height)
    made = _enhanced(frame.cut(look, wanted.size, around), wanted.strength, progress)
    x, y, w, h = box
    dx, dy = x - around[0], y - around[1]
    return Patch(x, y, made[dy : dy + h, dx : dx + w].copy())


def is_current(document: Document, wanted: EnhanceRequest) -> bool:
    """Whether the layers of a request still look as they did, wherever they lie by now."""
    for layer in wanted.layers:
        now = document.state.layer(layer.id)
        if now is None or now.source is not layer.source or now.holes != layer.holes:
            return False
        if now.mask is not layer.mask or now.colours is not layer.colours:
            return False
    return True


def apply(document: Document, wanted: EnhanceRequest, made: NewPixels) -> bool:
    """Gives the layers their new pixels, as one step; False if they were changed since the request.

    What else was lifted from them keeps its own pixels and can still be put back.
    """
    if not is_current(document, wanted):
        return False
    state = renewed(document.state, document.fills, wanted, made)
    document.apply(message("step.enhance", name=wanted.layers[0].name), state)
    return True


def preview(
    wanted: EnhanceRequest,
    snapshot: Snapshot,
    box: Box,
    progress: Progress = NO_PROGRESS,
    *,
    enhanced: bool = True,
) -> Array:
    """A box of the new source as it will be, or not `enhanced` but as large: h×w×4 straight RGBA uint8.

    For a worker. Errors as `run`.
    """
    layer, frame = wanted.layers[0], wanted.frame

    def look(old: Box) -> Array:
        return plate(snapshot, layer, old)

    if enhanced:
        colours = _patch(wanted, box, look, progress).crop
    else:
        colours = frame.cut(look, wanted.size, box)
    cover = np.full((box[3], box[2]), 255, np.uint8)
    if layer.mask is not None:
        cover = frame.mask(layer.mask).window(box)
    return np.dstack([colours, cover])
