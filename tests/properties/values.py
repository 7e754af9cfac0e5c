"""Strategies for masks, boxes and transforms: small, and often at the edges of their ranges."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box
from inpaint_studio.document import Transform

LEVELS = st.sampled_from([0, 0, 1, 127, 128, 254, 255, 255])
PLACES = st.integers(-9, 9)
SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6))

crops = SHAPES.flatmap(lambda shape: arrays(np.uint8, shape, elements=LEVELS))
masks = st.builds(Mask.place, crops, PLACES, PLACES)
"""Trimmed, as all verbs make them; some are empty."""
untrimmed = st.builds(Mask, PLACES, PLACES, crops)
"""As the mask of a photo with transparency, whose box stays the photo's."""
boxes = st.tuples(PLACES, PLACES, st.integers(0, 12), st.integers(0, 12))

_SHIFTS = st.one_of(st.integers(-50, 50).map(float), st.floats(-50, 50))
_SCALES = st.builds(
    lambda size, sign: size * sign, st.one_of(st.just(1.0), st.floats(0.05, 8)), st.sampled_from([1, -1])
)
_TURNS = st.one_of(st.sampled_from([0.0, 90.0, 180.0, -90.0, 360.0]), st.floats(-720, 720))
points = st.tuples(st.floats(-40, 40), st.floats(-40, 40))
transforms = st.builds(Transform, _SHIFTS, _SHIFTS, _SCALES, _SCALES, _TURNS, points)

EVERYWHERE: Box = (-24, -24, 60, 60)
"""Holds every mask that the strategies make, also a moved one."""


def seen(mask: Mask) -> np.ndarray:
    """A mask's coverage everywhere, as integers that do not wrap."""
    return mask.window(EVERYWHERE).astype(int)
