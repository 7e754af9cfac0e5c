"""Small pictures of layers and of fills, made without the large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.mask import Array, Box
from inpaint_studio.render.compositor import layer_surface, shrunk
from inpaint_studio.render.plates import Samples, coverage, plate

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Part, Snapshot


_SAMPLES = 4
"""Pixels looked at along each side of a pixel of the small picture."""


def small_picture(snapshot: Snapshot, layer: Layer, size: int) -> Array:
    """One layer with its longer side at most `size`: straight RGBA uint8, in the document's profile."""
    if layer.transform.whole_shift is not None:
        step = max(1, max(layer.source_box[2:]) // (_SAMPLES * size))
        pixels = _sampled(snapshot, layer, Samples(layer.source_box, step))
    else:
        finer = max(layer.bounds()[2:]) // (2 * size)
        pixels = layer_surface(snapshot, layer, level=max(0, finer.bit_length() - 1)).pixels
    return shrunk(pixels if pixels.size else np.zeros((1, 1, 4), np.uint8), size)


def fill_picture(snapshot: Snapshot, layer: Layer, part: Part, size: tuple[int, int]) -> Array:
    """A part with its fill, whether its hole is open or not, and what lies around it: straight RGBA uint8.

    In the proportions of `size` (width, height) where the layer is large enough.
    """
    height, width = layer.source.shape[:2]
    box = _around(part.mask.box, size[0] / size[1], width, height)
    samples = Samples(box, max(1, max(box[2] // (2 * size[0]), box[3] // (2 * size[1]))))
    pixels = _sampled(snapshot, layer, samples)
    patch = snapshot.fills.get(part.key)
    if patch is not None:
        filled = pixels if patch.crop.shape[2] == 4 else pixels[..., :3]
        samples.paste(filled, patch.crop, patch.box, samples.cover(part.mask))
    return shrunk(pixels, max(size))


def _sampled(snapshot: Snapshot, layer: Layer, samples: Samples) -> Array:
    """Samples of a layer's own pixels, straight RGBA."""
    colours = plate(snapshot, layer, samples.box, step=samples.step)
    return np.dstack([colours, coverage(snapshot, layer, samples)])


def _around(box: Box, proportion: float, width: int, height: int) -> Box:
    """A box with a third more around it, widened to a proportion, inside a width × height picture."""
    x, y, w, h = box
    wide, high = w * 1.33 + 8, h * 1.33 + 8
    wide, high = (
        min(width, round(max(wide, high * proportion))),
        min(height, round(max(high, wide / proportion))),
    )
    left = min(max(0, x + w // 2 - wide // 2), width - wide)
    top = min(max(0, y + h // 2 - high // 2), height - high)
    return left, top, wide, high
