"""Document to pixels: the one compositor behind canvas, thumbnails and export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array, Box, boxes_meet, intersect_boxes
from inpaint_studio.basics.surface import Space, Surface
from inpaint_studio.render.blend import MODES
from inpaint_studio.render.colour import to_srgb
from inpaint_studio.render.rasters import Raster, layer_raster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.document import Layer, Snapshot


def _over(out: Array, raster: Raster, opacity: float, blend: str) -> None:
    """Composes a raster onto `out` (h×w×4 straight RGBA of exactly the raster's box), in place.

    The formulas of W3C Compositing and Blending Level 1, section 5.
    """
    if raster.alpha is None and opacity == 1 and blend == "normal":
        import cv2

        cv2.cvtColor(raster.rgb, cv2.COLOR_RGB2RGBA, dst=out)
        return
    cover: NDArray[np.float32] = np.full(out.shape[:2], np.float32(opacity))
    if raster.alpha is not None:
        cover = raster.alpha * np.float32(opacity / 255)
    cover = cover[..., None]
    above, below = raster.rgb.astype(np.float32), out[..., :3].astype(np.float32)
    below_cover = out[..., 3:].astype(np.float32) / 255
    if blend != "normal":
        scale = np.float32(255)
        mixed = MODES[blend](below / scale, above / scale) * scale
        above = above + below_cover * (mixed - above)
    if out[..., 3].min() == 255:
        out[..., :3] = np.rint(np.clip(below + cover * (above - below), 0, 255)).astype(np.uint8)
        return
    total = cover + below_cover * (1 - cover)
    colour = cover * above + below_cover * (1 - cover) * below
    colour = np.clip(colour / np.maximum(total, 1e-6), 0, 255)
    out[..., :3] = np.rint(colour).astype(np.uint8)
    out[..., 3:] = np.rint(total * 255).astype(np.uint8)


def render(
    snapshot: Snapshot,
    box: Box | None = None,
    *,
    nodes: Iterable[Layer] | None = None,
    space: Space = "document",
) -> Surface:
    """The canvas inside a box (None: all of it). May be called in any thread.

    `nodes` (bottom first) draws only those; holes still open and close as in the whole state.
    """
    state = snapshot.state
    box = box or state.canvas
    out = np.zeros((box[3], box[2], 4), np.uint8)
    resting = state.tree.at_home
    for layer in state.layers if nodes is None else nodes:
        if not layer.visible or layer.id in resting or not boxes_meet(layer.bounds(), box):
            continue
        raster = layer_raster(snapshot, layer, box)
        x, y, w, h = intersect_boxes(raster.box, box)
        if w and h:
            _over(
                out[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w],
                raster,
                layer.opacity,
                layer.blend,
            )
    return Surface(to_srgb(out, snapshot.icc) if space == "srgb" else out, box, space)


def shrunk(pixels: Array, size: int) -> Array:
    """An RGBA picture with its longer side at most `size`, area-averaged."""
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, size / max(height, width, 1))
    small = max(1, round(width * scale)), max(1, round(height * scale))
    if (pixels[..., 3] == 255).all():
        return np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8)
    # What is see-through must not mix its colours in.
    weighted = pixels.astype(np.float32)
    weighted[..., :3] *= weighted[..., 3:] / 255
    out = np.asarray(cv2.resize(weighted, small, interpolation=cv2.INTER_AREA), np.float32)
    out[..., :3] *= np.float32(255) / np.maximum(out[..., 3:], 1e-3)
    return np.asarray(np.rint(np.clip(out, 0, 255)), np.uint8)
