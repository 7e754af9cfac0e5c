"""Hue turned, colours stronger or weaker, and all lighter or darker."""

from collections.abc import Mapping

import numpy as np

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    import cv2

    parts = np.asarray(cv2.cvtColor(np.ascontiguousarray(colours), cv2.COLOR_RGB2HLS), np.float32)
    hue, light, strength = parts[..., 0], parts[..., 1], parts[..., 2]
    hue[:] = (hue + np.float32(values["hue"])) % 360
    change = np.float32(values["lightness"])
    light[:] = light * (1 + change) if change < 0 else light + (1 - light) * change
    strength[:] = np.clip(strength * np.float32(1 + values["saturation"]), 0, 1)
    return np.asarray(cv2.cvtColor(parts, cv2.COLOR_HLS2RGB), np.float32)


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
