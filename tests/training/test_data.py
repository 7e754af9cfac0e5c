"""Reading labelled photos, the crops made of them, and the scores; needs no training packages."""

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import StudioError
from training.data import CLASSES, VOID, Crops, Sample, class_weights, list_pairs, load_split
from training.evaluate import confusion, scores


def put(folder, name, photo=(40, 60), labels=(40, 60), value=3, suffix=".webp"):
    folder.mkdir(parents=True, exist_ok=True)
    if photo:
        cv2.imwrite(str(folder / f"{name}{suffix}"), np.full((*photo, 3), 120, np.uint8))
    if labels:
        cv2.imwrite(str(folder / f"{name}.png"), np.full(labels, value, np.uint8))


def test_both_layouts(tmp_path):
    put(tmp_path / "own" / "train", "b")
    put(tmp_path / "own" / "train", "a")
    put(tmp_path / "own" / "val", "c")
    assert [s.name for s in load_split(tmp_path / "own", "train+val")] == ["a", "b", "c"]
    put(tmp_path / "tutorial" / "train", "x", labels=None, suffix=".png")
    put(tmp_path / "tutorial" / "trainannot", "x", photo=None)
    (sample,) = load_split(tmp_path / "tutorial", "train")
    assert sample.photo.shape == (40, 60, 3)
    assert (sample.labels == 3).all()


def test_colours_are_rgb(tmp_path):
    (tmp_path / "train").mkdir()
    cv2.imwrite(str(tmp_path / "train" / "a.webp"), np.full((16, 16, 3), (0, 0, 255), np.uint8))
    cv2.imwrite(str(tmp_path / "train" / "a.png"), np.zeros((16, 16), np.uint8))
    red = load_split(tmp_path, "train")[0].photo[8, 8]
    assert red[0] > 200 > 60 > red[2]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"labels": None}, "has no label picture"),
        ({"labels": (40, 61)}, "61×40.*60×40"),
        ({"value": VOID + 1}, "label 12"),
    ],
)
def test_wrong_data_is_named(tmp_path, wrong, text):
    put(tmp_path / "train", "good")
    put(tmp_path / "train", "odd", **wrong)
    with pytest.raises(StudioError, match=text) as caught:
        load_split(tmp_path, "train")
    assert "odd" in str(caught.value)


def test_missing_folder_and_empty_folder(tmp_path):
    with pytest.raises(StudioError, match="no folder"):
        list_pairs(tmp_path, "train")
    (tmp_path / "train").mkdir()
    with pytest.raises(StudioError, match="no photos"):
        list_pairs(tmp_path, "train")


def test_colour_labels_and_broken_files(tmp_path):
    put(tmp_path / "train", "a", labels=None)
    cv2.imwrite(str(tmp_path / "train" / "a.png"), np.zeros((40, 60, 3), np.uint8))
    with pytest.raises(StudioError, match="grey picture"):
        load_split(tmp_path, "train")
    (tmp_path / "train" / "a.webp").write_bytes(b"junk")
    with pytest.raises(StudioError, match=r"a\.webp can't be read"):
        load_split(tmp_path, "train")


def sample():
    photo = np.zeros((60, 80, 3), np.uint8)
    labels = np.zeros((60, 80), np.uint8)
    photo[20:40, 30:50], labels[20:40, 30:50] = 255, CLASSES.index("pedestrian")
    return Sample("a", photo, labels)


def test_crops_repeat_with_their_seed_and_change_with_the_epoch():
    one, two = Crops([sample()] * 3, (32, 64), 7), Crops([sample()] * 3, (32, 64), 7)
    photo, labels = one[1]
    assert photo.shape == (3, 32, 64)
    assert photo.dtype == np.float32
    assert labels.dtype == np.int64
    assert np.array_equal(photo, two[1][0])
    two.epoch = 1
    assert not np.array_equal(photo, two[1][0])


def test_labels_move_with_the_photo():
    crops = Crops([sample()], (48, 64), 1)
    agree = []
    for crops.epoch in range(40):
        photo, labels = crops[0]
        bright = photo.mean(axis=0)
        inside = labels == CLASSES.index("pedestrian")
        if 20 < inside.sum() < inside.size // 2 and bright.max() - bright.min() > 1:
            seen = bright > (bright.max() + bright.min()) / 2
            agree.append(np.mean((seen == inside)[labels != VOID]))
    assert len(agree) > 15
    assert np.median(agree) > 0.97


def test_rare_classes_weigh_more():
    weights = class_weights([sample()], 0.25)
    assert weights[CLASSES.index("pedestrian")] > weights[0]
    assert len(set(class_weights([sample()], 0.0))) == 1


def test_scores():
    truth = np.array([[0, 0, 1, VOID]], np.uint8)
    result = scores(confusion(truth, np.array([[0, 1, 1, 5]], np.uint8)))
    assert result.iou["sky"] == pytest.approx(0.5)
    assert result.iou["building"] == pytest.approx(0.5)
    assert result.iou["car"] is None
    assert result.mean_iou == pytest.approx(0.5)
    assert result.accuracy == pytest.approx(2 / 3)
