"""Every kind of file that can be written keeps what it does not say it loses."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.constants import Resource

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


def picture_of(data: bytes) -> tuple[np.ndarray, str | None, bytes | None]:
    """The pixels of a flat picture, the maker that its EXIF names, and its profile."""
    with Image.open(io.BytesIO(data)) as read:
        return np.asarray(read), read.getexif().get(0x010F), read.info.get("icc_profile")


def layer_of(data: bytes) -> tuple[np.ndarray, str | None, bytes | None]:
    """The same of the only layer of a PSD file."""
    psd = PSDImage.open(io.BytesIO(data))
    exif = Image.Exif()
    exif.load(psd.image_resources.get_data(Resource.EXIF_DATA_1) or b"")
    pixels = np.rint(psd[0].numpy() * 255).astype(np.uint8)
    return pixels, exif.get(0x010F), psd.image_resources.get_data(Resource.ICC_PROFILE)


@pytest.mark.parametrize("kind", writers(), ids=lambda kind: kind.title)
def test_what_a_kind_does_not_lose_is_there_when_it_is_read(kind, picture) -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(picture, f"a{kind.suffixes[0]}", icc=icc, metadata=Metadata(EXIF))
    seen, maker, profile = layer_of(data) if kind.write_layers else picture_of(data)
    lost = {
        "transparency": seen.shape[2] != 4,
        "profile": profile != icc,
        "metadata": maker != "Cam",
        "exactness": not np.array_equal(seen, picture),
    }
    colours = seen[..., :3].astype(np.int16)
    if "transparency" in kind.loses:
        lost["exactness"] = not np.array_equal(colours[:, 20:], picture[:, 20:, :3])
        assert colours[:, :12].min() > 240, "what was transparent is white"
    assert {loss for loss, is_lost in lost.items() if is_lost} == kind.loses - {"16 bit"}
    assert np.abs(colours[:, 24:] - picture[:, 24:, :3]).mean() < 4


@pytest.mark.parametrize("kind", writers(), ids=lambda kind: kind.title)
def test_grey_and_plain_pictures_are_written_too(kind, picture) -> None:
    for pixels in (picture[..., 0], np.ascontiguousarray(picture[..., :3])):
        data = encode(pixels, f"a{kind.suffixes[-1]}")
        seen, *_ = layer_of(data) if kind.write_layers else picture_of(data)
        assert seen.shape[:2] == (60, 80)


def test_lists_follow_from_the_kinds() -> None:
    assert picture_suffixes() == suffixes()
    assert len(set(suffixes())) == len(suffixes())
    assert {"PNG", "JPEG", "WebP", "TIFF"} <= {kind.title for kind in writers()}
    assert [parameter.name for parameter in parameters()] == [
        "depth", "scale", "profile", "ground", "quality", "compression",
    ]  # fmt: skip
    assert writer_for("X.JPEG").title == "JPEG"


def test_a_kind_says_how_large_it_can_be() -> None:
    with pytest.raises(StudioError, match=r"WebP holds at most 16383 pixels a side.*Export it as PNG"):
        encode(np.zeros((2, 16_400, 3), np.uint8), "a.webp")


def test_values_of_other_kinds_are_left_out_and_wrong_ones_told(picture) -> None:
    assert encode(picture, "a.png", values={"quality": 900}) == encode(picture, "a.png")
    with pytest.raises(StudioError, match="Quality must be a number from 1 to 100"):
        encode(picture, "a.jpg", values={"quality": 101})
