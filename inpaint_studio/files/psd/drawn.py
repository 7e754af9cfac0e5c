"""Layers that psd-tools draws: fills, what is cut out by a path, and some adjustments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.files.limits import DECODE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from psd_tools.psd import PSD

    from inpaint_studio.basics.mask import Array, Box
    from inpaint_studio.files.psd.tree import Entry

Light = NDArray[Any]


def picture_of(psd: PSD, entry: Entry, canvas: Box) -> Array | None:
    """A layer inside the canvas without its opacity and blend mode, masks applied, h×w×4 uint8 straight.

    None where that needs more than psd-tools brings along: gradients, strokes, patterns that are missing.
    """
    from psd_tools.composite import composite

    layer = _layer(psd, entry)
    if layer is None:
        return None
    x, y, width, height = canvas
    opacity, entry.record.opacity = entry.record.opacity, 255
    try:
        colour, _, alpha = composite(
            layer, viewport=(x, y, x + width, y + height), layer_filter=lambda each: each is layer, force=True
        )
    except (ImportError, *DECODE_ERRORS):
        return None
    finally:
        entry.record.opacity = opacity
    if colour.shape[2] != 3:
        colour = np.repeat(colour[:, :, :1], 3, axis=2)
    return np.asarray(np.rint(np.clip(np.concatenate([colour, alpha], axis=2), 0, 1) * 255), np.uint8)


def adjustment_of(psd: PSD, entry: Entry) -> Callable[[Light], Light] | None:
    """What an adjustment does to colours (h×w×3 of 0..1), without its mask, opacity and mode.

    None where psd-tools does not know it. The function may raise one of `limits.DECODE_ERRORS`.
    """
    from psd_tools.api.layers import AdjustmentLayer
    from psd_tools.composite.adjustments import ADJUSTMENT_FUNC
    from psd_tools.constants import ColorMode

    layer = _layer(psd, entry)
    if not isinstance(layer, AdjustmentLayer) or psd.header.color_mode != ColorMode.RGB:
        return None
    function = ADJUSTMENT_FUNC.get(layer.kind)
    return None if function is None else lambda light: function(light, ColorMode.RGB, layer)


def _layer(psd: PSD, entry: Entry) -> Any:
    """The layer as psd-tools' drawing takes it."""
    from psd_tools import PSDImage

    blocks = entry.record.tagged_blocks
    return next((each for each in PSDImage(psd).descendants() if each.tagged_blocks is blocks), None)
