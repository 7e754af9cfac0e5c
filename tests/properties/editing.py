"""A small photo, and strategies for what is done to it."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, unite_boxes
from inpaint_studio.document import BLEND_MODES, Document, Transform
from inpaint_studio.render import render

WIDTH, HEIGHT = 24, 18
CANVAS: Box = (0, 0, WIDTH, HEIGHT)


def photo(*, transparent: bool = False) -> np.ndarray:
    """Dark noise, so that no pixel looks like its neighbours or like a fill; of all coverages, too."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 150, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    cover = rng.choice([0, 100, 255, 255], pixels.shape[:2]).astype(np.uint8)
    return np.dstack([pixels, cover]) if transparent else pixels


def rendered(document: Document, box: Box | None = None) -> np.ndarray:
    """The canvas, or a box of it: h×w×4."""
    return np.asarray(render(document.snapshot(), box).pixels)


def _thing(x: int, y: int, w: int, h: int, soft: int) -> Mask:
    crop = np.full((h, w), 255, np.uint8)
    crop[: h // 2, : w // 2] = soft
    return Mask.place(crop, x, y)


things = st.builds(
    _thing,
    st.integers(-3, WIDTH - 2),
    st.integers(-3, HEIGHT - 2),
    st.integers(3, 10),
    st.integers(3, 9),
    st.sampled_from([255, 0, 90]),
)
"""Rectangles with a corner that is solid, empty or soft; some reach over the photo's edge."""

_SCALES = st.sampled_from([-1.0, 0.3, 0.7, 1.0, 1.0, 1.6, 2.4])
_SHIFTS = st.one_of(st.integers(-9, 9).map(float), st.floats(-9, 9))
transforms = st.builds(
    Transform, _SHIFTS, _SHIFTS, _SCALES, _SCALES, st.sampled_from([0.0, 0.0, 30.0, 90.0, 180.0, 217.5])
)


looks = st.one_of(
    st.tuples(st.just("opacity"), st.sampled_from([0.0, 0.4, 1.0])),
    st.tuples(st.just("blend"), st.sampled_from(list(BLEND_MODES))),
    st.tuples(st.sampled_from(["visible", "locked", "isolated"]), st.booleans()),
)
"""A property and its value."""


def _picture(width: int, height: int, channels: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels)).astype(np.uint8)


pictures = st.builds(
    _picture, st.integers(2, 30), st.integers(2, 30), st.sampled_from([3, 4]), st.integers(0, 3)
)
canvas_boxes = st.tuples(
    st.integers(-4, WIDTH), st.integers(-4, HEIGHT), st.integers(1, WIDTH), st.integers(1, HEIGHT)
)


def anywhere(box: Box) -> Box:
    """The canvas and a box."""
    return unite_boxes((CANVAS, box))
