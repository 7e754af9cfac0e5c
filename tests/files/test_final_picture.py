"""Size, colours, ground and bits of what is exported, as other programs read it."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from icc import P3, rgb_profile
from PIL import Image, ImageCms

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import Document
from inpaint_studio.files.export import encode, export
from inpaint_studio.files.final_picture import resized
from inpaint_studio.files.photos import photo_from_pixels
from inpaint_studio.studio import lift
from inpaint_studio.studio.fill import fill_missing

WIDTH, HEIGHT = 90, 60
NOISE = np.random.default_rng(3).integers(0, 65536, (HEIGHT, WIDTH, 4)).astype(np.uint16)
RAMP = np.stack([np.tile(np.arange(WIDTH) * 2, (HEIGHT, 1))] * 3, -1).astype(np.uint8)


def read_deep(data: bytes, suffix: str) -> np.ndarray:
    """By OpenCV and tifffile, which are not what our own readers use for these."""
    if suffix == ".tif":
        return tifffile.imread(io.BytesIO(data))
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [3, 4])
def test_an_untouched_deep_photo_is_exported_bit_for_bit(suffix: str, channels: int, tmp_path: Path) -> None:
    pixels = NOISE[..., :channels]
    path = tmp_path / f"a{suffix}"
    export(Document(photo_from_pixels(pixels)).snapshot(), path)
    seen = read_deep(path.read_bytes(), suffix)
    assert seen.dtype == np.uint16
    shown = pixels if channels == 3 else np.where(pixels[..., 3:] > 0, pixels, 0)
    assert np.array_equal(seen, shown)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_what_was_not_touched_is_bit_equal_after_editing(suffix: str, tmp_path: Path) -> None:
    document = Document(photo_from_pixels(NOISE[..., :3]))
    lift.remove(document, Mask.place(np.full((12, 12), 255, np.uint8), 30, 20))
    fill_missing(document)
    path = tmp_path / f"a{suffix}"
    export(document.snapshot(), path)
    kept = document.tree.base.hole.full((HEIGHT, WIDTH)) == 0
    seen = read_deep(path.read_bytes(), suffix)
    assert seen.dtype == np.uint16 and np.array_equal(seen[kept], NOISE[kept][:, :3])


@pytest.mark.parametrize(
    ("given", "depth", "suffix", "bits"),
    [
        (16, "automatic", ".png", 16),
        (16, "8-bit", ".png", 8),
        (16, "8-bit", ".tif", 8),
        (8, "16-bit", ".tif", 16),
        (8, "automatic", ".tif", 8),
        (8, "16-bit", ".png", 16),
        (16, "16-bit", ".jpg", 8),
        (16, "automatic", ".webp", 8),
    ],
)
def test_bits_are_as_chosen_where_the_format_has_them(given: int, depth: str, suffix: str, bits: int) -> None:
    pixels = RAMP if given == 8 else RAMP.astype(np.uint16) * np.uint16(257)
    data = encode(pixels, f"a{suffix}", values={"depth": depth, "quality": 100})
    if bits == 16:
        assert np.array_equal(read_deep(data, suffix), RAMP.astype(np.uint16) * np.uint16(257))
        return
    seen = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert Image.open(io.BytesIO(data)).mode == "RGB" and np.abs(seen - RAMP).max() <= 6
    if suffix in (".png", ".tif"):
        assert np.array_equal(seen, RAMP)


@pytest.mark.parametrize(("name", "number"), [("deflate", 8), ("lzw", 5), ("none", 1)])
@pytest.mark.parametrize("pixels", [RAMP, NOISE])
def test_tiff_is_packed_as_chosen(name: str, number: int, pixels: np.ndarray) -> None:
    data = encode(pixels, "a.tif", values={"compression": name})
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        assert file.pages[0].compression == number
        assert np.array_equal(file.pages[0].asarray(), pixels)


def test_colours_are_converted_to_srgb_as_littlecms_does() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    icc = rgb_profile(P3)
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    wanted = np.asarray(ImageCms.profileToProfile(
        Image.fromarray(pixels), source, ImageCms.createProfile("sRGB"), renderingIntent=1,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)).astype(int)  # fmt: skip
    for given in (pixels, pixels.astype(np.uint16) * np.uint16(257)):
        data = encode(given, "a.png", icc=icc, values={"profile": "srgb", "depth": "8-bit"})
        picture = Image.open(io.BytesIO(data))
        assert "icc_profile" not in picture.info
        assert np.abs(np.asarray(picture).astype(int) - wanted).max() <= 1
    assert Image.open(io.BytesIO(encode(pixels, "a.png", icc=icc))).info["icc_profile"] == icc


@pytest.mark.parametrize(("ground", "level"), [("white", 255), ("black", 0), ("grey", 128)])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp"])
def test_transparency_is_laid_on_the_ground_that_is_chosen(ground: str, level: int, suffix: str) -> None:
    pixels = np.full((32, 32, 4), (200, 100, 50, 102), np.uint8)
    data = encode(pixels, f"a{suffix}", values={"ground": ground, "quality": 100})
    seen = np.asarray(Image.open(io.BytesIO(data)))
    wanted = 0.4 * np.array([200, 100, 50]) + 0.6 * level
    assert seen.shape[2] == 3 and np.abs(seen[10:20, 10:20] - wanted).max() <= 2


def test_half_the_size_is_the_mean_of_four_pixels() -> None:
    pixels = NOISE[..., :3]
    wanted = pixels.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean((1, 3))
    seen = read_deep(encode(pixels, "a.png", values={"scale": 0.5}), ".png")
    assert np.abs(seen - wanted).max() <= 1


def test_what_is_transparent_mixes_no_colours_in() -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[..., :3], pixels[:, :21] = (255, 0, 255), (10, 200, 30, 255)
    out = resized(pixels, (20, 20))
    assert np.abs(out[out[..., 3] > 0][:, :3].astype(int) - (10, 200, 30)).max() <= 1
    assert list(out[5, 8:12, 3]) == [255, 255, 128, 0]


@pytest.mark.parametrize(
    "values", [{"scale": 9}, {"depth": "12-bit"}, {"profile": "x"}, {"compression": "zip"}]
)
def test_what_is_not_allowed_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(StudioError):
        encode(RAMP, "a.tif", values=values)
