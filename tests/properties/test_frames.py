"""Frames: a point of the new picture, its box and its mask lie where the formula says on the old one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import PLACES, boxes, masks, points, seen, transforms

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.document import Transform
from inpaint_studio.document.transform import transform_point
from inpaint_studio.studio.frames import Frame

_PLACES = st.one_of(PLACES.map(float), st.floats(-9, 9))
_SCALES = st.one_of(st.sampled_from([1.0, 2.0, 0.5]), st.floats(0.25, 4))
_SIZES = st.integers(1, 20)
frames = st.builds(Frame, _PLACES, _PLACES, _SCALES, _SCALES, _SIZES, _SIZES)
shifted = st.builds(Frame, PLACES, PLACES, st.just(1.0), st.just(1.0), _SIZES, _SIZES)


def on_old(frame: Frame, x: float, y: float) -> tuple[float, float]:
    return frame.left + x / frame.scale_x, frame.top + y / frame.scale_y


def holds(outer: Box, inner: Box) -> bool:
    return not (inner[2] and inner[3]) or intersect_boxes(outer, inner) == inner


@given(frames, transforms, points)
def test_a_point_lies_where_the_old_one_was(frame: Frame, old: Transform, point: tuple[float, float]) -> None:
    there = transform_point(frame.transform(old).matrix(), *point)
    assert there == pytest.approx(transform_point(old.matrix(), *on_old(frame, *point)), abs=1e-3)


@given(frames, boxes, st.integers(0, 3))
def test_the_old_pixels_under_a_box_hold_it(frame: Frame, box: Box, margin: int) -> None:
    x, y, w, h = box
    left, top, width, height = frame.under(box, margin)
    for i, j in ((x, y), (x + w, y + h)):
        old = on_old(frame, i, j)
        assert left + margin - 1e-6 <= old[0] <= left + width - margin + 1e-6
        assert top + margin - 1e-6 <= old[1] <= top + height - margin + 1e-6
    inside = intersect_boxes(box, frame.box)
    assert holds(frame.over(frame.under(box)), inside)


@given(shifted, masks)
def test_where_pixels_are_the_same_a_mask_only_moves(frame: Frame, mask: Mask) -> None:
    assert frame.shift == (frame.left, frame.top)
    there = frame.mask(mask)
    assert there.moved(*frame.shift).same(mask.clipped((*frame.shift, frame.width, frame.height)))


@given(PLACES, PLACES, st.sampled_from([2.0, 3.0]), masks)
def test_a_solid_mask_on_finer_pixels_and_back_is_the_same(
    left: int, top: int, scale: float, mask: Mask
) -> None:
    solid = Mask.place(np.where(mask.crop > 127, 255, 0).astype(np.uint8), mask.x, mask.y)
    finer = Frame(left, top, scale, scale, 200, 200)
    back = Frame(-left * scale, -top * scale, 1 / scale, 1 / scale, 200, 200)
    inside = solid.clipped((max(left, 0), max(top, 0), 60, 60))
    again = back.mask(finer.mask(inside, solid=True), solid=True)
    assert np.array_equal(seen(again), seen(inside))
