"""Masks do with boxes and crops what the same arithmetic does with whole pictures."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from values import PLACES, boxes, masks, seen, untrimmed

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box, boxes_meet, grow_box, intersect_boxes, unite, unite_boxes

any_mask = st.one_of(masks, untrimmed)


def tight(mask: Mask) -> bool:
    """Whether no row or column at the border is empty."""
    crop = mask.crop
    sides = (crop[0], crop[-1], crop[:, 0], crop[:, -1]) if crop.size else ()
    return (not mask and crop.shape == (0, 0)) or all(side.any() for side in sides)


@given(any_mask, any_mask)
def test_union_is_the_larger_coverage(a: Mask, b: Mask) -> None:
    both = a.union(b)
    assert np.array_equal(seen(both), np.maximum(seen(a), seen(b)))
    assert tight(both) and both.same(b.union(a))


@given(any_mask, any_mask)
def test_intersection_is_the_smaller_coverage(a: Mask, b: Mask) -> None:
    common = a.intersection(b)
    assert np.array_equal(seen(common), np.minimum(seen(a), seen(b)))
    assert tight(common) and common.same(b.intersection(a))


@given(any_mask, any_mask)
def test_minus_leaves_the_share_that_the_other_leaves(a: Mask, b: Mask) -> None:
    left = a.minus(b)
    exact = seen(a) * (255 - seen(b)) / 255
    assert np.abs(seen(left) - exact).max() <= 0.5
    assert (seen(left) <= seen(a)).all()


@given(masks, masks, masks)
def test_sets_obey_the_laws_of_sets(a: Mask, b: Mask, c: Mask) -> None:
    assert a.union(b).union(c).same(a.union(b.union(c))) and a.union(a).same(a)
    assert a.intersection(b).intersection(c).same(a.intersection(b.intersection(c)))
    assert a.intersection(b.union(c)).same(a.intersection(b).union(a.intersection(c)))
    assert unite((a, b, c)).same(a.union(b).union(c)) and a.union(Mask.empty()).same(a)


@given(masks, PLACES, PLACES)
def test_moving_takes_the_coverage_along_and_back(mask: Mask, dx: int, dy: int) -> None:
    moved = mask.moved(dx, dy)
    assert np.array_equal(seen(moved), np.roll(seen(mask), (dy, dx), (0, 1)))
    assert moved.moved(-dx, -dy).same(mask) and moved.area == mask.area


@given(any_mask, boxes)
def test_clipping_keeps_what_is_inside_and_nothing_else(mask: Mask, box: Box) -> None:
    clipped = mask.clipped(box)
    assert np.array_equal(clipped.window(box), mask.window(box))
    assert clipped.area == np.count_nonzero(mask.window(box)), "nothing outside"
    assert clipped.clipped(box).same(clipped)


@given(any_mask, any_mask)
def test_a_digest_tells_masks_apart_and_nothing_else(a: Mask, b: Mask) -> None:
    assert (a.digest() == b.digest()) == a.same(b)
    assert Mask(a.x, a.y, a.crop.copy()).digest() == a.digest()


@given(any_mask)
def test_a_mask_placed_again_covers_the_same(mask: Mask) -> None:
    again = Mask.place(mask.crop, mask.x, mask.y)
    assert tight(again) and np.array_equal(seen(again), seen(mask))
    assert bool(again) == (mask.area > 0) and again.area == mask.area


def pixels(box: Box) -> set[tuple[int, int]]:
    x, y, w, h = box
    return {(i, j) for i in range(x, x + w) for j in range(y, y + h)}


@given(boxes, boxes, st.integers(0, 4))
def test_boxes_are_sets_of_pixels(a: Box, b: Box, margin: int) -> None:
    assert pixels(intersect_boxes(a, b)) == pixels(a) & pixels(b)
    assert boxes_meet(a, b) == bool(pixels(a) & pixels(b))
    both = unite_boxes((a, b))
    assert pixels(a) | pixels(b) <= pixels(both)
    assert not pixels(both) or {both[0], both[0] + both[2]} <= {a[0], a[0] + a[2], b[0], b[0] + b[2]}
    inside = intersect_boxes(a, (0, 0, 12, 10))
    if inside[2] and inside[3]:
        grown = pixels(grow_box(inside, margin, 12, 10))
        assert pixels(inside) <= grown <= pixels((0, 0, 12, 10))
