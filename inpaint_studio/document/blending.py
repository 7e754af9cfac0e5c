"""Blend modes after W3C Compositing and Blending Level 1: all that is known of each, in one place.

Files, panels, projects and the renderer read `BLEND_MODES`. Functions take and give arrays of 0..1 float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Colours = NDArray[np.float32]
"""H×W×3, 0..1."""


def _hard_light(below: Colours, above: Colours) -> Colours:
    return np.where(above <= 0.5, 2 * below * above, 1 - 2 * (1 - below) * (1 - above))


def _soft_light(below: Colours, above: Colours) -> Colours:
    d = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    darker = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, darker, below + (2 * above - 1) * (d - below))


def _dodge(below: Colours, above: Colours) -> Colours:
    room = np.maximum(1 - above, 1e-6)
    return np.where(below == 0, 0, np.where(above >= 1, 1, np.minimum(1, below / room)))


def _burn(below: Colours, above: Colours) -> Colours:
    amount = np.minimum(1, (1 - below) / np.maximum(above, 1e-6))
    return np.where(below >= 1, 1, np.where(above <= 0, 0, 1 - amount))


def _lum(c: Colours) -> Colours:
    # Not as a product of matrices, which rounds otherwise for pictures of other sizes.
    return np.asarray(
        c[..., :1] * np.float32(0.3) + c[..., 1:2] * np.float32(0.59) + c[..., 2:] * np.float32(0.11)
    )


def _clip_colour(c: Colours) -> Colours:
    light, low, high = _lum(c), c.min(-1, keepdims=True), c.max(-1, keepdims=True)
    c = np.where(low < 0, light + (c - light) * light / np.maximum(light - low, 1e-6), c)
    return np.where(high > 1, light + (c - light) * (1 - light) / np.maximum(high - light, 1e-6), c)


def _set_lum(c: Colours, light: Colours) -> Colours:
    return _clip_colour(c + (light - _lum(c)))


def _saturation(c: Colours) -> Colours:
    return np.asarray(c.max(-1, keepdims=True) - c.min(-1, keepdims=True), np.float32)


def _set_sat(c: Colours, saturation: Colours) -> Colours:
    low, spread = c.min(-1, keepdims=True), _saturation(c)
    return np.where(spread > 0, (c - low) * saturation / np.maximum(spread, 1e-6), 0)


@dataclass(frozen=True, slots=True)
class BlendMode:
    """How a layer's colours join those below it.

    `name` is what projects hold and, with spaces for hyphens, what people see. `function` takes the colours
    below and the layer's. `photoshop` is the key of PSD files, four letters. `openraster` is the composite-op
    of OpenRaster files, "" for that of the same name.
    """

    name: str
    function: Callable[[Colours, Colours], Colours]
    photoshop: str
    openraster: str = ""

    @property
    def operation(self) -> str:
        """The composite-op of OpenRaster files."""
        return self.openraster or f"svg:{self.name}"


BLEND_MODES: Mapping[str, BlendMode] = MappingProxyType(
    {
        mode.name: mode
        for mode in (
            BlendMode("normal", lambda b, s: s, "norm", "svg:src-over"),
            BlendMode("multiply", lambda b, s: b * s, "mul "),
            BlendMode("screen", lambda b, s: b + s - b * s, "scrn"),
            BlendMode("overlay", lambda b, s: _hard_light(s, b), "over"),
            BlendMode("darken", np.minimum, "dark"),
            BlendMode("lighten", np.maximum, "lite"),
            BlendMode("color-dodge", _dodge, "div "),
            BlendMode("color-burn", _burn, "idiv"),
            BlendMode("hard-light", _hard_light, "hLit"),
            BlendMode("soft-light", _soft_light, "sLit"),
            BlendMode("difference", lambda b, s: np.abs(b - s), "diff"),
            BlendMode("exclusion", lambda b, s: b + s - 2 * b * s, "smud", "krita:exclusion"),
            BlendMode("hue", lambda b, s: _set_lum(_set_sat(s, _saturation(b)), _lum(b)), "hue "),
            BlendMode("saturation", lambda b, s: _set_lum(_set_sat(b, _saturation(s)), _lum(b)), "sat "),
            BlendMode("color", lambda b, s: _set_lum(s, _lum(b)), "colr"),
            BlendMode("luminosity", lambda b, s: _set_lum(b, _lum(s)), "lum "),
        )
    }
)
"""By name, in the order of the W3C's text."""
