"""Adjustments change the colours of what lies below them, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.basics import Mask
from inpaint_studio.document import Adjustment, Backdrop, Group, Picture, Snapshot, State, Tree
from inpaint_studio.render import render
from inpaint_studio.render.adjustments import ADJUSTMENTS

PIXELS = np.random.default_rng(2).integers(0, 256, (24, 40, 3)).astype(np.uint8)
BACKDROP = Backdrop("Backdrop", PIXELS)
PIECE = Picture("Piece", PIXELS[::-1].copy(), Mask(5, 6, np.full((10, 20), 255, np.uint8)))


def drawn(*nodes, **options) -> np.ndarray:
    return render(Snapshot(State((0, 0, 40, 24), Tree(nodes))), **options).pixels


def gain(stops: float = 1.0, **known) -> Adjustment:
    return Adjustment("Gain", "exposure", {"stops": stops}, **known)


def test_every_file_describes_one():
    folder = Path(__file__).resolve().parents[2] / "inpaint_studio/render/adjustments"
    assert len(ADJUSTMENTS) == len(list(folder.glob("[a-z]*.py"))) >= 3
    assert {each.id for each in ADJUSTMENTS.values()} == set(ADJUSTMENTS)


@pytest.mark.parametrize("name", ADJUSTMENTS)
def test_one_at_its_defaults_changes_nothing(name):
    off = drawn(BACKDROP, Adjustment("A", name))[..., :3].astype(int) - PIXELS
    assert np.abs(off).max() <= 1


@pytest.mark.parametrize("name", ADJUSTMENTS)
@given(data=st.data())
def test_any_values_give_colours_for_each_pixel_alone(name, data):
    info = ADJUSTMENTS[name]
    values = {p.name: data.draw(st.floats(p.value.low, p.value.high)) for p in info.parameters}
    colours = (PIXELS[:4, :6] / np.float32(255)).astype(np.float32)
    kept = colours.copy()
    made = info.apply(colours, values)
    assert made.shape == colours.shape and np.isfinite(made).all() and made.dtype == np.float32
    np.testing.assert_array_equal(colours, kept)
    # To the bit, also where what is asked for has another size: boxes of a picture must meet.
    part = np.ascontiguousarray(colours[1:3, 2:5])
    np.testing.assert_array_equal(info.apply(part, values), made[1:3, 2:5])


def test_a_hue_turned_by_a_third_changes_places_of_the_channels():
    turned = drawn(BACKDROP, Adjustment("Hue", "hue_saturation", {"hue": 120.0}))[..., :3].astype(int)
    assert np.abs(turned - PIXELS[..., [2, 0, 1]].astype(int)).max() <= 1
    grey = drawn(BACKDROP, Adjustment("Grey", "hue_saturation", {"saturation": -1.0}))[..., :3]
    assert (grey == grey[..., :1]).all()


def test_more_light_is_lighter_and_less_darker():
    for stops, sign in ((1, 1), (-1, -1)):
        off = drawn(BACKDROP, gain(stops))[..., :3].astype(int) - PIXELS
        assert (off * sign >= 0).all() and np.abs(off).max() > 20


def test_it_adjusts_what_is_below_and_not_what_is_above():
    below, above = drawn(BACKDROP, PIECE, gain()), drawn(BACKDROP, gain(), PIECE)
    inside = np.s_[6:16, 5:25]
    np.testing.assert_array_equal(above[inside], drawn(PIECE)[inside])
    assert not np.array_equal(below[inside], above[inside])
    outside = np.ones((24, 40), bool)
    outside[inside] = False
    np.testing.assert_array_equal(below[outside], above[outside])


def test_in_a_group_composed_apart_it_adjusts_that_group_alone():
    inside = drawn(BACKDROP, Group("G", (PIECE, gain()), isolated=True))
    np.testing.assert_array_equal(inside[:6, :, :3], PIXELS[:6])
    np.testing.assert_array_equal(inside[6:16, 5:25], drawn(PIECE, gain())[6:16, 5:25])
    joined = drawn(BACKDROP, Group("G", (PIECE, gain())))
    np.testing.assert_array_equal(joined, drawn(BACKDROP, PIECE, gain()))


def test_opacity_blend_mode_and_visibility():
    full, none = drawn(BACKDROP, gain()).astype(int), drawn(BACKDROP).astype(int)
    half = drawn(BACKDROP, gain(opacity=0.5)).astype(int)
    assert np.abs(half - (full + none) / 2).max() <= 1
    np.testing.assert_array_equal(drawn(BACKDROP, gain(visible=False)), none)
    darkened = drawn(BACKDROP, gain(blend="darken"))
    np.testing.assert_array_equal(darkened, none)


def test_one_of_a_newer_program_changes_nothing():
    np.testing.assert_array_equal(drawn(BACKDROP, Adjustment("New", "dehaze", {"x": 1.0})), drawn(BACKDROP))


def test_what_is_see_through_stays_so():
    piece = replace(PIECE, mask=Mask(5, 6, np.full((10, 20), 77, np.uint8)))
    adjusted = Adjustment("B", "brightness_contrast", {"brightness": 0.5})
    np.testing.assert_array_equal(drawn(piece, adjusted)[..., 3], drawn(piece)[..., 3])
    assert not drawn(piece, adjusted)[:5].any()


def test_sixteen_bits_are_adjusted_as_well():
    deep, flat = drawn(BACKDROP, gain(0.3), dtype=np.uint16), drawn(BACKDROP, gain(0.3))
    assert np.abs(deep / 257 - flat).max() <= 1


def one(name: str, values: dict[str, float], *tones: float) -> list[float]:
    """What an adjustment makes of greys."""
    colours = np.repeat(np.array(tones, np.float32)[None, :, None], 3, axis=2)
    info = ADJUSTMENTS[name]
    defaults = {p.name: p.default for p in info.parameters}
    return info.apply(colours, defaults | values)[0, :, 0].tolist()


def test_levels_spread_what_lies_between_black_and_white():
    assert one("levels", {"black": 0.2, "white": 0.6}, 0.1, 0.4, 0.9) == pytest.approx([0, 0.5, 1], abs=1e-6)
    assert one("levels", {"gamma": 2.0}, 0.25)[0] == pytest.approx(0.5)
    assert one("levels", {"lowest": 0.1, "highest": 0.8}, 0.0, 1.0) == pytest.approx([0.1, 0.8])


def test_shadows_and_highlights_leave_the_other_end_alone():
    dark, light = one("shadows_highlights", {"shadows": 1.0}, 0.15, 0.9)
    assert dark > 0.2 and light == pytest.approx(0.9, abs=0.01)
    dark, light = one("shadows_highlights", {"highlights": -1.0}, 0.15, 0.9)
    assert light < 0.75 and dark == pytest.approx(0.15, abs=0.01)


def test_a_curve_goes_through_its_points_and_never_turns_back():
    values = {"shadows": 0.1, "lights": -0.05}
    assert one("curves", values, 0.0, 0.25, 0.5, 0.75, 1.0) == pytest.approx([0, 0.35, 0.5, 0.7, 1], abs=1e-4)
    tones = one("curves", values, *np.linspace(0, 1, 200).tolist())
    assert (np.diff(tones) >= 0).all()
