"""The compositor against a straightforward float64 reading of W3C Compositing and Blending Level 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from w3c import blended

from inpaint_studio.basics import Mask
from inpaint_studio.document import BLEND_MODES, Backdrop, Layer, Picture, Snapshot, State, Transform, Tree
from inpaint_studio.render import render


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


def layer(pixels: np.ndarray, kind: type[Layer] = Picture) -> Layer:
    mask = Mask(0, 0, np.ascontiguousarray(pixels[..., 3]))
    return kind(kind.kind, np.ascontiguousarray(pixels[..., :3]), mask)


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
    state = State((0, 0, 16, 12), Tree((layer(below, Backdrop), top)))
    made = render(Snapshot(state)).pixels.astype(float)
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
    state = State((0, 0, 16, 12), Tree((layer(below, Backdrop), layer(above))))
    assert np.array_equal(render(Snapshot(state)).pixels, above)


def test_a_layer_of_no_opacity_changes_nothing() -> None:
    below, above = pixels_of(3, (0, 100, 255)), pixels_of(4, (255,))
    for mode in BLEND_MODES:
        top = replace(layer(above), blend=mode, opacity=0.0, transform=Transform(3, 2))
        state = State((0, 0, 16, 12), Tree((layer(below, Backdrop), top)))
        alone = state.with_tree(Tree(state.layers[:1]))
        made = [render(Snapshot(s)).pixels for s in (state, alone)]
        assert np.array_equal(*made)
