"""Every kind of file that can be written keeps what it does not say it loses."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from inpaint_studio.basics import StudioError
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files.export import encode
from inpaint_studio.files.writers import parameters, suffixes, writer_for, writers
from inpaint_studio.studio.save import picture_suffixes

EXIF = b"II*\x00\x08\x00\x00\x00\x01\x00\x0f\x01\x02\x00\x04\x00\x00\x00Cam\x00\x00\x00\x00\x00"
"""The maker of the camera is "Cam"."""


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    rows, columns = np.mgrid[0:60, 0:80]
    colours = np.stack([rows * 4, columns * 3, 255 - rows * 2], -1)
    cover = np.where(columns < 20, 0, 255)[..., None]
    return np.concatenate([colours, cover], -1).astype(np.uint8)


@pytest.mark.parametrize("kind", writers(), ids=lambda kind: kind.title)
def test_what_a_kind_does_not_lose_is_there_when_it_is_read(kind, picture) -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(picture, f"a{kind.suffixes[0]}", icc=icc, metadata=Metadata(EXIF))
    with Image.open(io.BytesIO(data)) as read:
        lost = {
            "transparency": read.mode != "RGBA",
            "profile": read.info.get("icc_profile") != icc,
            "metadata": read.getexif().get(0x010F) != "Cam",
            "exactness": not np.array_equal(np.asarray(read.convert("RGBA")), picture),
        }
        colours = np.asarray(read.convert("RGB"), np.int16)
    if "transparency" in kind.loses:
        lost["exactness"] = not np.array_equal(colours[:, 20:], picture[:, 20:, :3])
        assert colours[:, :12].min() > 240, "what was transparent is white"
    assert {loss for loss, is_lost in lost.items() if is_lost} == kind.loses - {"16 bit"}
    assert np.abs(colours[:, 24:] - picture[:, 24:, :3]).mean() < 4


@pytest.mark.parametrize("kind", writers(), ids=lambda kind: kind.title)
def test_grey_and_plain_pictures_are_written_too(kind, picture) -> None:
    for pixels in (picture[..., 0], np.ascontiguousarray(picture[..., :3])):
        data = encode(pixels, f"a{kind.suffixes[-1]}")
        with Image.open(io.BytesIO(data)) as read:
            assert read.size == (80, 60)


def test_lists_follow_from_the_kinds() -> None:
    assert picture_suffixes() == suffixes()
    assert len(set(suffixes())) == len(suffixes())
    assert {"PNG", "JPEG", "WebP", "TIFF"} <= {kind.title for kind in writers()}
    assert [parameter.name for parameter in parameters()] == ["quality"]
    assert writer_for("X.JPEG").title == "JPEG"


def test_a_kind_says_how_large_it_can_be() -> None:
    with pytest.raises(StudioError, match=r"WebP holds at most 16383 pixels a side.*Export it as PNG"):
        encode(np.zeros((2, 16_400, 3), np.uint8), "a.webp")


def test_values_of_other_kinds_are_left_out_and_wrong_ones_told(picture) -> None:
    assert encode(picture, "a.png", values={"quality": 900}) == encode(picture, "a.png")
    with pytest.raises(StudioError, match="Quality must be a number from 1 to 100"):
        encode(picture, "a.jpg", values={"quality": 101})
