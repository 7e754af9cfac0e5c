"""Exposure: more or less light, in stops, and a gamma for the middle tones."""

from collections.abc import Mapping

import numpy as np

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter

_ENCODING = 2.2
"""Colours are about this root of the light they stand for."""


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    lit = np.clip(colours * np.float32(2 ** (values["stops"] / _ENCODING)), 0, 1)
    return np.asarray(np.power(lit.astype(np.float64), 1 / values["gamma"]), np.float32)


ADJUSTMENT = AdjustmentInfo(
    "exposure",
    "Exposure",
    (parameter("stops", "Exposure", -5, 5, unit="EV"), parameter("gamma", "Gamma", 0.2, 5, 1.0)),
    _apply,
)
