"""Layers that psd-tools draws: fills, and what is cut out by a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.files.limits import DECODE_ERRORS

if TYPE_CHECKING:
    from psd_tools.psd import PSD

    from inpaint_studio.basics.mask import Array, Box
    from inpaint_studio.files.psd.tree import Entry


def picture_of(psd: PSD, entry: Entry, canvas: Box) -> Array | None:
    """A layer inside the canvas without its opacity and blend mode, h×w×4 uint8 straight.

    None where that needs more than psd-tools brings along: gradients, strokes, patterns that are missing.
    """
    from psd_tools import PSDImage
    from psd_tools.composite import composite

    image = PSDImage(psd)
    same = (each for each in image.descendants() if each.tagged_blocks is entry.record.tagged_blocks)
    layer = next(same, None)
    if layer is None:
        return None
    x, y, width, height = canvas
    try:
        colour, _, alpha = composite(
            layer, viewport=(x, y, x + width, y + height), layer_filter=lambda each: each is layer, force=True
        )
    except (ImportError, *DECODE_ERRORS):
        return None
    if colour.shape[2] != 3:
        colour = np.repeat(colour[:, :, :1], 3, axis=2)
    return np.asarray(np.rint(np.clip(np.concatenate([colour, alpha], axis=2), 0, 1) * 255), np.uint8)
