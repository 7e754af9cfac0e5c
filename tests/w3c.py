"""W3C Compositing and Blending Level 1, read one colour at a time, in double precision."""

from __future__ import annotations

import math

Colour = list[float]


def _lum(c: Colour) -> float:
    return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]


def _set_lum(c: Colour, light: float) -> Colour:
    d = light - _lum(c)
    c = [v + d for v in c]
    middle, low, high = _lum(c), min(c), max(c)
    if low < 0:
        c = [middle + (v - middle) * middle / (middle - low) for v in c]
    if high > 1:
        c = [middle + (v - middle) * (1 - middle) / (high - middle) for v in c]
    return c


def _sat(c: Colour) -> float:
    return max(c) - min(c)


def _set_sat(c: Colour, saturation: float) -> Colour:
    low, high = min(c), max(c)
    return [(v - low) * saturation / (high - low) if high > low else 0.0 for v in c]


def _hard(b: float, s: float) -> float:
    return b * 2 * s if s <= 0.5 else b + (2 * s - 1) - b * (2 * s - 1)


def _soft(b: float, s: float) -> float:
    if s <= 0.5:
        return b - (1 - 2 * s) * b * (1 - b)
    d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else math.sqrt(b)
    return b + (2 * s - 1) * (d - b)


def _dodge(b: float, s: float) -> float:
    if b == 0:
        return 0.0
    return 1.0 if s == 1 else min(1.0, b / (1 - s))


def _burn(b: float, s: float) -> float:
    if b == 1:
        return 1.0
    return 0.0 if s == 0 else 1 - min(1.0, (1 - b) / s)


ONE_BY_ONE = {
    "normal": lambda b, s: s, "multiply": lambda b, s: b * s, "screen": lambda b, s: b + s - b * s,
    "overlay": lambda b, s: _hard(s, b), "darken": min, "lighten": max, "color-dodge": _dodge,
    "color-burn": _burn, "hard-light": _hard, "soft-light": _soft, "difference": lambda b, s: abs(b - s),
    "exclusion": lambda b, s: b + s - 2 * b * s,
}  # fmt: skip


def blended(mode: str, b: Colour, s: Colour) -> Colour:
    if mode == "hue":
        return _set_lum(_set_sat(s, _sat(b)), _lum(b))
    if mode == "saturation":
        return _set_lum(_set_sat(b, _sat(s)), _lum(b))
    if mode == "color":
        return _set_lum(s, _lum(b))
    if mode == "luminosity":
        return _set_lum(b, _lum(s))
    return [ONE_BY_ONE[mode](x, y) for x, y in zip(b, s, strict=True)]
