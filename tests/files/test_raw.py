"""Raw photos: how they are known from other TIFF files, and what becomes of what LibRaw gives."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile

from inpaint_studio.basics import StudioError
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.files.readers import reader_of

GREY = np.arange(64 * 48, dtype=np.uint16).reshape(48, 64)
COLOUR_FILTER = 32803


def dng() -> bytes:
    buffer = io.BytesIO()
    tags = [(50706, 1, 4, bytes([1, 4, 0, 0]), True), (271, 2, 0, "Case", True)]
    tifffile.imwrite(buffer, GREY, photometric=COLOUR_FILTER, extratags=tags, metadata=None)
    return buffer.getvalue()


def nef() -> bytes:
    """A small preview, and the pixels of the sensor in a directory inside."""
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(np.zeros((8, 8, 3), np.uint8), photometric="rgb", subifds=1, metadata=None)
        file.write(GREY, photometric=COLOUR_FILTER, metadata=None)
    return buffer.getvalue()


def plain() -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, GREY, metadata=None)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (dng(), "camera RAW"), (nef(), "camera RAW"), (b"FUJIFILMCCD-RAW 0201", "camera RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1", "camera RAW"), (plain(), "TIFF"), (b"II*\0", "TIFF"),
        (b"II*\0\xff\xff\xff\xff", "TIFF"),
    ],
)  # fmt: skip
def test_how_they_are_known(data: bytes, title: str) -> None:
    reader = reader_of(data)
    assert reader is not None and reader.title == title


def test_without_rawpy_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(StudioError, match="pip install rawpy"):
        photo_from_bytes(dng(), "a.dng")


class LibRawError(Exception):
    pass


def library(pixels: np.ndarray, size: tuple[int, int], error: bool = False) -> SimpleNamespace:
    """What of rawpy is used."""

    @contextmanager
    def imread(file):
        if error:
            raise LibRawError("unsupported")
        sizes = SimpleNamespace(width=size[0], height=size[1])
        yield SimpleNamespace(sizes=sizes, postprocess=lambda **known: pixels)

    return SimpleNamespace(imread=imread, LibRawError=LibRawError, ColorSpace=SimpleNamespace(sRGB=1))


def test_sixteen_bits_and_what_the_camera_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(1).integers(0, 65536, (48, 64, 3)).astype(np.uint16)
    monkeypatch.setitem(sys.modules, "rawpy", library(pixels, (64, 48)))
    photo = photo_from_bytes(dng(), "a.dng")
    assert photo.deep is not None and np.array_equal(photo.deep, pixels)
    assert b"Case" in (photo.metadata.exif or b"") and "raw photo" in photo.notices[0]


def test_what_is_too_large_or_damaged_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", library(GREY, (90_000, 90_000)))
    with pytest.raises(StudioError, match="90000"):
        photo_from_bytes(dng(), "a.dng")
    monkeypatch.setitem(sys.modules, "rawpy", library(GREY, (64, 48), error=True))
    with pytest.raises(StudioError, match="damaged"):
        photo_from_bytes(dng(), "a.dng")
