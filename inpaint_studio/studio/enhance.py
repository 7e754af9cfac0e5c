"""Enhance: take noise, JPEG blocks and blur out of an array, or of a layer at the size it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Patch, Progress, SubProgress, message
from inpaint_studio.basics.mask import Array, Box, grow_box, unite_boxes
from inpaint_studio.document import Cutout, Document, FillOptions, Layer, Picture, SourceFrame, parts
from inpaint_studio.document.holes import new_id
from inpaint_studio.engines import registry
from inpaint_studio.render import Samples, plate
from inpaint_studio.studio.find import rgb
from inpaint_studio.studio.frames import Frame
from inpaint_studio.studio.locks import check_unlocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.document import Part, Snapshot, State
    from inpaint_studio.engines.contracts import Enhancer

MOST_ENLARGED = 4.0
"""A layer shown larger than this is enhanced at this size: the rest of the way there is nothing to see."""
_MOST_PIXELS = 60_000_000
_CONTEXT = 32
"""Pixels around a patch that the network sees with it."""
_REVEAL, _LEAST_REVEAL, _MOST_REVEAL = 0.1, 16, 64
"""How far around a cutout its new source reaches, for the mask brush: a part of its size, in pixels."""


def enhance_pixels(pixels: Array, strength: float = 1.0, progress: Progress = NO_PROGRESS) -> Array:
    """A picture without its noise, JPEG blocks and blur: H×W, H×W×3 or H×W×4 uint8, as it came.

    `strength` 0..1; 0 changes nothing. Grey stays grey. Transparency stays as it is, and so do the colours of
    what can't be seen. The colours may be of any profile: the answer is in the same. Raises StudioError for
    other arrays, a strength out of its range, and if the network is not installed.
    """
    rgb(pixels[:1, :1] if pixels.ndim > 1 else pixels)
    if pixels.ndim == 2:
        import cv2

        return np.asarray(
            cv2.cvtColor(_enhanced(rgb(pixels), strength, progress), cv2.COLOR_RGB2GRAY), np.uint8
        )
    if pixels.shape[2] == 3:
        return _enhanced(pixels, strength, progress)
    colours = _enhanced(np.ascontiguousarray(pixels[..., :3]), strength, progress, pixels[..., 3])
    return np.dstack([colours, pixels[..., 3]])


def _enhanced(colours: Array, strength: float, progress: Progress, cover: Array | None = None) -> Array:
    """H×W×3 uint8; where `cover` (H×W) is 0 nothing is changed, nor seen by the network."""
    engine: Enhancer = registry.load_usual("enhancer")
    hidden = None if cover is None else cover == 0
    if hidden is None or not hidden.any() or hidden.all():
        return engine.enhance(colours, strength=strength, progress=progress)
    from inpaint_studio.engines.inpainting.pyramid import diffused_pixels

    out = engine.enhance(diffused_pixels(colours, ~hidden), strength=strength, progress=progress)
    out[hidden] = colours[hidden]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class EnhanceRequest:
    """All that enhancing a layer needs: a worker never touches the document.

    `layers` are the chosen one and those that lie at home in it, all of one source; `frame` is where the new
    source lies on that; `fills` are final fills of their parts, with the number of the candidate.
    """

    layers: tuple[Layer, ...]
    frame: Frame
    fills: tuple[tuple[Layer, Part, int, Patch], ...]
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


@dataclass(frozen=True, slots=True, eq=False)
class Enhanced:
    """The new source and, by layer id, the new colours; the fills of the request, as the new source is."""

    source: Array
    colours: dict[str, Patch]
    fills: tuple[Patch, ...]


def request(document: Document, layer_id: str, strength: float = 1.0) -> EnhanceRequest:
    """What it takes to enhance a layer by a strength of 0..1. Raises StudioError if it is locked.

    What lies in it where it was lifted looks like a part of it and is enhanced with it, as are the fills
    that show; other layers are not, even if they come from the same photo. A cutout or picture that is shown
    larger than it is gets as many pixels as it is shown with.
    """
    layer = document.layer(layer_id)
    if layer.movable:
        check_unlocked(document, layer_id)
    layers = _together(document.state, layer)
    fills = [
        (x, part, number, patch)
        for x in layers
        for part in parts(document.tree, x)
        for number in document.fills.candidates(part)
        if (patch := document.fills.get(part.candidate(number).key)) is not None
    ]
    return EnhanceRequest(layers, frame_for(layers), tuple(fills), strength)


def _together(state: State, layer: Layer) -> tuple[Layer, ...]:
    """A layer and what lies at home in it, or in that: all that looks like a part of it."""
    resting, found = state.tree.at_home, [layer]
    for other in state.layers:
        if other.id in resting and state.tree.origin(other) in found:
            found.append(other)
    return tuple(found)


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


def run(wanted: EnhanceRequest, progress: Progress = NO_PROGRESS) -> Enhanced:
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
    if isinstance(layer, Picture) and layer.mask is not None:
        cover = frame.mask(layer.mask).window(frame.box)
    source = _enhanced(whole, wanted.strength, next(steps), cover)
    owners = [x for x in wanted.layers if x.colours is not None]
    colours = {
        x.id: _patch(wanted, box, x.pixels, next(steps)) for x, box in zip(owners, coloured, strict=True)
    }
    looks = [partial(_with_fill, x, part, patch) for x, part, _, patch in wanted.fills]
    fills = [_patch(wanted, box, look, next(steps)) for look, box in zip(looks, filled, strict=True)]
    return Enhanced(source, colours, tuple(fills))


def _own(layer: Layer, box: Box) -> Array:
    x, y, w, h = box
    return np.ascontiguousarray(layer.source[y : y + h, x : x + w])


def _with_fill(layer: Layer, part: Part, patch: Patch, box: Box) -> Array:
    """A layer's own look inside a box of its source, with one fill."""
    out = layer.pixels(box)
    Samples(box).paste(out, patch.crop, patch.box, part.mask.window(box))
    return out


def _patch(wanted: EnhanceRequest, box: Box, look: Callable[[Box], Array], progress: Progress) -> Patch:
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


def apply(document: Document, wanted: EnhanceRequest, made: Enhanced) -> bool:
    """Gives the layers their new pixels, as one step; False if they were changed since the request.

    What else was lifted from them keeps its own pixels and can still be put back.
    """
    if not is_current(document, wanted):
        return False
    chosen, source_id = wanted.layers[0], new_id()
    together = {layer.id for layer in wanted.layers}
    new: list[Layer] = []
    for layer in document.layers:
        if layer.id in together:
            place = _new_frame(layer, wanted.frame, source_id, chosen=layer.id == chosen.id)
            new.append(_renewed(layer, wanted.frame, made, place))
        elif isinstance(layer, Cutout) and layer.lifted_from in together:
            new.append(replace(layer, source_frame=_left_behind(layer, wanted.frame)))
    state = document.state.with_tree(document.tree.with_nodes(*new))
    _keep_fills(document, wanted, made, state)
    document.apply(message("step.enhance", name=chosen.name), state)
    return True


def _renewed(layer: Layer, frame: Frame, made: Enhanced, place: SourceFrame) -> Layer:
    def options(old: FillOptions) -> FillOptions:
        return old if old.sample is None else replace(old, sample=frame.mask(old.sample))

    return replace(
        layer,
        source=made.source,
        mask=None if layer.mask is None else frame.mask(layer.mask),
        colours=made.colours.get(layer.id),
        holes=tuple(
            replace(h, mask=frame.mask(h.mask, solid=True), options=options(h.options)) for h in layer.holes
        ),
        transform=frame.transform(layer.transform),
        source_frame=place,
    )


def _new_frame(layer: Layer, frame: Frame, source_id: str, *, chosen: bool) -> SourceFrame:
    """Where the new source lies on the origin's: what lies at home in the chosen layer shares its own."""
    if not chosen:
        return SourceFrame(source_id)
    old = layer.source_frame or SourceFrame()
    return SourceFrame(
        source_id, old.left + frame.left / old.scale_x, old.top + frame.top / old.scale_y,
        old.scale_x * frame.scale_x, old.scale_y * frame.scale_y,
    )  # fmt: skip


def _left_behind(layer: Layer, frame: Frame) -> SourceFrame | None:
    """Where a layer's source lies on its origin's, after that has got a new one."""
    if frame.shift == (0, 0):
        return layer.source_frame
    old = layer.source_frame or SourceFrame()
    return replace(
        old, left=(old.left - frame.left) * frame.scale_x, top=(old.top - frame.top) * frame.scale_y,
        scale_x=old.scale_x / frame.scale_x, scale_y=old.scale_y / frame.scale_y,
    )  # fmt: skip


def _keep_fills(document: Document, wanted: EnhanceRequest, made: Enhanced, state: State) -> None:
    """Keeps enhanced fills for the new parts, so that what was chosen stays."""
    for (layer, old, number, _), patch in zip(wanted.fills, made.fills, strict=True):
        now = state.layer(layer.id)
        there = () if now is None else parts(state.tree, now)
        new = next((p for p in there if p.holes == old.holes), None)
        if new is None:
            continue
        note, chosen = document.fills.note(old.candidate(number).key), new.options.candidate
        document.fills.put(new.candidate(number), patch, note=note, shown=number == chosen)
        if document.fills.is_complete(old):
            document.fills.completed(new)


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
