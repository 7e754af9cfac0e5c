"""EXIF leaves as it came, but for what must change: checked by Pillow, which did not write it."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inpaint_studio.files import exif
from inpaint_studio.files.export import export_pixels
from inpaint_studio.files.photos import photo_from_bytes

ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def block(order, entries, inner=(), preview=b""):
    """An EXIF block: (tag, type, count, value bytes) in its first directory, and in the one of Exif."""

    def directory(entries, at, following):
        place, head, behind = at + 2 + 12 * len(entries) + 4, struct.pack(order + "H", len(entries)), b""
        for tag, kind, count, value in sorted(entries):
            head += struct.pack(order + "HHI", tag, kind, count)
            if len(value) > 4:
                head += struct.pack(order + "I", place + len(behind))
                behind += value
            else:
                head += value.ljust(4, b"\0")
        return head + struct.pack(order + "I", following), behind

    entries = [*entries, *([(0x8769, 4, 1, b"\0\0\0\0")] if inner else [])]
    head, behind = directory(entries, 8, 0)
    at = 8 + len(head) + len(behind)
    own = b"".join(directory(inner, at, 0)) if inner else b""
    second = at + len(own) if preview else 0
    if inner:
        entries[-1] = (0x8769, 4, 1, struct.pack(order + "I", at))
    head, behind = directory(entries, 8, second)
    tail = b""
    if preview:
        place = second + 2 + 24 + 4
        tail = struct.pack(order + "H", 2)
        tail += struct.pack(order + "HHII", 0x0201, 4, 1, place)
        tail += struct.pack(order + "HHII", 0x0202, 4, 1, len(preview))
        tail += struct.pack(order + "I", 0) + preview
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return exif.HEADER + mark + struct.pack(order + "I", 8) + head + behind + own + tail


def read(data):
    found = Image.Exif()
    found.load(data)
    return found


def short(order, value):
    return struct.pack(order + "H", value)


@ORDERS
def test_only_orientation_and_size_change(order):
    entries = [
        (0x0112, 3, 1, short(order, 6)),
        (0x010E, 2, 15, "Größe µ 100 %\0".encode()),
        (0x013B, 2, 6, "Jörg\0".encode()),
    ]
    inner = [
        (0x9101, 7, 4, b"\1\2\3\0"),
        (0x927C, 7, 12, b"MAKER\0\xff\xfe\0\1\2\3"),
        (0xA002, 4, 1, struct.pack(order + "I", 4000)),
        (0xA003, 3, 1, short(order, 3000)),
    ]
    data = block(order, entries, inner)
    out = exif.upright(data, (160, 120))
    assert len(out) == len(data)
    # Two bytes of the orientation, two sizes of which each has two bytes that differ.
    assert sum(a != b for a, b in zip(data, out, strict=True)) <= 5
    assert read(out)[0x0112] == 1
    assert read(out).get_ifd(0x8769)[0xA002] == 160
    assert read(out).get_ifd(0x8769)[0xA003] == 120
    assert b"MAKER\0\xff\xfe\0\1\2\3" in out
    assert "Größe µ 100 %".encode() in out


@ORDERS
def test_one_damaged_entry_does_not_lose_the_others(order):
    bad = (0x0110, 2, 1 << 30, b"gone")
    data = block(order, [(0x0112, 3, 1, short(order, 8)), bad, (0x010F, 2, 4, b"Cam\0")])
    assert exif.orientation(data) == 8
    assert exif.orientation(exif.upright(data)) == 1
    assert b"Cam" in exif.upright(data)


@ORDERS
def test_the_preview_is_blanked_then_renewed_or_dropped(order):
    data = block(order, [(0x010F, 2, 4, b"Cam\0")], preview=b"OLD-PREVIEW-OF-THE-PHOTO")
    kept = exif.opened(data)
    assert b"PREVIEW" not in kept
    assert b"PREVIEW" not in exif.upright(data)
    renewed = exif.upright(kept, preview=b"\xff\xd8new\xff\xd9")
    tiff = renewed.removeprefix(exif.HEADER)
    (second,) = struct.unpack_from(order + "I", tiff, 8 + 2 + 12)
    count, *entries = struct.unpack_from(order + "H HHIHH HHII HHII", tiff, second)
    compression, start, length = entries[3], entries[8], entries[12]
    assert (count, compression) == (3, 6)
    assert tiff[start : start + length] == b"\xff\xd8new\xff\xd9"
    plain = block(order, [(0x010F, 2, 4, b"Cam\0")])
    assert exif.upright(plain, preview=b"\xff\xd8new\xff\xd9") == plain


@ORDERS
@pytest.mark.parametrize(("unit", "factor"), [(2, 1.0), (3, 2.54)])
def test_resolution(order, unit, factor):
    value = struct.pack(order + "II", 600, 2)
    data = block(order, [(0x011A, 5, 1, value), (0x011B, 5, 1, value), (0x0128, 3, 1, short(order, unit))])
    assert exif.resolution(data) == (300 * factor, 300 * factor)
    assert exif.resolution(block(order, [(0x0128, 3, 1, short(order, unit))])) is None


@ORDERS
def test_only_rights_keeps_artist_and_copyright(order):
    data = block(
        order,
        [(0x010F, 2, 4, b"Cam\0"), (0x013B, 2, 6, "Jörg\0".encode()), (0x8298, 2, 9, "© 2026 J\0".encode())],
        [(0x927C, 7, 5, b"MAKER")],
    )
    rights = exif.only_rights(data)
    assert set(read(rights)) == {0x013B, 0x8298}
    assert "Jörg".encode() in rights
    assert exif.only_rights(block(order, [(0x010F, 2, 4, b"Cam\0")])) is None


def test_a_tiff_tells_of_the_photo_and_not_of_its_strips():
    picture = Image.new("RGB", (6, 5))
    exposure = (0x829A, 5, 1, struct.pack("<II", 1, 100))
    given = block("<", [(0x010F, 2, 6, b"Maker\0"), (0x0112, 3, 1, short("<", 6))], [exposure])
    buffer = io.BytesIO()
    picture.save(buffer, "TIFF", exif=given)
    photo = photo_from_bytes(buffer.getvalue(), "a.tif")
    found = read(photo.metadata.exif)
    assert photo.size == (5, 6)
    assert {0x010F, 0x0112, 0x8769} <= set(found) <= exif._DESCRIPTIVE
    assert found[0x0112] == 1
    assert float(found.get_ifd(0x8769)[0x829A]) == 0.01


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_text_and_odd_types_survive_export(tmp_path, suffix):
    entries = [(0x013B, 2, 6, "Jörg\0".encode()), (0x010F, 2, 4, b"Cam\0")]
    inner = [(0x9101, 7, 4, b"\1\2\3\0"), (0x9286, 7, 12, b"UNICODE\0\0J\0\xf6")]
    given = photo_from_bytes(_jpeg(block("<", entries, inner)), "a.jpg")
    export_pixels(given.pixels, tmp_path / f"out{suffix}", metadata=given.metadata)
    again = photo_from_bytes((tmp_path / f"out{suffix}").read_bytes(), f"out{suffix}")
    assert "Jörg".encode() in again.metadata.exif
    found = read(again.metadata.exif).get_ifd(0x8769)
    assert found[0x9101] == b"\1\2\3\0"
    assert found[0x9286] == b"UNICODE\0\0J\0\xf6"


def _jpeg(data):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=data)
    return buffer.getvalue()


@given(st.binary(max_size=400), st.booleans())
def test_noise_is_no_error(noise, marked):
    data = b"II*\0\x08\0\0\0" + noise if marked else noise
    for call in (exif.orientation, exif.resolution, exif.upright, exif.opened, exif.of_tiff):
        call(data)
    exif.only_rights(data)
    exif.upright(data, (3, 4), b"preview")
