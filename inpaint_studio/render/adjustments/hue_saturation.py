"""Hue turned, colours stronger or weaker, and all lighter or darker."""

from collections.abc import Mapping

import numpy as np

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter

_TINY = np.float32(1e-6)


def _hue(colours: Colours, high: Colours, chroma: Colours) -> Colours:
    """The hue in twelfths of the circle, h×w, from red by green and blue."""
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    some = np.maximum(chroma, _TINY)
    sixths = np.where(high == green, (blue - red) / some + 2, (red - green) / some + 4)
    return np.asarray(2 * np.where(high == red, (green - blue) / some, sixths), np.float32)


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    # Not by OpenCV, which rounds otherwise for pictures of other sizes.
    high, low = colours.max(axis=-1), colours.min(axis=-1)
    chroma, light = high - low, (high + low) / 2
    strength = chroma / np.maximum(1 - np.abs(2 * light - 1), _TINY)
    hue = _hue(colours, high, chroma) + np.float32(values["hue"] / 30)
    change = np.float32(values["lightness"])
    light = light * (1 + change) if change < 0 else light + (1 - light) * change
    strength = np.clip(strength * np.float32(1 + values["saturation"]), 0, 1)
    reach = strength * np.minimum(light, 1 - light)
    places = ((hue + offset) % 12 for offset in (np.float32(0), np.float32(8), np.float32(4)))
    made = [light - reach * np.clip(np.minimum(k - 3, 9 - k), -1, 1) for k in places]
    return np.asarray(np.stack(made, axis=-1), np.float32)


ADJUSTMENT = AdjustmentInfo(
    "hue_saturation",
    "Hue and saturation",
    (
        parameter("hue", "Hue", -180, 180, unit="°"),
        parameter("saturation", "Saturation", -1, 1, unit="%", factor=100),
        parameter("lightness", "Lightness", -1, 1, unit="%", factor=100),
    ),
    _apply,
)
