"""Brightness and contrast: colours shifted, and spread about middle grey."""

from collections.abc import Mapping

from inpaint_studio.render.adjustment import AdjustmentInfo, Colours, parameter


def _apply(colours: Colours, values: Mapping[str, float]) -> Colours:
    spread = 1 + values["contrast"]
    return colours * spread + (0.5 + values["brightness"] - 0.5 * spread)


ADJUSTMENT = AdjustmentInfo(
    "brightness_contrast",
    "Brightness and contrast",
    (
        parameter("brightness", "Brightness", -1, 1, unit="%", factor=100),
        parameter("contrast", "Contrast", -1, 1, unit="%", factor=100),
    ),
    _apply,
)
