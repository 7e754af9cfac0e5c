"""Match: a cutout takes the look of its place."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines.matching import blur_of, grain_of
from inpaint_studio.studio import edit, lift, match

SIDE = 240
INSIDE = np.s_[80:160, 80:160]


def texture(seed: int = 1) -> np.ndarray:
    """Sharp squares of muted colours, 0..1."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(0.25, 0.75, (24, 24, 1)) + rng.uniform(-0.08, 0.08, (24, 24, 3))
    return cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST).astype(np.float32)


def as_pixels(colours: np.ndarray) -> np.ndarray:
    return np.clip(colours * 255 + 0.5, 0, 255).astype(np.uint8)


def put_into(place: np.ndarray, own: np.ndarray) -> tuple[Document, str]:
    """A square of one picture over another, where it was."""
    document, other = Document(Photo(as_pixels(place))), Document(Photo(as_pixels(own)))
    cutout = other.layer(lift.lift(other, Mask(80, 80, np.full((80, 80), 255, np.uint8)), "square"))
    tree = document.tree.above(None, replace(cutout, lifted_from=None))
    document.apply("Put", document.state.with_tree(tree))
    return document, cutout.id


def matched(place: np.ndarray, own: np.ndarray, amount: float = 1.0) -> np.ndarray:
    document, layer = put_into(place, own)
    match.match(document, layer, amount)
    assert [str(step.name) for step in document.history.steps][-1] == "Match square to its place"
    colours = document.layer(layer).colours
    assert colours is not None and colours.box == (80, 80, 80, 80)
    return colours.crop.astype(np.float32) / 255


def test_light_cast_and_contrast_are_taken():
    own = texture()
    place = (own * (0.7, 0.6, 0.8) - 0.3) * 0.8 + 0.3
    made, truth = matched(place, own), place[INSIDE]
    assert np.abs(made.mean(axis=(0, 1)) - truth.mean(axis=(0, 1))).max() < 0.02
    assert np.abs(made.std(axis=(0, 1)) - truth.std(axis=(0, 1))).max() < 0.02
    half = matched(place, own, 0.5)
    middle = (own[INSIDE].mean(axis=(0, 1)) + made.mean(axis=(0, 1))) / 2
    assert np.abs(half.mean(axis=(0, 1)) - middle).max() < 0.01
    assert np.abs(matched(place, own, 0.0) - as_pixels(own[INSIDE]) / 255).max() < 0.01


def test_what_is_sharper_is_blurred_as_much_as_its_place():
    own, sigma = texture(), 2.0
    place = cv2.GaussianBlur(own, (0, 0), sigma)
    made = matched(place, own)
    everywhere = np.ones((80, 80), bool)
    true = blur_of(np.ascontiguousarray(place[INSIDE]), everywhere)
    assert true == pytest.approx(sigma, rel=0.25)
    assert blur_of(made, everywhere) == pytest.approx(true, rel=0.2)


def test_what_is_smoother_gets_grain_and_the_same_each_time():
    own = texture()
    noise = np.random.default_rng(3).normal(0, 0.03, own.shape).astype(np.float32)
    made = matched(own + noise, own)
    everywhere = np.ones((80, 80), bool)
    assert grain_of(made, everywhere).mean() == pytest.approx(0.03, rel=0.3)
    assert np.array_equal(made, matched(own + noise, own))


def test_a_red_object_stays_red_in_the_same_light():
    own = texture()
    own[INSIDE] = (0.8, 0.1, 0.1)
    place = texture()
    made = matched(place, own)
    assert np.abs(made - own[INSIDE]).max() < 0.05


def test_it_is_one_step_and_refused_where_it_makes_no_sense():
    document, layer = put_into(texture(), texture())
    before = document.layer(layer)
    match.match(document, layer, 1.0)
    document.undo()
    assert document.layer(layer) is before
    with pytest.raises(StudioError, match="stays where it is"):
        match.request(document, document.tree.base.id)
    resting = lift.lift(document, Mask(5, 5, np.full((40, 40), 255, np.uint8)), "corner")
    with pytest.raises(StudioError, match="move it first"):
        match.request(document, resting)
    edit.transform(document, layer, replace(before.transform, dx=1000.0))
    with pytest.raises(StudioError):
        match.request(document, layer)


def test_a_layer_that_is_shown_smaller_needs_more_of_its_own_pixels_blurred():
    own = texture()
    place = cv2.GaussianBlur(own, (0, 0), 1.2)
    document, layer = put_into(place, own)
    edit.transform(document, layer, replace(document.layer(layer).transform, scale_x=0.5, scale_y=0.5))
    match.match(document, layer, 1.0)
    colours = document.layer(layer).colours
    assert colours is not None
    everywhere = np.ones((80, 80), bool)
    made = blur_of(colours.crop.astype(np.float32) / np.float32(255), everywhere)
    assert made == pytest.approx(2.4, rel=0.25), "a pixel on the canvas is two of its own"
