import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms, ImageOps

from inpaint_studio.basics import StudioError
from inpaint_studio.files import limits
from inpaint_studio.files.exif import upright
from inpaint_studio.files.photos import open_photo, photo_from_bytes, photo_from_pixels


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF", "JPEG", "WEBP", "AVIF"])
def test_formats(kind, tmp_path):
    grey = np.repeat(np.repeat(np.arange(0, 240, 16, dtype=np.uint8)[None], 12, 0)[..., None], 3, 2)
    data = encoded(
        Image.fromarray(grey), kind, **({"quality": 95} if kind in ("JPEG", "WEBP", "AVIF") else {})
    )
    path = tmp_path / f"a.{kind.lower()}"
    path.write_bytes(data)
    photo = open_photo(path)
    assert photo.size == (15, 12)
    assert photo.pixels.dtype == np.uint8
    assert np.abs(photo.pixels.astype(int) - grey).max() <= (
        0 if kind in ("PNG", "TIFF", "BMP", "GIF") else 6
    )
    assert (photo.data, photo.name, photo.deep, photo.icc) == (data, path.name, None, None)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("deep", [False, True])
def test_orientation_is_applied_and_reset(pixels, orientation, deep):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    plain = encoded(Image.fromarray(pixels), "PNG", exif=exif)
    if deep:
        wide = cv2.imencode(".png", pixels[:, :, ::-1].astype(np.uint16) * 257)[1].tobytes()
        at = plain.index(b"eXIf") - 4
        length = struct.unpack(">I", plain[at : at + 4])[0] + 12
        plain = wide[:33] + plain[at : at + length] + wide[33:]
    photo = photo_from_bytes(plain, "a.png")
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(encoded(
        Image.fromarray(pixels), "PNG", exif=exif)))))  # fmt: skip
    np.testing.assert_array_equal(photo.pixels, upright)
    assert (photo.deep is not None) == deep
    if deep:
        np.testing.assert_array_equal(photo.deep, upright.astype(np.uint16) * 257)
    kept = Image.Exif()
    kept.load(photo.metadata.exif)
    assert dict(kept) == {0x0112: 1, 0x010F: "Maker"}


def test_exif_loses_its_preview(pixels):
    # IFD0 with one entry (Make), then IFD1 with a preview of 20 bytes.
    head = b"Exif\0\0II*\0\x08\0\0\0"
    first = struct.pack("<HHHI4sI", 1, 0x010F, 2, 4, b"abc\0", 26)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, 20, 0)
    exif = head + first + second + b"PREVIEW-OF-THE-PHOTO"
    data = encoded(Image.fromarray(pixels), "JPEG", exif=exif)
    assert b"PREVIEW" in data
    photo = photo_from_bytes(data, "a.jpg")
    assert b"abc" in photo.metadata.exif
    assert b"PREVIEW" not in photo.metadata.exif
    assert b"PREVIEW" not in upright(exif)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits(suffix, channels):
    shape = (7, 9, channels) if channels > 1 else (7, 9)
    levels = np.random.default_rng(1).integers(0, 65536, shape, np.uint16)
    bgr = levels if channels == 1 else levels[:, :, [2, 1, 0, 3][:channels]]
    buffer = io.BytesIO()
    if suffix == ".tif":
        mark = {"extrasamples": ["unassalpha"]} if channels == 4 else {}
        tifffile.imwrite(buffer, levels, photometric="minisblack" if channels == 1 else "rgb", **mark)
    else:
        buffer.write(cv2.imencode(suffix, bgr)[1].tobytes())
    photo = photo_from_bytes(buffer.getvalue(), f"a{suffix}")
    whole = np.repeat(levels[..., None], 3, 2) if channels == 1 else levels
    np.testing.assert_array_equal(photo.deep, whole)
    np.testing.assert_array_equal(photo.pixels, np.rint(whole / 257).astype(np.uint8))


def test_palette_grey_and_alpha(pixels):
    palette = Image.fromarray(pixels).quantize(16)
    np.testing.assert_array_equal(
        photo_from_bytes(encoded(palette, "PNG"), "a").pixels, np.asarray(palette.convert("RGB"))
    )
    see_through = photo_from_bytes(encoded(palette, "PNG", transparency=0), "a").pixels
    assert see_through.shape[2] == 4
    assert ((see_through[:, :, 3] == 0) == (np.asarray(palette) == 0)).all()
    grey = Image.fromarray(pixels[:, :, 0])
    assert (photo_from_bytes(encoded(grey, "PNG"), "a").pixels == pixels[:, :, :1]).all()
    with_alpha = Image.merge("LA", (grey, grey))
    assert photo_from_bytes(encoded(with_alpha, "PNG"), "a").pixels.shape == (60, 80, 4)
    assert photo_from_bytes(encoded(grey.convert("1"), "TIFF"), "a").pixels.shape == (60, 80, 3)


def test_cmyk_becomes_rgb():
    red = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    for kind in ("JPEG", "TIFF"):
        photo = photo_from_bytes(encoded(red, kind), "a")
        assert np.abs(photo.pixels.astype(int) - (255, 0, 0)).max() <= 3


def test_only_a_profile_that_fits_is_kept(pixels):
    rgb = photo_from_bytes(encoded(Image.fromarray(pixels), "JPEG", icc_profile=srgb()), "a")
    assert rgb.icc == srgb()
    grey = encoded(Image.fromarray(pixels[:, :, 0]), "PNG", icc_profile=srgb()[:16] + b"GRAY" + srgb()[20:])
    assert photo_from_bytes(grey, "a").icc is None
    assert photo_from_bytes(encoded(Image.fromarray(pixels), "PNG", icc_profile=b"nonsense"), "a").icc is None


def test_first_frame_of_an_animation():
    frames = [Image.new("P", (5, 4), i) for i in range(3)]
    for frame in frames:
        frame.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (photo_from_bytes(data, "a.gif").pixels[..., :3] == (255, 0, 0)).all()


def test_the_first_picture_of_a_phone_jpeg():
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), (255, 0, 0)).save(
        buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (4, 3))]
    )
    assert photo_from_bytes(buffer.getvalue(), "a.jpg").size == (8, 6)


def test_lab_becomes_rgb():
    lab = photo_from_bytes(encoded(Image.new("LAB", (4, 4), (255, 128, 128)), "TIFF"), "a.tif")
    assert (lab.pixels >= 250).all()


def _bomb(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"This is a text.", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "not a picture|damaged"),
        (_bomb(60_000, 60_000), "megapixels|too many pixels"),
        (_bomb(15_000, 15_000), "megapixels|too many pixels"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture"),
    ],
)
def test_what_is_no_photo(data, words):
    with pytest.raises(StudioError, match=words) as raised:
        photo_from_bytes(data, "holiday.png")
    assert "holiday.png" in str(raised.value)


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "GIF", "WEBP"])
def test_truncated(pixels, kind):
    data = encoded(Image.fromarray(pixels), kind)
    for part in (0.3, 0.6, 0.9):
        with pytest.raises(StudioError, match=r"a\.x"):
            photo_from_bytes(data[: int(len(data) * part)], "a.x")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF"])
def test_noise_in_a_file_never_raises_anything_else(pixels, kind):
    data = encoded(Image.fromarray(pixels), kind)
    rng = np.random.default_rng(3)
    for _ in range(60):
        bad = bytearray(data)
        for at in rng.integers(0, min(len(bad), 400), 6):
            bad[at] = rng.integers(256)
        try:
            photo_from_bytes(bytes(bad), "a")
        except StudioError:
            continue


def test_missing_file_folder_and_limit(tmp_path, monkeypatch):
    with pytest.raises(StudioError, match=r"gone\.png.*not found"):
        open_photo(tmp_path / "gone.png")
    with pytest.raises(StudioError, match="folder or a device"):
        open_photo(tmp_path)
    monkeypatch.setattr(limits, "MAX_PIXELS", 50)
    with pytest.raises(StudioError, match="10 × 10"):
        photo_from_bytes(encoded(Image.new("RGB", (10, 10)), "PNG"), "a")


def test_from_pixels(pixels):
    photo = photo_from_pixels(pixels, "a.png")
    np.testing.assert_array_equal(photo.pixels, pixels)
    assert photo.pixels is not pixels
    assert photo.data == b""
    assert photo_from_pixels(pixels[:, :, 0]).pixels.shape == (60, 80, 3)
    deep = photo_from_pixels(pixels.astype(np.uint16) * 257)
    np.testing.assert_array_equal(deep.pixels, pixels)
    for wrong in (pixels.astype(float), pixels[:, :, :2], pixels[0, 0]):
        with pytest.raises(ValueError, match="expected"):
            photo_from_pixels(wrong)
