from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.document import Backdrop, Transform
from inpaint_studio.document.transform import reach, same_mapping, transform_point, transformed_box

TRANSFORMS = [
    Transform(),
    Transform(3, -4),
    Transform(2.5, 7, 1.5, 0.5, 30, (10, 20)),
    Transform(0, 0, -1, 1, 90, (4, 4)),
    Transform(-100, 3, 0.1, -3, 200, (-5, 8)),
]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_inverse_undoes_the_matrix(transform: Transform) -> None:
    for point in ((0, 0), (13, -7), (400, 300)):
        there = transform_point(transform.matrix(), *point)
        assert transform_point(transform.inverse(), *there) == pytest.approx(point, abs=1e-6)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_another_pivot_is_the_same_mapping(transform: Transform) -> None:
    other = transform.rebased((31.5, -12))
    assert other.pivot == (31.5, -12)
    assert np.allclose(other.matrix(), transform.matrix())
    assert same_mapping(other, transform)


def test_a_tiny_move_is_another_mapping_far_from_the_origin() -> None:
    assert not same_mapping(Transform(4000), Transform(4000.02))


def test_order_is_scale_then_turn_about_the_pivot_then_move() -> None:
    turned = Transform(100, 0, scale_x=2, degrees=90, pivot=(10, 10))
    # 5 to the right of the pivot: 10 after the scale, below it after a clockwise quarter turn.
    assert transform_point(turned.matrix(), 15, 10) == pytest.approx((110, 20))
    flipped = Transform(scale_x=-1, pivot=(10, 0))
    assert transform_point(flipped.matrix(), 12, 3) == pytest.approx((8, 3))


def test_whole_shift() -> None:
    assert Transform(3, -4).whole_shift == (3, -4)
    assert Transform(3, -4, degrees=360, pivot=(17.5, 3)).rebased((1, 2)).whole_shift == (3, -4)
    for other in (Transform(0.5), Transform(scale_x=-1), Transform(scale_y=2), Transform(degrees=90)):
        assert other.whole_shift is None


def test_transformed_box() -> None:
    assert transformed_box(Transform(3, -4), (1, 2, 5, 6)) == (4, -2, 5, 6)
    assert transformed_box(Transform(degrees=90, pivot=(5, 5)), (0, 0, 10, 4)) == (6, 0, 4, 10)
    assert transformed_box(Transform(scale_x=-1, pivot=(5, 0)), (0, 0, 4, 3)) == (6, 0, 4, 3)
    assert transformed_box(Transform(scale_x=2, scale_y=2), (1, 1, 2, 3)) == (2, 2, 4, 6)
    assert transformed_box(Transform(0.5), (0, 0, 2, 2)) == (0, 0, 3, 2)
    assert transformed_box(Transform(degrees=45), (3, 3, 0, 4)) == (0, 0, 0, 0)


def test_reach_is_larger_only_where_pixels_mix() -> None:
    assert reach(Transform(3, 4), (0, 0, 5, 5)) == (3, 4, 5, 5)
    x, y, w, h = reach(Transform(scale_x=3, scale_y=3), (10, 10, 5, 5))
    assert x <= 24 and y <= 24 and x + w >= 51 and y + h >= 51
    assert reach(Transform(degrees=3), (0, 0, 0, 0)) == (0, 0, 0, 0)


def test_layers_are_frozen() -> None:
    layer = Backdrop("Backdrop", np.zeros((4, 6, 3), np.uint8))
    assert layer.bounds() == (0, 0, 6, 4)
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.opacity = 0.5  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.transform.dx = 3  # type: ignore[misc]
    cut = dataclasses.replace(
        layer, mask=Mask.place(np.full((2, 2), 3, np.uint8), 1, 1), transform=Transform(5)
    )
    assert cut.bounds() == (6, 1, 2, 2)
