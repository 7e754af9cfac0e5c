"""Levels: which tones become black and white, what lies in the middle, and how far both reach then."""

from collections.abc import Mapping

import numpy as np

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter

_LEAST = 1 / 255
"""Black and white lie at least this far apart."""


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    black, white = values["black"], values["white"]
    width = max(white - black, _LEAST)
    spread = np.clip((colours - np.float32(black)) / np.float32(width), 0, 1)
    # In 64 bits: powers of 32 bits differ with where a pixel lies in its row.
    bent = np.power(spread.astype(np.float64), 1 / values["gamma"])
    low, high = values["lowest"], values["highest"]
    return np.asarray(low + bent * (high - low), np.float32)


ADJUSTMENT = AdjustmentInfo(
    "levels",
    "Levels",
    (
        parameter("black", "Black", 0, 1, 0.0, factor=255),
        parameter("white", "White", 0, 1, 1.0, factor=255),
        parameter("gamma", "Gamma", 0.1, 10, 1.0),
        parameter("lowest", "Darkest", 0, 1, 0.0, factor=255),
        parameter("highest", "Lightest", 0, 1, 1.0, factor=255),
    ),
    _apply,
)
