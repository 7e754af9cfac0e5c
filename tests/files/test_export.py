import io
import os

import numpy as np
import pytest
from PIL import Image, ImageCms

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import Document, Photo, Picture, State, Tree
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files.export import export, export_pixels
from inpaint_studio.files.photos import open_photo
from inpaint_studio.render import render

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif_bytes(orientation=6):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    exif.get_ifd(0x8769)[0xA002] = 4000
    return exif.tobytes()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPEG", ".webp", ".tif", ".tiff"])
def test_profile_and_exif_travel(pixels, tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    smooth = np.full_like(pixels, (200, 100, 50))
    export(Document(Photo(smooth, icc=SRGB)).snapshot(), path, metadata=Metadata(exif_bytes()))
    photo = open_photo(path)
    assert np.abs(photo.pixels.astype(int) - smooth).max() <= 3
    assert photo.pixels.shape == smooth.shape
    assert photo.icc == SRGB
    kept = Image.Exif()
    kept.load(photo.metadata.exif)
    assert (kept[0x0112], kept[0x010F], kept.get_ifd(0x8769)[0xA002]) == (1, "Maker", 80)


def test_png_and_tiff_are_exact(document, tmp_path):
    whole = render(document.snapshot()).pixels
    for suffix in (".png", ".tif"):
        export(document.snapshot(), tmp_path / f"a{suffix}")
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / f"a{suffix}").convert("RGBA")), whole)


def test_transparency(tmp_path):
    colour = np.full((20, 30, 3), (10, 20, 200), np.uint8)
    layer = Picture("x", colour, Mask(0, 0, np.full((20, 15), 128, np.uint8)))
    document = Document(Photo(colour), State((0, 0, 30, 20), Tree((layer,))))
    export(document.snapshot(), tmp_path / "a.jpg", values={"quality": 100})
    flat = np.asarray(Image.open(tmp_path / "a.jpg")).astype(int)
    assert np.abs(flat[10, 5] - (132, 137, 227)).max() <= 3
    assert np.abs(flat[10, 25] - 255).max() <= 2
    for suffix in (".png", ".webp", ".tif"):
        export(document.snapshot(), tmp_path / f"a{suffix}")
        with Image.open(tmp_path / f"a{suffix}") as picture:
            assert picture.mode == "RGBA"
            assert picture.getpixel((5, 10))[3] == 128
            assert picture.getpixel((25, 10))[3] == 0


def test_quality_counts(pixels, tmp_path):
    for suffix in (".jpg", ".webp"):
        sizes = []
        for quality in (20, 95):
            export_pixels(pixels, tmp_path / f"q{suffix}", values={"quality": quality})
            sizes.append((tmp_path / f"q{suffix}").stat().st_size)
        assert sizes[0] < sizes[1]
    with pytest.raises(StudioError, match="1 to 100"):
        export_pixels(pixels, tmp_path / "a.jpg", values={"quality": 0})


def test_masks(tmp_path):
    mask = np.zeros((9, 11), np.uint8)
    mask[2:5, 3:7] = 255
    export_pixels(mask, tmp_path / "m.png", icc=SRGB)
    with Image.open(tmp_path / "m.png") as picture:
        assert picture.mode == "L"
        assert "icc_profile" not in picture.info
        np.testing.assert_array_equal(np.asarray(picture), mask)


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.ora"])
def test_unknown_suffix_names_the_known_ones(pixels, tmp_path, name):
    with pytest.raises(StudioError, match=r"\.png, \.jpg.*\.webp"):
        export(Document(Photo(pixels)).snapshot(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_too_large_for_the_format(tmp_path):
    with pytest.raises(StudioError, match="PNG or TIFF"):
        export_pixels(np.zeros((1, 17_000, 3), np.uint8), tmp_path / "a.webp")


def test_a_failing_export_leaves_the_old_file(pixels, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(28, "full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(StudioError, match="full"):
        export_pixels(pixels, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_pillow_accepts_our_png_chunks(pixels, tmp_path):
    export_pixels(pixels, tmp_path / "a.png", icc=SRGB, metadata=Metadata(exif_bytes()))
    with Image.open(io.BytesIO((tmp_path / "a.png").read_bytes())) as picture:
        picture.verify()


def test_the_photos_own_format_is_proposed_if_it_can_be_written():
    from remembered import Remembered

    from inpaint_studio.app.exporting import proposed_suffix

    settings = Remembered()
    assert proposed_suffix("Car.JPG", settings) == ".jpg"
    assert proposed_suffix("car.nef", settings) == ".png"
    settings.keep("export suffix", ".webp")
    assert proposed_suffix("car.nef", settings) == ".webp"
