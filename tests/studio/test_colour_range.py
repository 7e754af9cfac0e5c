"""Selecting by colour, and what hangs together with a click."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.studio.colour_range import similar
from inpaint_studio.studio.find import Prompts, hanging_together


def two_squares() -> np.ndarray:
    """Two red squares, one a little darker, on grey."""
    pixels = np.full((60, 100, 3), 120, np.uint8)
    pixels[10:30, 10:30] = (200, 40, 40)
    pixels[10:30, 60:90] = (190, 45, 40)
    return pixels


def test_connected_takes_the_square_clicked_and_else_both():
    pixels = two_squares()
    assert similar(pixels, 15, 15, 20).box == (10, 10, 20, 20)
    both = similar(pixels, 15, 15, 20, connected=False)
    assert both.box == (10, 10, 80, 20) and both.area == 20 * 20 + 30 * 20
    assert similar(pixels, 15, 15, 1, connected=False).box == (10, 10, 20, 20), (
        "a small tolerance tells them apart"
    )


def test_a_large_tolerance_takes_all_and_the_ground_goes_round():
    pixels = two_squares()
    assert similar(pixels, 15, 15, 100).area == 60 * 100
    ground = similar(pixels, 0, 0, 10)
    assert ground.area == 60 * 100 - 20 * 20 - 30 * 20


def test_a_soft_rim_is_covered_in_part():
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, 20:] = 255
    pixels[:, 19] = 60
    mask = similar(pixels, 5, 5, 20)
    assert (mask.window((0, 0, 19, 40)) == 255).all()
    rim = mask.window((19, 0, 1, 40))
    assert (rim < 255).all() and not mask.window((20, 0, 20, 40)).any()


def test_rows_looked_at_in_parts_are_one_picture():
    pixels = np.full((1100, 20, 3), 90, np.uint8)
    pixels[700:, :] = 200
    assert similar(pixels, 3, 3, 5).box == (0, 0, 20, 700)


def test_outside_is_refused():
    with pytest.raises(StudioError):
        similar(two_squares(), 100, 5, 10)


def blobs(*boxes: tuple[int, int, int, int]) -> Mask:
    out = np.zeros((400, 600), np.uint8)
    for x, y, w, h in boxes:
        out[y : y + h, x : x + w] = 255
    return Mask.place(out)


def test_what_is_far_from_the_click_is_left_out():
    mask = blobs((50, 50, 60, 60), (400, 50, 100, 200))
    clicked = Prompts(points=((70.0, 70.0),), labels=(1,))
    assert hanging_together(mask, clicked).same(blobs((50, 50, 60, 60)))
    both = Prompts(points=((70.0, 70.0), (450.0, 100.0)), labels=(1, 1))
    assert hanging_together(mask, both).same(mask)


def test_what_is_parted_by_a_post_hangs_together():
    mask = blobs((50, 50, 60, 200), (114, 50, 80, 200))
    assert hanging_together(mask, Prompts(points=((70.0, 70.0),), labels=(1,))).same(mask)


@pytest.mark.parametrize(
    "prompts",
    [
        Prompts(box=(40, 40, 500, 300)),
        Prompts(points=((70.0, 70.0),), labels=(1,), box=(40, 40, 500, 300)),
        Prompts(points=((300.0, 300.0),), labels=(1,)),
        Prompts(points=((70.0, 70.0),), labels=(0,)),
    ],
)
def test_other_prompts_keep_all(prompts: Prompts):
    mask = blobs((50, 50, 60, 60), (400, 50, 100, 200))
    assert hanging_together(mask, prompts) is mask
