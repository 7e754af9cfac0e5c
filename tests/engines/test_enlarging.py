"""Certainties enlarged to the likeliest class of each pixel."""

import cv2
import numpy as np
import pytest

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.finders.enlarging import likeliest


def plainly(chances: Array, size: tuple[int, int]) -> Array:
    """Every plane enlarged, and the largest of them."""
    planes = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in chances]
    return np.asarray(np.argmax(planes, axis=0), np.uint8)


def blots(classes: int, rows: int, columns: int, sharpness: float, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(classes, rows, columns)).astype(np.float32)
    smooth = [cv2.GaussianBlur(plane, (0, 0), 2.5) * sharpness for plane in noise]
    shares = np.exp(smooth - np.max(smooth, axis=0))
    return np.asarray(shares / shares.sum(axis=0), np.float32)


@pytest.mark.parametrize("sharpness", [1.0, 30.0, 200.0])
@pytest.mark.parametrize("size", [(300, 200), (517, 333), (40, 30), (48, 31), (1, 1), (1000, 7)])
def test_it_is_the_largest_of_all_planes_enlarged(size: tuple[int, int], sharpness: float) -> None:
    for seed, (rows, columns) in enumerate([(30, 40), (1, 9), (17, 1), (31, 48)]):
        chances = blots(7, rows, columns, sharpness, seed)
        found, expected = likeliest(chances, size), plainly(chances, size)
        assert found.shape == (size[1], size[0]) and found.dtype == np.uint8
        assert np.count_nonzero(found != expected) <= 2e-4 * found.size


def test_a_class_that_is_nowhere_first_in_the_small_picture_may_win_between() -> None:
    chances = np.zeros((3, 1, 2), np.float32)
    chances[0, 0], chances[1, 0], chances[2, 0] = (0.55, 0), (0, 0.55), (0.45, 0.45)
    assert set(likeliest(chances, (100, 1))[0]) == {0, 1, 2}


def test_the_first_of_equal_classes_is_taken() -> None:
    assert not likeliest(np.full((4, 8, 8), 0.25, np.float32), (20, 20)).any()
