"""The compositor against a straightforward float64 reading of W3C Compositing and Blending Level 1."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.document import BLEND_MODES, FillStore, Layer, State, Transform
from inpaint_studio.render import compose

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


def composited(mode: str, below: np.ndarray, above: np.ndarray, opacity: float) -> np.ndarray:
    """One RGBA pixel (0..255) over another, not rounded."""
    b, s = list(below[:3] / 255), list(above[:3] / 255)
    ab, as_ = below[3] / 255, above[3] / 255 * opacity
    mixed = [(1 - ab) * x + ab * y for x, y in zip(s, blended(mode, b, s), strict=True)]
    total = as_ + ab * (1 - as_)
    if total == 0:
        return np.zeros(4)
    colour = [(as_ * x + (1 - as_) * ab * y) / total for x, y in zip(mixed, b, strict=True)]
    return np.array([*colour, total]) * 255


def layer(pixels: np.ndarray, kind: str = "picture") -> Layer:
    mask = Mask(0, 0, np.ascontiguousarray(pixels[..., 3]))
    return Layer(kind, kind, np.ascontiguousarray(pixels[..., :3]), mask)  # type: ignore[arg-type]


def pixels_of(seed: int, alphas: tuple[int, ...]) -> np.ndarray:
    """12×16 RGBA with the extremes of each channel among them."""
    rng = np.random.default_rng(seed)
    made = rng.integers(0, 256, (12, 16, 4)).astype(np.uint8)
    made[:6, ..., :3] = rng.choice([0, 63, 64, 127, 128, 255], (6, 16, 3))
    made[..., 3] = rng.choice(alphas, (12, 16))
    return made


@pytest.mark.parametrize("mode", BLEND_MODES)
@pytest.mark.parametrize("alphas", [(255,), (0,), (0, 1, 77, 128, 254, 255)])
@pytest.mark.parametrize("opacity", [1.0, 0.4])
def test_all_modes_on_all_backdrops(mode: str, alphas: tuple[int, ...], opacity: float) -> None:
    below, above = pixels_of(1, alphas), pixels_of(2, (0, 3, 128, 255, 255))
    top = replace(layer(above), blend=mode, opacity=opacity)
    state = State((0, 0, 16, 12), (layer(below, "backdrop"), top))
    made = compose(state, FillStore(), state.canvas).astype(float)
    below[below[..., 3] == 0] = 0
    expected = np.array(
        [
            [composited(mode, below[y, x].astype(float), above[y, x], opacity) for x in range(16)]
            for y in range(12)
        ]
    )
    assert np.abs(made[..., 3] - expected[..., 3]).max() <= 0.51
    # Colours of a pixel that is hardly there can't be told better than its coverage.
    seen = expected[..., 3] > 2
    assert np.abs(made[seen] - expected[seen]).max() <= 1
    assert seen.any() or (alphas == (0,))


def test_opaque_on_opaque_is_exact() -> None:
    below, above = pixels_of(3, (255,)), pixels_of(4, (255,))
    state = State((0, 0, 16, 12), (layer(below, "backdrop"), layer(above)))
    assert np.array_equal(compose(state, FillStore(), state.canvas), above)


def test_a_layer_of_no_opacity_changes_nothing() -> None:
    below, above = pixels_of(3, (0, 100, 255)), pixels_of(4, (255,))
    for mode in BLEND_MODES:
        top = replace(layer(above), blend=mode, opacity=0.0, transform=Transform(3, 2))
        state = State((0, 0, 16, 12), (layer(below, "backdrop"), top))
        alone = replace(state, layers=state.layers[:1])
        made = [compose(s, FillStore(), s.canvas) for s in (state, alone)]
        assert np.array_equal(*made)
