"""Random crops: labels stay with their pixels, things are pasted with their labels, seeds repeat."""

import numpy as np
import pytest

from training.common.datasets import CAMVID_CLASSES
from training.common.samples import Sample
from training.segmentation.crops import Crops, View, class_shares, crop, paste, sequence_shares

VOID, PERSON, CAR = 11, CAMVID_CLASSES.index("pedestrian"), CAMVID_CLASSES.index("car")


def sample(name="a_1", value=255, label=PERSON):
    photo, labels = np.zeros((60, 80, 3), np.uint8), np.zeros((60, 80), np.uint8)
    photo[20:40, 30:50], labels[20:40, 30:50] = value, label
    return Sample(name, photo, labels)


def view(**more):
    return View(**({"height": 32, "width": 64, "zoom": (0.6, 1.8), "void": VOID} | more))


def test_crops_repeat_with_their_seed_and_change_with_the_epoch():
    one, two = (Crops([sample()] * 3, view(rare=(PERSON,), pasted=(PERSON,), mix=0.6), 7) for _ in "ab")
    photo, labels = one[1]
    assert photo.shape == (3, 32, 64)
    assert photo.dtype == np.float32
    assert labels.dtype == np.int64
    assert np.array_equal(photo, two[1][0])
    two.epoch = 1
    assert not np.array_equal(photo, two[1][0])


def test_labels_move_with_the_photo():
    crops = Crops([sample()], view(height=48, rare=(PERSON,)), 1)
    agree = []
    for crops.epoch in range(40):
        photo, labels = crops[0]
        bright = photo.mean(axis=0)
        inside = labels == PERSON
        if 20 < inside.sum() < inside.size // 2 and bright.max() - bright.min() > 1:
            seen = bright > (bright.max() + bright.min()) / 2
            agree.append(np.mean((seen == inside)[labels != VOID]))
    assert len(agree) > 15
    assert np.median(agree) > 0.97


def test_rare_classes_are_aimed_at():
    photo, labels = np.zeros((300, 400, 3), np.uint8), np.zeros((300, 400), np.uint8)
    labels[10:14, 10:14] = PERSON
    one = Sample("a", photo, labels)

    def shown(rare):
        crops = [crop(one, view(rare=rare, zoom=(1, 1)), np.random.default_rng(n))[1] for n in range(60)]
        return np.mean([(ids == PERSON).any() for ids in crops])

    assert shown((PERSON,)) > 0.4
    assert shown(()) < 0.2


def test_what_lies_outside_is_void():
    ids = crop(sample(), view(height=96, width=128, zoom=(0.5, 0.5)), np.random.default_rng(0))[1]
    assert (ids == VOID).mean() > 0.5


def test_pasted_things_bring_their_labels():
    rng = np.random.default_rng(0)
    here, there = sample(value=10, label=0), sample(value=200, label=CAR)
    there.labels[:5], there.photo[:5] = PERSON, 99
    kinds = set()
    for _ in range(40):
        photo, labels = paste(here.photo, here.labels, there.photo, there.labels, (CAR,), rng)
        assert ((labels == CAR) == (photo == 200).all(-1)).all()
        assert not (photo == 99).any()
        assert ((photo == here.photo).all(-1) | (labels == CAR)).all()
        kinds.add(bool((labels == CAR).any()))
    assert kinds == {True, False}


def test_mixed_crops_come_from_two_photos():
    samples = [sample("a", 10, 0), sample("b", 200, CAR)]
    seen = Crops(samples, view(pasted=(CAR,), mix=1.0, zoom=(1, 1)), 3)
    plain = Crops(samples, view(pasted=(CAR,), zoom=(1, 1)), 3)

    def with_cars(crops):
        return sum(bool((crops[0][1] == CAR).any()) for crops.epoch in range(30))

    assert with_cars(seen) > 3
    assert with_cars(plain) == 0


def test_long_sequences_are_drawn_less_often():
    samples = [sample(f"long_{n}") for n in range(9)] + [sample("short_0")]
    shares = sequence_shares(samples, 0.5)
    assert shares.sum() == pytest.approx(1)
    assert shares[-1] / shares[0] == pytest.approx(3)
    assert np.allclose(sequence_shares(samples, 0), 0.1)
    samples = [sample(f"long_{n}", label=0) for n in range(9)] + [sample("short_0", label=CAR)]
    crops = Crops(samples, view(zoom=(1, 1), height=64, width=96), 5, sequence_shares(samples, 1.0))
    drawn = [bool((crops[n][1] == CAR).any()) for crops.epoch in range(12) for n in range(10)]
    assert 0.35 < np.mean(drawn) < 0.65


def test_photos_of_rare_classes_are_drawn_more_often():
    common, void = sample(label=0), sample(label=0)
    void.labels[:] = VOID
    shares = class_shares([common] * 15 + [sample(label=CAR), void], VOID, 0.5)
    assert shares.sum() == pytest.approx(1)
    assert shares[15] / shares[0] == pytest.approx(4)  # 16 photos show sky, one of them also a car
    assert shares[16] == pytest.approx(shares[0])
    assert np.allclose(class_shares([common, sample(label=CAR)], VOID, 0), 0.5)
