"""Selecting without a network: clicks, box, scribbles, lasso, previous mask, and hostile prompts."""

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.selectors.grabcut import GrabCutSelector


def _grain(image, seed=0, amount=5):
    noise = np.random.default_rng(seed).normal(0, amount, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _scene(scale=1):
    """Two things on a grey-green ground: a two-coloured bird left, a blue ball right."""
    image = np.full((240 * scale, 360 * scale, 3), (95, 120, 90), np.float32)
    bird, ball = np.zeros((2, *image.shape[:2]), np.uint8)
    cv2.ellipse(bird, (100 * scale, 130 * scale), (50 * scale, 34 * scale), 20, 0, 360, 1, -1)
    cv2.circle(ball, (270 * scale, 90 * scale), 32 * scale, 1, -1)
    image[bird > 0] = (205, 70, 40)
    image[(bird > 0) & (np.arange(image.shape[1]) > 120 * scale)] = (225, 175, 60)
    image[ball > 0] = (40, 70, 190)
    return _grain(image), bird > 0, ball > 0


@pytest.fixture(scope="module")
def scene():
    image, bird, ball = _scene()
    return GrabCutSelector().prepare(image), bird, ball


def _overlap(mask, truth):
    found = mask.full(truth.shape) > 127
    return (found & truth).sum() / (found | truth).sum()


def _first(scene, **prompts):
    return GrabCutSelector().select(scene[0], Prompts(**prompts))[0].mask


def test_one_click_takes_the_object_off_centre(scene):
    assert _overlap(_first(scene, points=((270.5, 90.5),), labels=(1,)), scene[2]) > 0.93


def test_one_click_offers_the_part_and_the_whole(scene):
    proposals = GrabCutSelector().select(scene[0], Prompts(points=((80.5, 120.5),), labels=(1,)))
    part = scene[1] & (np.arange(360) <= 120)
    assert 2 <= len(proposals) <= 3
    assert max(_overlap(p.mask, scene[1]) for p in proposals) > 0.88
    assert max(_overlap(p.mask, part) for p in proposals) > 0.85
    assert all(0 <= p.score <= 1 for p in proposals)
    assert [p.score for p in proposals] == sorted((p.score for p in proposals), reverse=True)


def test_two_clicks_join_parts_and_a_negative_click_takes_one_away(scene):
    both = ((80.5, 120.5), (140.5, 145.5))
    assert _overlap(_first(scene, points=both, labels=(1, 1)), scene[1]) > 0.88
    part = scene[1] & (np.arange(360) <= 120)
    assert _overlap(_first(scene, points=both, labels=(1, 0)), part) > 0.85


def test_clicks_on_two_things_keep_both_and_leave_the_ground(scene):
    both = _first(scene, points=((95.5, 125.5), (140.5, 145.5), (270.5, 90.5)), labels=(1, 1, 1))
    assert _overlap(both, scene[1] | scene[2]) > 0.85


def test_box_and_lasso_tighten_to_the_object(scene):
    assert _overlap(_first(scene, box=(225.0, 45.0, 90.0, 90.0)), scene[2]) > 0.93
    turn = np.linspace(0, 2 * np.pi, 40)
    lasso = tuple((float(270 + 45 * np.cos(t)), float(90 + 47 * np.sin(t))) for t in turn)
    assert _overlap(_first(scene, lasso=lasso), scene[2]) > 0.93


def test_scribbles_are_obeyed_to_the_pixel(scene):
    wanted = Mask(70, 118, np.full((4, 70), 255, np.uint8))
    unwanted = Mask(135, 100, np.full((60, 4), 255, np.uint8))
    found = _first(scene, wanted=wanted, unwanted=unwanted).full((240, 360))
    assert not (found[100:160, 135:139]).any()
    assert (found[118:122, 70:135] == 255).all()


def test_previous_mask_is_kept_where_nothing_was_said(scene):
    previous = Mask.place(scene[2].astype(np.uint8) * 255)
    more = _first(scene, previous=previous, points=((80.5, 120.5),), labels=(1,))
    assert _overlap(more, scene[2]) < 0.8
    assert (more.full((240, 360)) > 127)[scene[2]].mean() > 0.97
    less = _first(scene, previous=Mask.place((scene[1] | scene[2]).astype(np.uint8) * 255),
                  points=((270.5, 90.5),), labels=(0,))  # fmt: skip
    assert _overlap(less, scene[1]) > 0.88


@pytest.mark.parametrize("labels", [(1, 0), (0, 1)])
def test_of_two_clicks_on_one_pixel_the_later_holds(scene, labels):
    spot = (270.5, 90.5)
    found = _first(scene, points=(spot, spot, (262.5, 82.5)), labels=(*labels, 1)).full((240, 360))
    assert (found[90, 270] > 127) == bool(labels[1])
    assert found[82, 262] > 127


def test_clicks_count_wherever_they_are(scene):
    """Positive clicks are inside and negative ones outside, even close together and at the rim."""
    rng = np.random.default_rng(5)
    for _ in range(8):
        spots = [(float(x) + 0.5, float(y) + 0.5) for x, y in rng.integers(0, (360, 240), (4, 2))]
        labels = (1, *(int(v) for v in rng.integers(0, 2, 3)))
        found = _first(scene, points=tuple(spots), labels=labels).full((240, 360))
        assert [found[int(y), int(x)] > 127 for x, y in spots] == [bool(v) for v in labels]


def test_same_answer_every_time(scene):
    prompts = Prompts(points=((80.5, 120.5),), labels=(1,))
    one = GrabCutSelector().select(scene[0], prompts)
    cv2.setRNGSeed(77)
    two = GrabCutSelector().select(scene[0], prompts)
    assert len(one) == len(two)
    assert all(a.mask.same(b.mask) for a, b in zip(one, two, strict=True))


def test_edges_are_sharp_at_full_size():
    image, _, ball = _scene(6)
    prepared = GrabCutSelector().prepare(image)
    found = GrabCutSelector().select(prepared, Prompts(points=((1620.5, 540.5),), labels=(1,)))[0].mask
    wrong = (found.full(ball.shape) > 127) ^ ball
    assert wrong.sum() < 2 * np.pi * 32 * 6 * 2  # two pixels along the outline, a third of a small one


def test_points_beside_the_photo_are_ignored_unless_they_are_all(scene):
    there = (270.5, 90.5)
    alone = _first(scene, points=(there,), labels=(1,))
    beside = ((-5.0, 3.0), (1e9, 1e9), (float("nan"), 0.0))
    assert _first(scene, points=(there, *beside), labels=(1, 1, 0, 1)).same(alone)
    with pytest.raises(StudioError, match="photo"):
        _first(scene, points=beside, labels=(1, 1, 1))


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        ({}, "draw a box"),
        ({"points": ((9.0, 9.0),), "labels": (0,)}, "Click on the object"),
        ({"box": (5.0, 5.0, 0.0, 20.0)}, "no size"),
        ({"box": (5.0, 5.0, float("inf"), 20.0)}, "no size"),
        ({"box": (900.0, 900.0, 20.0, 20.0)}, "beside the photo"),
        ({"lasso": ((1.0, 1.0), (20.0, 20.0))}, "no inside"),
    ],
)
def test_prompts_that_say_nothing_are_answered_clearly(scene, prompts, words):
    with pytest.raises(StudioError, match=words):
        _first(scene, **prompts)


def test_a_previous_mask_of_a_larger_photo_does_no_harm(scene):
    previous = Mask(200, 50, np.full((900, 900), 255, np.uint8))
    found = _first(scene, previous=previous, points=((270.5, 90.5),), labels=(1,))
    assert found.box[0] + found.box[2] <= 360
    assert found.box[1] + found.box[3] <= 240


@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (8, 8), (16, 64), (64, 3)])
@pytest.mark.parametrize("flat", [True, False])
def test_tiny_photos_do_not_crash(shape, flat):
    image = np.full((*shape, 3), 90, np.uint8)
    image = image if flat else _grain(image, 1, 60)
    prepared = GrabCutSelector().prepare(image)
    centre = (shape[1] / 2, shape[0] / 2)
    found = GrabCutSelector().select(prepared, Prompts(points=(centre,), labels=(1,)))[0].mask
    assert found.full(shape)[int(centre[1]), int(centre[0])] == 255
    boxed = GrabCutSelector().select(prepared, Prompts(box=(0.0, 0.0, float(shape[1]), float(shape[0]))))
    assert boxed[0].mask


@pytest.mark.parametrize("seed", range(3))
def test_a_click_on_an_even_picture_is_answered(seed):
    image = _grain(np.full((90, 120, 3), 120, np.float32), seed, 3 * seed)
    prepared = GrabCutSelector().prepare(image)
    found = GrabCutSelector().select(prepared, Prompts(points=((60.5, 40.5),), labels=(1,)))
    assert found[0].mask.area > 4
