"""One layer as pixels on the canvas: its plate cut out by its mask, through its transform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array, Box, boxes_meet, intersect_boxes
from inpaint_studio.document.plates import open_hole, parts

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Pixels of a layer at (x, y) on the canvas: `rgb` H×W×3 and `alpha` H×W, straight, uint8."""

    x: int
    y: int
    rgb: Array
    alpha: Array | None
    """None: opaque everywhere."""

    @property
    def box(self) -> Box:
        return self.x, self.y, self.rgb.shape[1], self.rgb.shape[0]

    def part(self, box: Box) -> Raster:
        """The common part with a canvas box, as views."""
        x, y, w, h = intersect_boxes(self.box, box)
        where = np.s_[y - self.y : y - self.y + h, x - self.x : x - self.x + w]
        return Raster(x, y, self.rgb[where], None if self.alpha is None else self.alpha[where])


def paste(target: Array, target_box: Box, crop: Array, box: Box, where: Array) -> None:
    """Puts a crop that lies at `box` into `target` (at `target_box`), as far as `where` (of its size) > 0."""
    x, y, w, h = intersect_boxes(target_box, box)
    if not (w and h):
        return
    out = target[y - target_box[1] : y - target_box[1] + h, x - target_box[0] : x - target_box[0] + w]
    new = crop[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w]
    chosen = where[y - target_box[1] : y - target_box[1] + h, x - target_box[0] : x - target_box[0] + w]
    np.copyto(out, new, where=(chosen > 0)[..., None])


def plate(snapshot: Snapshot, layer: Layer, box: Box) -> Array:
    """The layer's own pixels inside a box of its source, open holes filled; h×w×3 uint8, a new array."""
    out = layer.pixels(box)
    if not layer.holes:
        return out
    showing = open_hole(snapshot.state.tree, layer, box).window(box)
    for part in parts(snapshot.state.tree, layer):
        if boxes_meet(part.mask.box, box):
            here = np.minimum(showing, part.mask.window(box))
            for patch, mask in snapshot.fills.showing(part):
                paste(out, box, patch.crop, patch.box, np.minimum(here, mask.window(box)))
    return out


def _in_place(snapshot: Snapshot, layer: Layer, shift: tuple[int, int], box: Box) -> Raster:
    wanted = intersect_boxes(layer.source_box, (box[0] - shift[0], box[1] - shift[1], box[2], box[3]))
    rgb = plate(snapshot, layer, wanted)
    alpha = None if layer.mask is None else layer.mask.window(wanted)
    return Raster(wanted[0] + shift[0], wanted[1] + shift[1], rgb, alpha)


def _warped(snapshot: Snapshot, layer: Layer, box: Box) -> Raster:
    """The part of a resampled layer inside a canvas box."""
    import cv2

    x, y, w, h = layer.source_box
    left, top, width, height = intersect_boxes(layer.bounds(), box)
    if not (w and h and width and height):
        return Raster(left, top, np.zeros((0, 0, 3), np.uint8), None)
    rgb = plate(snapshot, layer, (x, y, w, h))
    alpha = np.full((h, w), 255, np.uint8) if layer.mask is None else layer.mask.crop
    pixels: NDArray[np.float32] = np.dstack([rgb, alpha]).astype(np.float32)
    pixels[..., :3] *= pixels[..., 3:] / 255
    shrink_x, shrink_y = (min(1.0, abs(s)) for s in (layer.transform.scale_x, layer.transform.scale_y))
    small = (max(1, round(w * shrink_x)), max(1, round(h * shrink_y)))
    if small != (w, h):
        # Area averaging first: an interpolating warp alone would alias when it shrinks.
        pixels = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.float32)
    matrix = layer.transform.matrix()
    to_source = np.array([[w / small[0], 0, x], [0, h / small[1], y], [0, 0, 1]])
    whole = np.vstack([matrix, [0, 0, 1]]) @ to_source
    # OpenCV's pixel centres lie on whole numbers, ours at .5.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    move = np.array([[1, 0, -left - 0.5], [0, 1, -top - 0.5], [0, 0, 1]])
    out = cv2.warpAffine(
        pixels,
        (move @ whole @ half)[:2],
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
    )
    # By the alpha as interpolated: at an edge the cubic kernel overshoots in both alike.
    colour = np.clip(out[..., :3] * 255 / np.maximum(out[..., 3:], 1e-3), 0, 255)
    alpha_out = np.clip(out[..., 3], 0, 255)
    return Raster(left, top, np.rint(colour).astype(np.uint8), np.rint(alpha_out).astype(np.uint8))


_MOST_PIXELS = 150_000_000
_LONGEST = 32_000
"""OpenCV warps no picture with a side longer than 2¹⁵."""


def _cached_warp(snapshot: Snapshot, layer: Layer) -> Raster:
    patches = [
        patch for part in parts(snapshot.state.tree, layer) for patch, _ in snapshot.fills.showing(part)
    ]
    resting = snapshot.state.tree.at_home
    pieces = [
        p for p in (layer.mask, layer.colours, *(h.mask for h in layer.holes), *patches) if p is not None
    ]
    places = tuple((piece.x, piece.y) for piece in pieces)
    key = ("warp", layer.transform, tuple(h.owner in resting for h in layer.holes), places)
    origins = [layer.source, *(piece.crop for piece in pieces)]
    raster = snapshot.cache.get(key, origins)
    if not isinstance(raster, Raster):
        raster = _warped(snapshot, layer, layer.bounds())
        size = raster.rgb.nbytes + (0 if raster.alpha is None else raster.alpha.nbytes)
        snapshot.cache.put(key, origins, raster, size)
    return raster


def layer_raster(snapshot: Snapshot, layer: Layer, box: Box) -> Raster:
    """The part of a layer that shows inside a canvas box, without its opacity and blend mode."""
    shift = layer.transform.whole_shift
    if shift is not None:
        return _in_place(snapshot, layer, shift, box)
    _, _, width, height = layer.bounds()
    if width * height > _MOST_PIXELS or max(width, height) > _LONGEST:
        return _warped(snapshot, layer, box)
    return _cached_warp(snapshot, layer).part(box)


def layer_picture(snapshot: Snapshot, layer: Layer) -> tuple[int, int, Array]:
    """A whole layer: x and y on the canvas, and H×W×4 straight RGBA uint8."""
    raster = layer_raster(snapshot, layer, layer.bounds())
    alpha = raster.alpha if raster.alpha is not None else np.full(raster.rgb.shape[:2], 255, np.uint8)
    return raster.x, raster.y, np.dstack([raster.rgb, alpha])
