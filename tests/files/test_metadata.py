"""Resolution, XMP, texts and EXIF from file to file, for every pair of formats that can hold them."""

from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin
from test_exif import block

from inpaint_studio.basics import StudioError
from inpaint_studio.document import Document, Photo
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files.exif import HEADER
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.studio.save import export

_CREATOR = 'dc:creator="Jörg"'.encode()
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" '
    + _CREATOR
    + b"/></x:xmpmeta>"
)
INTO = (".png", ".jpg", ".tif")


def jpeg(**options):
    buffer = io.BytesIO()
    Image.new("RGB", (12, 9), (90, 120, 200)).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def png(**options):
    buffer = io.BytesIO()
    Image.new("RGB", (12, 9), (90, 120, 200)).save(buffer, "PNG", **options)
    return buffer.getvalue()


def tiff(**options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((9, 12, 3), np.uint8), photometric="rgb", **options)
    return buffer.getvalue()


SOURCES = {
    "jpeg": jpeg(dpi=(300, 300)),
    "png": png(dpi=(300, 300)),
    "tiff": tiff(resolution=(300, 300), resolutionunit="INCH"),
    "tiff in centimetres": tiff(resolution=(300 / 2.54, 300 / 2.54), resolutionunit="CENTIMETER"),
}


def through(data, path, **options):
    """A file opened and exported; what is in the new one."""
    export(Document(photo_from_bytes(data, "a")), path, **options)
    return path.read_bytes()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("suffix", INTO)
def test_resolution_travels(tmp_path, source, suffix):
    out = through(SOURCES[source], tmp_path / f"out{suffix}")
    with Image.open(io.BytesIO(out)) as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.02)


def test_without_a_resolution_none_is_made_up(tmp_path):
    for suffix in (".png", ".jpg"):
        with Image.open(io.BytesIO(through(png(), tmp_path / f"out{suffix}"))) as picture:
            assert "dpi" not in picture.info


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_xmp_travels_and_is_told_upright(tmp_path, suffix):
    out = through(jpeg(xmp=XMP), tmp_path / f"out{suffix}")
    again = photo_from_bytes(out, "b").metadata.xmp
    assert b'tiff:Orientation="1"' in again
    assert "Jörg".encode() in again


def test_texts_of_png_stay_in_png(tmp_path):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a lighthouse, 20 steps")
    texts.add_text("Copyright", "© Jörg 文")
    data = png(pnginfo=texts)
    with Image.open(io.BytesIO(through(data, tmp_path / "out.png"))) as picture:
        assert picture.text == {"parameters": "a lighthouse, 20 steps", "Copyright": "© Jörg 文"}
    with Image.open(io.BytesIO(through(data, tmp_path / "rights.png", metadata="copyright"))) as picture:
        assert picture.text == {"Copyright": "© Jörg 文"}
    with Image.open(io.BytesIO(through(data, tmp_path / "none.png", metadata="none"))) as picture:
        assert picture.text == {}


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
@pytest.mark.parametrize("keep", ["all", "copyright", "none"])
def test_as_much_exif_stays_as_is_wanted(tmp_path, suffix, keep):
    given = block("<", [(0x010F, 2, 4, b"Cam\0"), (0x013B, 2, 6, "Jörg\0".encode())])
    out = through(jpeg(exif=given, xmp=XMP), tmp_path / f"out{suffix}", metadata=keep)
    assert ("Jörg".encode() in out) == (keep != "none")
    assert (b"Cam\0" in out) == (keep == "all")
    assert (b"xmpmeta" in out) == (keep == "all")


def test_a_preview_shows_the_picture_as_it_is_now(tmp_path):
    given = block("<", [(0x010F, 2, 4, b"Cam\0")], preview=jpeg())
    photo = photo_from_bytes(jpeg(exif=given), "a.jpg")
    green = Photo(np.full((90, 120, 3), (0, 200, 0), np.uint8), "a.jpg", metadata=photo.metadata)
    export(Document(green), tmp_path / "out.jpg")
    kept = photo_from_bytes((tmp_path / "out.jpg").read_bytes(), "out.jpg")
    with Image.open(tmp_path / "out.jpg") as picture:
        data = picture.info["exif"]
    start = data.index(b"\xff\xd8\xff")
    with Image.open(io.BytesIO(data[start:])) as preview:
        assert np.abs(np.asarray(preview).astype(int) - (0, 200, 0)).max() <= 6
    # Not kept in the document, where it would soon be wrong.
    assert b"\xff\xd8\xff" not in kept.metadata.exif


def test_more_exif_than_a_jpeg_holds_says_what_helps(tmp_path):
    large = block("<", [(0x010E, 2, 70_000, b"x" * 69_999 + b"\0")])
    photo = Photo(np.zeros((4, 4, 3), np.uint8), "a.tif", metadata=Metadata(large))
    with pytest.raises(StudioError, match=r"more than a JPEG holds.*without metadata"):
        export(Document(photo), tmp_path / "out.jpg")
    export(Document(photo), tmp_path / "out.png")
    assert large.removeprefix(HEADER) in (tmp_path / "out.png").read_bytes()


def test_metadata_is_kept_in_one_of_three_ways(tmp_path):
    with pytest.raises(StudioError, match="all, copyright, none"):
        export(Document(Photo(np.zeros((4, 4, 3), np.uint8))), tmp_path / "a.png", metadata="some")
