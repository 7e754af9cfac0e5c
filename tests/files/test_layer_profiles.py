"""Layers of OpenRaster files with colour profiles of their own, and with 16 bits."""

from __future__ import annotations

import zipfile
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from icc import P3, SRGB, rgb_profile

from inpaint_studio.document import Document
from inpaint_studio.files.png import encode_png
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.render import render

WIDE, PLAIN = rgb_profile(P3), rgb_profile(SRGB)
WIDTH, HEIGHT = 40, 30
COLOURS = np.random.default_rng(6).integers(0, 65536, (HEIGHT, WIDTH, 3)).astype(np.uint16)


def converted(pixels: np.ndarray, source: bytes, target: bytes) -> np.ndarray:
    """By LittleCMS in floating point, 0..1."""
    made = imagecodecs.cms_transform(
        (pixels / np.iinfo(pixels.dtype).max).astype(np.float32), source, target, colorspace="rgb",
        outcolorspace="rgb", outdtype="float32", intent=1, flags=0x2000)  # fmt: skip
    return np.clip(made, 0, 1)


def openraster(path: Path, layers: list[bytes], merged: bytes | None = None) -> Path:
    """A file as another program writes it; layers are PNG files, the topmost first."""
    rows = "".join(f'<layer name="l{n}" src="data/{n}.png" x="0" y="0"/>' for n in range(len(layers)))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "image/openraster")
        file.writestr("stack.xml", f'<image w="{WIDTH}" h="{HEIGHT}"><stack>{rows}</stack></image>')
        for number, data in enumerate(layers):
            file.writestr(f"data/{number}.png", data)
        if merged is not None:
            file.writestr("mergedimage.png", merged)
    return path


def drawn(document: Document, place: int) -> np.ndarray:
    layer = document.layers[place]
    return render(document.snapshot(), nodes=[layer], dtype=np.uint16).pixels[..., :3] / 65535


@pytest.mark.parametrize("depth", [8, 16])
def test_layers_are_converted_into_the_lowest_ones_profile(depth: int, tmp_path: Path) -> None:
    pixels = COLOURS if depth == 16 else (COLOURS // 257).astype(np.uint8)
    path = openraster(
        tmp_path / "a.ora",
        [encode_png(pixels, icc=WIDE), encode_png(pixels), encode_png(pixels, icc=PLAIN)],
    )
    document, _ = open_project(path)
    assert document.photo.icc == PLAIN
    most = np.iinfo(pixels.dtype).max
    assert np.array_equal(drawn(document, 0), pixels / most)
    # Without a profile a picture is sRGB, whose curve is not quite the gamma of the profile.
    for place, icc in ((1, None), (2, WIDE)):
        source = icc or srgb()
        away = np.abs(drawn(document, place) - converted(pixels, source, PLAIN))
        assert np.percentile(away, 99) <= 1.5 / 255


def srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_the_merged_picture_says_which_profile_the_document_has(tmp_path: Path) -> None:
    pixels = (COLOURS // 257).astype(np.uint8)
    merged = encode_png(pixels, icc=WIDE)
    document, _ = open_project(openraster(tmp_path / "a.ora", [encode_png(pixels, icc=PLAIN)], merged))
    assert document.photo.icc == WIDE
    away = np.abs(drawn(document, 0) - converted(pixels, PLAIN, WIDE))
    assert np.percentile(away, 99) <= 1.5 / 255


def test_a_layer_of_sixteen_bits_stays_one_and_is_saved_as_such(tmp_path: Path) -> None:
    document, _ = open_project(openraster(tmp_path / "a.ora", [encode_png(COLOURS, icc=WIDE)]))
    assert document.state.deep and np.array_equal(drawn(document, 0) * 65535, COLOURS)
    save_project(document.snapshot(), document.photo, tmp_path / "b.ora")
    with zipfile.ZipFile(tmp_path / "b.ora") as file:
        merged = imagecodecs.png_decode(file.read("mergedimage.png"))
        layer = imagecodecs.png_decode(file.read("data/layer000.png"))
    assert np.array_equal(merged, COLOURS) and np.array_equal(layer, COLOURS)
    again, _ = open_project(tmp_path / "b.ora")
    assert again.photo.icc == WIDE and np.array_equal(drawn(again, 0) * 65535, COLOURS)


def test_a_profile_that_is_no_rgb_is_not_taken(tmp_path: Path) -> None:
    pixels = (COLOURS // 257).astype(np.uint8)
    broken = WIDE[:16] + b"CMYK" + WIDE[20:]
    document, _ = open_project(openraster(tmp_path / "a.ora", [encode_png(pixels, icc=broken)]))
    assert document.photo.icc is None and np.array_equal(drawn(document, 0), pixels / 255)
