"""Blend modes on any colours: in range, as the standard says, and doing nothing where it says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from w3c import blended

from inpaint_studio.document import BLEND_MODES

_LEVELS = st.one_of(st.sampled_from([0, 1, 63, 64, 127, 128, 254, 255]), st.integers(0, 255))
rows = arrays(np.uint8, (1, 6, 3), elements=_LEVELS).map(lambda levels: levels.astype(np.float32) / 255)
BLACK, GREY, WHITE = (np.full((1, 6, 3), v, np.float32) for v in (0, 0.5, 1))

NEUTRAL = {
    "multiply": WHITE, "screen": BLACK, "darken": WHITE, "lighten": BLACK, "color-dodge": BLACK,
    "color-burn": WHITE, "difference": BLACK, "exclusion": BLACK, "hard-light": GREY,
    "soft-light": GREY,
}  # fmt: skip
"""What changes nothing that it is laid over."""


@pytest.mark.parametrize("mode", BLEND_MODES)
@settings(max_examples=30)
@given(below=rows, above=rows)
def test_a_mode_is_what_the_standard_says(mode: str, below: np.ndarray, above: np.ndarray) -> None:
    made = BLEND_MODES[mode].function(below, above)
    expected = [
        blended(mode, list(map(float, b)), list(map(float, s)))
        for b, s in zip(below[0], above[0], strict=True)
    ]
    assert np.abs(made[0] - expected).max() < 2e-3
    assert made.min() >= -1e-5 and made.max() <= 1 + 1e-5


@pytest.mark.parametrize("mode", NEUTRAL)
@given(below=rows)
def test_its_neutral_colour_changes_nothing(mode: str, below: np.ndarray) -> None:
    assert np.abs(BLEND_MODES[mode].function(below, NEUTRAL[mode]) - below).max() < 1e-6


@given(below=rows, above=rows)
def test_overlay_is_hard_light_the_other_way_round(below: np.ndarray, above: np.ndarray) -> None:
    assert np.array_equal(
        BLEND_MODES["overlay"].function(below, above), BLEND_MODES["hard-light"].function(above, below)
    )


@pytest.mark.parametrize("mode", ["multiply", "screen", "darken", "lighten", "difference", "exclusion"])
@given(below=rows, above=rows)
def test_some_do_not_mind_which_is_above(mode: str, below: np.ndarray, above: np.ndarray) -> None:
    assert (
        np.abs(BLEND_MODES[mode].function(below, above) - BLEND_MODES[mode].function(above, below)).max()
        < 1e-6
    )


@pytest.mark.parametrize("mode", ["hue", "saturation", "color", "luminosity"])
@given(below=rows)
def test_a_picture_over_itself_stays_itself(mode: str, below: np.ndarray) -> None:
    assert np.abs(BLEND_MODES[mode].function(below, below) - below).max() < 2e-3
