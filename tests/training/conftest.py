"""Tiny made-up data sets: coloured areas, so that a network can learn them in a few steps."""

import cv2
import numpy as np
import pytest
from PIL import Image

from training.common.datasets import CAMVID_CLASSES

ROAD = CAMVID_CLASSES.index("road")


def write(path, pixels):
    """A picture from RGB, or labels from a grey array."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(
        path, **({"quality": 95} if path.suffix != ".png" else {})
    )


def two_areas(rng, upper, lower, void, size=(64, 96)):
    """A photo whose upper part is bluish, its lower part dark, and its labels; void at the top."""
    ids = np.full(size, upper, np.uint8)
    ids[rng.integers(size[0] // 3, 2 * size[0] // 3) :] = lower
    photo = np.where(ids[..., None] == upper, (180, 200, 240), (80, 80, 80)) + rng.normal(0, 8, (*size, 3))
    ids[:3] = void
    return np.clip(photo, 0, 255), ids


@pytest.fixture
def camvid(tmp_path):
    """Four photos each of train, val and test, 96×64: a sky over a road, labels beside the photos."""
    rng = np.random.default_rng(0)
    for split in ("train", "val", "test"):
        for number in range(4):
            photo, ids = two_areas(rng, 0, ROAD, len(CAMVID_CLASSES))
            write(tmp_path / "camvid" / split / f"seq{number % 2}_{number}.webp", photo)
            write(tmp_path / "camvid" / split / f"seq{number % 2}_{number}.png", ids)
    return tmp_path / "camvid"


CODES = ("Sky", "Void", "Road", "Car", "Wall")


@pytest.fixture
def codes(tmp_path):
    """fastai's CamVid in small: images, labels/NAME_P.png, codes.txt, valid.txt."""
    folder = tmp_path / "camvid32" / "camvid"
    rng = np.random.default_rng(1)
    for number in range(6):
        photo, ids = two_areas(rng, CODES.index("Sky"), CODES.index("Road"), CODES.index("Void"))
        ids[-4:, :4] = CODES.index("Wall")
        write(folder / "images" / f"a_{number}.png", photo)
        write(folder / "labels" / f"a_{number}_P.png", ids)
    (folder / "codes.txt").write_text("\n".join(CODES) + "\n")
    (folder / "valid.txt").write_text("a_0.png\na_4.png\n")
    return folder


@pytest.fixture
def voc(tmp_path):
    """40 photos with a cat (8) each, NAME.jpg + NAME.png, of which an eighth or so is held out."""
    rng = np.random.default_rng(2)
    for number in range(40):
        photo, ids = two_areas(rng, 0, 8, 255, (32, 48))
        write(tmp_path / "voc" / f"2008_{number:06}.jpg", photo)
        write(tmp_path / "voc" / f"2008_{number:06}.png", ids)
    return tmp_path / "voc"


@pytest.fixture
def published_voc(tmp_path):
    """The same names in the layout of Pascal VOC, the labels as palette pictures."""
    root, rng = tmp_path / "VOC2012", np.random.default_rng(3)
    names = [f"2008_{number:06}" for number in range(40)]
    for name in names:
        photo, ids = two_areas(rng, 0, 15, 255, (32, 48))
        write(root / "JPEGImages" / f"{name}.jpg", photo)
        label = Image.fromarray(ids)
        label.putpalette([value * 7 % 256 for value in range(768)])
        (root / "SegmentationClass").mkdir(exist_ok=True)
        label.save(root / "SegmentationClass" / f"{name}.png")
    lists = root / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    for split, chosen in (("train", names[::2]), ("val", names[1::2]), ("trainval", names)):
        (lists / f"{split}.txt").write_text("\n".join(chosen) + "\n")
    return root


@pytest.fixture(autouse=True)
def one_core():
    """Tests leave the other cores alone."""
    cv2.setNumThreads(1)


def disc(size=32, radius=9, centre=(14, 17)):
    """A filled disc, size×size bool."""
    ys, xs = np.mgrid[:size, :size]
    return (xs - centre[0]) ** 2 + (ys - centre[1]) ** 2 < radius**2
