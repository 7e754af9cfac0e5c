"""Mask algebra against plain full-size arrays."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.basics.mask import boxes_meet, grow_box, intersect_boxes, unite, unite_boxes

SHAPE = (40, 50)


def random_mask(rng: np.random.Generator) -> Mask:
    """A mask anywhere, partly or wholly outside of the picture, with gaps, now and then empty."""
    h, w = rng.integers(1, 30, 2)
    crop = rng.integers(0, 256, (h, w)).astype(np.uint8) * (rng.random((h, w)) < rng.choice([0.02, 0.6]))
    return Mask.place(crop.astype(np.uint8), int(rng.integers(-25, 50)), int(rng.integers(-25, 40)))


@pytest.fixture(params=range(40))
def two(request: pytest.FixtureRequest) -> tuple[Mask, Mask]:
    rng = np.random.default_rng(request.param)
    return random_mask(rng), random_mask(rng)


def wide(mask: Mask) -> np.ndarray:
    """Coverage of -60..120 in both directions: more than any mask here reaches."""
    out = np.zeros((180, 180), np.uint8)
    for row in range(mask.crop.shape[0]):
        for column in range(mask.crop.shape[1]):
            out[mask.y + row + 60, mask.x + column + 60] = mask.crop[row, column]
    return out


def tight(mask: Mask) -> bool:
    crop = mask.crop
    if not crop.size:
        return mask.box == (0, 0, 0, 0)
    return bool(crop[0].any() and crop[-1].any() and crop[:, 0].any() and crop[:, -1].any())


def test_union_and_intersection(two: tuple[Mask, Mask]) -> None:
    a, b = two
    for made, join in ((a.union(b), np.maximum), (a.intersection(b), np.minimum)):
        assert np.array_equal(wide(made), join(wide(a), wide(b)))
        assert tight(made)


def test_minus(two: tuple[Mask, Mask]) -> None:
    a, b = two
    expected = np.rint(wide(a).astype(float) * (255 - wide(b)) / 255)
    assert np.array_equal(wide(a.minus(b)), expected)
    assert tight(a.minus(b))


def test_window_full_and_clipped(two: tuple[Mask, Mask]) -> None:
    mask = two[0]
    assert np.array_equal(mask.full(SHAPE), wide(mask)[60 : 60 + SHAPE[0], 60 : 60 + SHAPE[1]])
    assert np.array_equal(mask.window((-7, 5, 20, 9)), wide(mask)[65:74, 53:73])
    cut = mask.clipped((0, 0, SHAPE[1], SHAPE[0]))
    assert tight(cut)
    expected = np.zeros((180, 180), np.uint8)
    expected[60 : 60 + SHAPE[0], 60 : 60 + SHAPE[1]] = mask.full(SHAPE)
    assert np.array_equal(wide(cut), expected)


def test_moved_area_and_digest(two: tuple[Mask, Mask]) -> None:
    a, b = two
    assert a.area == np.count_nonzero(wide(a))
    assert bool(a) == bool(wide(a).any())
    assert a.moved(3, -4).moved(-3, 4).same(a)
    assert (a.digest() == b.digest()) == a.same(b)
    if a:
        assert not a.moved(1, 0).same(a)
        assert a.moved(1, 0).digest() != a.digest()


def test_operations_do_not_change_their_masks(two: tuple[Mask, Mask]) -> None:
    a, b = two
    before = wide(a), wide(b)
    _ = a.union(b), a.minus(b), a.intersection(b), a.clipped((0, 0, 9, 9))
    window = a.window(a.box)
    window[:] = 7
    assert np.array_equal(before[0], wide(a))
    assert np.array_equal(before[1], wide(b))


def test_empty_masks() -> None:
    none, some = Mask.empty(), Mask.place(np.full((2, 3), 9, np.uint8), 4, 5)
    assert not none and none.area == 0
    assert none.union(some).same(some) and some.union(none).same(some)
    assert not none.intersection(some) and not some.minus(
        some.union(Mask(4, 5, np.full((2, 3), 255, np.uint8)))
    )
    assert some.minus(none) is some
    assert not none.minus(some) and not unite([]) and unite([none, some, none]).same(some)
    assert not Mask.place(np.zeros((5, 5), np.uint8), 3, 3)
    assert not some.clipped((100, 100, 5, 5)) and not none.clipped((0, 0, 5, 5))
    assert none.full((3, 4)).shape == (3, 4)


def test_arrays_of_masks_and_patches_are_read_only() -> None:
    source = np.full((3, 3), 5, np.uint8)
    mask = Mask.place(source)
    source[0, 0] = 9
    assert mask.crop[0, 0] == 5
    with pytest.raises(ValueError, match="read-only"):
        mask.crop[0, 0] = 1
    with pytest.raises(AttributeError):
        mask.x = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        Patch(0, 0, np.zeros((2, 2, 3), np.uint8)).crop[0, 0, 0] = 1


def test_boxes() -> None:
    assert intersect_boxes((0, 0, 10, 10), (5, -5, 10, 10)) == (5, 0, 5, 5)
    assert intersect_boxes((0, 0, 4, 4), (4, 0, 4, 4))[2] == 0
    assert not boxes_meet((0, 0, 4, 4), (4, 0, 4, 4)) and boxes_meet((0, 0, 5, 4), (4, 3, 4, 4))
    assert unite_boxes([(0, 0, 0, 0), (5, 6, 2, 2), (-1, 9, 1, 3), (100, 100, 0, 5)]) == (-1, 6, 8, 6)
    assert unite_boxes([]) == (0, 0, 0, 0)
    assert grow_box((2, 3, 4, 5), 3, 8, 40) == (0, 0, 8, 11)


def test_a_point_is_covered_where_its_pixel_is(two: tuple[Mask, Mask]) -> None:
    rng, mask = np.random.default_rng(3), two[0]
    for x, y in rng.uniform(-30, 70, (50, 2)):
        least = int(rng.integers(1, 256))
        pixel = mask.window((int(np.floor(x)), int(np.floor(y)), 1, 1))[0, 0]
        assert mask.covers(x, y, least) == (pixel >= least)
    assert not Mask.empty().covers(0, 0, 1)
