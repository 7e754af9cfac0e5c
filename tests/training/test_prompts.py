"""Made-up users: what they say first of a thing, and what next."""

import numpy as np
import pytest
from conftest import disc

from training.selection.prompts import (
    BOXES,
    KINDS,
    Wish,
    asked,
    depth,
    go_on,
    innermost,
    odds,
    spoilt,
    start,
    wrong,
)


def test_innermost_and_wrong():
    assert innermost(disc()) == (14, 17)
    corner = np.zeros((9, 9), bool)
    corner[:5, :5] = True
    assert innermost(corner) == (2, 2)  # beyond the rim of the photo is outside, too
    assert depth(corner).max() == pytest.approx(3, abs=0.1)
    truth, known = disc(), np.ones((32, 32), bool)
    missing, label = wrong(truth & (np.arange(32) < 12), truth, known)
    assert label == 1
    assert not (missing & ~truth).any()
    extra, label = wrong(truth | disc(radius=6, centre=(27, 5)), truth, known)
    assert label == 0
    assert not (extra & truth).any()
    assert not wrong(truth, truth, known)[0].any()
    known[:, 20:] = False
    assert not (wrong(np.ones((32, 32), bool), truth, known)[0] & ~known).any()


def test_first_wishes_are_about_the_object():
    truth, known = disc(), np.ones((32, 32), bool)
    rng, kinds = np.random.default_rng(0), set()
    for _ in range(300):
        wish = start(truth, known, rng)
        for x, y, label in wish.clicks:
            assert truth[int(y), int(x)] == (label == 1)
        if wish.box is not None:
            left, top, right, bottom = wish.box
            assert -8 < left < 12 < 18 < right < 38
            assert -8 < top < 14 < 20 < bottom < 38
        if wish.previous is not None:
            assert (wish.previous > 0.5).any()
        kinds.add((len(wish.clicks), wish.box is not None, wish.previous is not None))
        assert wish.clicks or wish.box or wish.previous is not None
    assert {(1, False, False), (0, True, False), (1, False, True), (0, True, True)} <= kinds
    assert sum(KINDS) == pytest.approx(1)


def test_boxes_come_as_often_as_wanted():
    truth, known = disc(), np.ones((32, 32), bool)
    for share in (0.0, BOXES, 0.6, 1.0):
        chances = odds(share)
        assert chances.sum() == pytest.approx(1)
        rng = np.random.default_rng(4)
        wishes = [start(truth, known, rng, chances) for _ in range(200)]
        boxed = np.mean([wish.box is not None and wish.previous is None for wish in wishes])
        assert boxed == pytest.approx(share, abs=0.1)


def test_spoilt_masks_are_near_and_differ():
    rng = np.random.default_rng(1)
    truth = disc()
    masks = [spoilt(truth, rng) > 0.5 for _ in range(60)]
    overlaps = [(m & truth).sum() / (m | truth).sum() for m in masks]
    assert 0.6 < np.median(overlaps) < 0.99
    assert all(mask.any() for mask in masks)


def test_next_click_goes_where_the_mask_is_wrong():
    truth, known = disc(), np.ones((32, 32), bool)
    rng, right = np.random.default_rng(2), 0
    for _ in range(60):
        wish = Wish((32, 32), [(14.5, 17.5, 1)])
        half = (truth & (np.arange(32) < 14)).astype(np.float32)
        go_on(wish, half, truth, known, rng)
        (x, y, label) = wish.clicks[1]
        assert wish.previous is half
        right += label == 1 and truth[int(y), int(x)] and not half[int(y), int(x)]
    assert right > 40
    wish = Wish((32, 32), [(14.5, 17.5, 1)])
    go_on(wish, truth.astype(np.float32), truth, known, rng)
    assert len(wish.clicks) == 2


def test_wishes_become_prompts():
    mask = np.full((8, 8), 0.5, np.float32)
    one = asked([Wish((8, 8), [(1.5, 2.5, 1)]), Wish((8, 8), [], (1.0, 2.0, 5.0, 6.0), mask)])
    assert one.points[0, 0].tolist() == [1.5, 2.5]
    assert one.labels.tolist() == [[1], [-1]]
    assert one.box[0].isnan().all()
    assert one.box[1].tolist() == [1, 2, 5, 6]
    assert one.previous.mean((1, 2, 3)).tolist() == [0, 0.5]
