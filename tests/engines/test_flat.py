"""Even-coloured shapes: letters and signs drawn here, and what must not be taken for them."""

import cv2
import numpy as np
import pytest

from inpaint_studio.engines.finders.flat import FlatFinder, shapes

SHAPE = 240, 320


def ground(colour, grain=2.0):
    noise = np.random.default_rng(1).normal(0, grain, (*SHAPE, 3))
    return np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)


def letters(photo, text="RAIN", colour=(30, 30, 40), at=(40, 140), scale=2.5):
    """The photo with a word, and the mask of it, 0 or 1."""
    mask = np.zeros(SHAPE, np.uint8)
    cv2.putText(mask, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 1, 9, cv2.LINE_8)
    written = photo.copy()
    written[mask > 0] = colour
    return cv2.GaussianBlur(written, (0, 0), 0.6), mask


def iou(one, other):
    return (one & other).sum() / max(1, (one | other).sum())


@pytest.mark.parametrize(("paper", "ink"), [((250, 250, 250), (30, 30, 40)), ((20, 60, 120), (250, 210, 40))])
def test_each_letter_is_found_with_its_own_outline(paper, ink):
    photo, mask = letters(ground(paper), colour=ink)
    found = FlatFinder().find(photo)
    count, numbers = cv2.connectedComponents(mask)
    assert len(found) == count - 1 == 4
    for number in range(1, count):
        true = numbers == number
        assert max(iou(true, each.mask.full(SHAPE) > 127) for each in found) > 0.8
    assert {(each.label, each.kind) for each in found} == {("object", "thing")}


def test_letters_are_found_on_a_slope_of_light():
    slope = np.linspace(90, 250, SHAPE[1])[None, :, None] * np.ones((*SHAPE, 3))
    photo, _ = letters(np.clip(slope, 0, 255).astype(np.uint8), colour=(200, 20, 20))
    assert len(FlatFinder().find(photo)) == 4


def test_the_hole_in_a_letter_stays_a_hole_and_its_ground_is_no_letter():
    photo, mask = letters(ground((245, 245, 240)), "O", at=(120, 160), scale=4)
    (found,) = FlatFinder().find(photo)
    assert iou(found.mask.full(SHAPE) > 127, mask > 0) > 0.85


def test_what_is_on_a_sign_is_a_part_of_it():
    photo = ground((120, 150, 190))
    cv2.rectangle(photo, (110, 80), (210, 150), (250, 220, 30), -1)
    cv2.putText(photo, "GO", (122, 132), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 4)
    (found,) = FlatFinder().find(photo)
    x, y, w, h = found.mask.box
    assert abs(x - 110) <= 2 and abs(y - 80) <= 2 and abs(w - 101) <= 4 and abs(h - 71) <= 4


def test_nothing_is_found_in_noise_texture_or_soft_spots():
    rng = np.random.default_rng(3)
    noise = cv2.GaussianBlur(rng.integers(0, 256, (*SHAPE, 3), np.uint8), (0, 0), 3)
    assert not shapes(cv2.normalize(noise, None, 0, 255, cv2.NORM_MINMAX))
    soft = ground((200, 200, 200), 0)
    cv2.circle(soft, (160, 120), 30, (20, 20, 20), -1)
    assert not shapes(cv2.GaussianBlur(soft, (0, 0), 12))
    assert not shapes(ground((128, 128, 128)))


def test_what_the_rim_cuts_off_and_tiny_pictures_give_nothing():
    photo = ground((240, 240, 240))
    cv2.rectangle(photo, (0, 60), (40, 120), (10, 10, 10), -1)
    assert not shapes(photo)
    assert not shapes(photo[:12, :12])
