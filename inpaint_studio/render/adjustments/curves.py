"""Curves: a line through five tones, bent without overshooting, that says what becomes of each."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter

_TONES = (
    ("blacks", "Blacks"), ("shadows", "Shadows"), ("middle", "Middle tones"), ("lights", "Lights"),
    ("whites", "Whites"),
)  # fmt: skip
_STEPS = 1 << 16


def curve(values: Mapping[str, float]) -> NDArray[np.float64]:
    """What becomes of each of 2¹⁶ tones, 0..1: Fritsch and Carlson's monotone cubic through the points."""
    heights = np.array([i / (len(_TONES) - 1) + values[name] for i, (name, _) in enumerate(_TONES)])
    width = 1 / (len(_TONES) - 1)
    rises = np.diff(heights) / width
    slopes = np.zeros(len(heights))
    slopes[0], slopes[-1] = rises[0], rises[-1]
    both = rises[:-1] * rises[1:]
    # The harmonic mean of the rises to both sides; level where the curve turns.
    slopes[1:-1] = np.where(both > 0, 2 * both / np.where(both > 0, rises[:-1] + rises[1:], 1), 0)
    tones = np.linspace(0, 1, _STEPS)
    part = np.minimum((tones / width).astype(int), len(rises) - 1)
    t = tones / width - part
    first, last = heights[part], heights[part + 1]
    bend = (2 * t**3 - 3 * t**2 + 1) * first + (3 * t**2 - 2 * t**3) * last
    bend += width * ((t**3 - 2 * t**2 + t) * slopes[part] + (t**3 - t**2) * slopes[part + 1])
    return np.asarray(np.clip(bend, 0, 1), np.float64)


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    places = np.rint(np.clip(colours, 0, 1) * np.float32(_STEPS - 1)).astype(np.int32)
    return np.asarray(curve(values).astype(np.float32)[places], np.float32)


ADJUSTMENT = AdjustmentInfo(
    "curves",
    "Curves",
    tuple(parameter(name, label, -0.5, 0.5, unit="%", factor=100) for name, label in _TONES),
    _apply,
)
