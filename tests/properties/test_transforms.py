"""Transforms: the formulas against points taken step by step."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import boxes, points, transforms

from inpaint_studio.basics.mask import Box
from inpaint_studio.document import Transform
from inpaint_studio.document.transform import reach, same_mapping, transform_point, transformed_box

Point = tuple[float, float]


def taken(transform: Transform, point: Point) -> Point:
    """Scaled and flipped, then turned clockwise, about the pivot, then moved."""
    px, py = transform.pivot
    x, y = (point[0] - px) * transform.scale_x, (point[1] - py) * transform.scale_y
    turn = math.radians(transform.degrees)
    x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
    return x + px + transform.dx, y + py + transform.dy


@given(transforms, points)
def test_a_point_is_scaled_turned_and_moved(transform: Transform, point: Point) -> None:
    assert transform_point(transform.matrix(), *point) == pytest.approx(taken(transform, point), abs=1e-7)


@given(transforms, points)
def test_the_inverse_leads_back(transform: Transform, point: Point) -> None:
    there = transform_point(transform.matrix(), *point)
    assert transform_point(transform.inverse(), *there) == pytest.approx(point, abs=1e-7)


@given(transforms, points, points)
def test_another_pivot_is_the_same_mapping(transform: Transform, pivot: Point, point: Point) -> None:
    other = transform.rebased(pivot)
    assert other.pivot == pivot and same_mapping(other, transform) and same_mapping(transform, other)
    assert transform_point(other.matrix(), *point) == pytest.approx(
        transform_point(transform.matrix(), *point), abs=1e-6
    )


@given(transforms, st.sampled_from(["dx", "dy", "scale_x", "scale_y", "degrees"]), st.floats(0.01, 0.04))
def test_mappings_that_differ_are_told_apart(transform: Transform, name: str, by: float) -> None:
    other = replace(transform, **{name: getattr(transform, name) + by})
    assert not same_mapping(transform, other)


@given(transforms)
def test_a_whole_turn_changes_nothing(transform: Transform) -> None:
    assert same_mapping(transform, replace(transform, degrees=transform.degrees + 360))


@given(st.integers(-50, 50), st.integers(-50, 50), points, st.sampled_from([0.0, 360.0, -720.0]))
def test_whole_shifts_are_known_and_exact(dx: int, dy: int, pivot: Point, degrees: float) -> None:
    transform = Transform(dx, dy, degrees=degrees, pivot=pivot)
    assert transform.whole_shift == (dx, dy)
    assert np.abs(transform.matrix() - [[1, 0, dx], [0, 1, dy]]).max() < 1e-9
    assert replace(transform, dx=dx + 0.5).whole_shift is None
    assert replace(transform, scale_x=-1.0).whole_shift is None


@given(transforms, boxes)
def test_the_box_of_a_layer_holds_all_of_it(transform: Transform, box: Box) -> None:
    x, y, w, h = box
    left, top, width, height = transformed_box(transform, box)
    if not (w and h):
        assert (width, height) == (0, 0)
        return
    corners = [transform_point(transform.matrix(), i, j) for i in (x, x + w) for j in (y, y + h)]
    for i, j in corners:
        assert left - 1e-5 <= i <= left + width + 1e-5 and top - 1e-5 <= j <= top + height + 1e-5
    spread = np.ptp(corners, axis=0)
    assert width < spread[0] + 2 and height < spread[1] + 2, "and hardly more"
    wide = reach(transform, box)
    assert wide[0] <= left and wide[1] <= top
    assert wide[0] + wide[2] >= left + width and wide[1] + wide[3] >= top + height
