"""Shadows and highlights: dark and light parts made lighter or darker, the rest left as it is."""

from collections.abc import Mapping

import numpy as np

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter

_LIGHT = np.array([0.299, 0.587, 0.114], np.float32)
_STRONGEST = 1.5
"""Stops at the end of a slider, where a part is darkest or lightest."""
_ENCODING = 2.2


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    red, green, blue = (colours[..., channel] * _LIGHT[channel] for channel in range(3))
    light = np.clip(red + green + blue, 0, 1)
    dark = (1 - light) * (1 - light) * (1 - light)
    bright = light * light * light
    stops = np.float32(_STRONGEST / _ENCODING) * (
        np.float32(values["shadows"]) * dark + np.float32(values["highlights"]) * bright
    )
    return np.asarray(colours * np.exp2(stops.astype(np.float64))[..., None], np.float32)


ADJUSTMENT = AdjustmentInfo(
    "shadows_highlights",
    "Shadows and highlights",
    (
        parameter("shadows", "Shadows", -1, 1, unit="%", factor=100),
        parameter("highlights", "Highlights", -1, 1, unit="%", factor=100),
    ),
    _apply,
)
