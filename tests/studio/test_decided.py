"""The refine brush decides all under its stroke anew."""

from __future__ import annotations

import cv2
import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.studio.decided import decided

HEIGHT, WIDTH = 240, 320
YS, XS = np.mgrid[:HEIGHT, :WIDTH]
AWAY = np.hypot(XS - 160, YS - 120)


def photo() -> np.ndarray:
    """A yellow disc of 60 pixels on blue, both uneven and noisy."""
    rng = np.random.default_rng(1)
    ground = cv2.resize(rng.integers(60, 130, (8, 10, 3)).astype(np.uint8), (WIDTH, HEIGHT))
    ground[..., 2] += 80
    own = cv2.resize(rng.integers(150, 230, (8, 10, 3)).astype(np.uint8), (WIDTH, HEIGHT))
    own[..., 2] //= 3
    out = np.where((AWAY < 60)[..., None], own, ground) + rng.normal(0, 4, (HEIGHT, WIDTH, 3))
    return np.clip(out, 0, 255).astype(np.uint8)


def ring(inner: float, outer: float) -> Mask:
    return Mask.place(np.where((inner <= AWAY) & (outer > AWAY), 255, 0).astype(np.uint8))


def share(mask: Mask, inner: float, outer: float) -> float:
    """How much of a ring a mask covers."""
    where = (inner <= AWAY) & (outer > AWAY)
    return float((mask.full((HEIGHT, WIDTH))[where] > 127).mean())


def test_a_wide_band_of_background_goes_and_the_object_stays():
    made = decided(photo(), ring(0, 95), ring(45, 105))
    assert share(made, 63, 105) < 0.02 and share(made, 0, 57) > 0.99


def test_what_was_missing_comes():
    made = decided(photo(), ring(0, 30), ring(25, 75))
    assert share(made, 30, 57) > 0.98 and share(made, 63, 110) < 0.02


def test_outside_of_the_stroke_nothing_changes():
    strokes = Mask.place(np.where((AWAY < 105) & (AWAY > 45) & (XS > 160), 255, 0).astype(np.uint8))
    before = ring(0, 95)
    made = decided(photo(), before, strokes)
    rest = strokes.full((HEIGHT, WIDTH)) == 0
    assert np.array_equal(made.full((HEIGHT, WIDTH))[rest], before.full((HEIGHT, WIDTH))[rest])
    assert made.same(decided(photo(), before, strokes)), "the same each time"


def test_a_stroke_over_all_of_it_leaves_it():
    before = ring(0, 40)
    assert decided(photo(), before, ring(0, 60)) is before
