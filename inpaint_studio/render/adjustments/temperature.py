"""Temperature and tint: as if the light had been warmer or cooler, greener or more magenta."""

from collections.abc import Mapping

import numpy as np

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter

_STRONGEST = 0.25
"""How much of its light a channel gains or loses at the end of a slider."""


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    warm, magenta = values["temperature"] * _STRONGEST, values["tint"] * _STRONGEST
    gains = np.array([1 + warm + magenta / 2, 1 - magenta, 1 - warm + magenta / 2], np.float32)
    # Grey keeps its brightness.
    return colours * (gains / (gains @ np.array([0.3, 0.59, 0.11], np.float32)))


ADJUSTMENT = AdjustmentInfo(
    "temperature",
    "Temperature",
    (
        parameter("temperature", "Temperature", -1, 1, unit="%", factor=100),
        parameter("tint", "Tint", -1, 1, unit="%", factor=100),
    ),
    _apply,
)
