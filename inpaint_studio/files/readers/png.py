"""PNG of every depth (PNG specification, third edition); slightly damaged ones are mended first."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

import numpy as np

from inpaint_studio.files.exif import orientation
from inpaint_studio.files.limits import DECODE_ERRORS, check_size
from inpaint_studio.files.png import SIGNATURE
from inpaint_studio.files.readers.decoded import Alpha, Decoded, Reader, Space
from inpaint_studio.files.readers.pillow import metadata_of, read_plain

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples a pixel by colour type."""
_PASSES: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""Adam7: first column, first row, step across, step down."""
_ANIMATION: Final = (b"acTL", b"fcTL", b"fdAT")


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    data: bytes
    whole: bool
    """Whether all of it is there and its checksum is right."""

    @property
    def needed(self) -> bool:
        """Critical chunks carry the pixels: their name begins with a capital."""
        return not self.kind[0] & 0x20

    def encoded(self) -> bytes:
        length, check = (
            struct.pack(">I", len(self.data)),
            struct.pack(">I", zlib.crc32(self.kind + self.data)),
        )
        return length + self.kind + self.data + check


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body, check = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        yield _Chunk(kind, body, check == struct.pack(">I", zlib.crc32(kind + body)))
        at += 12 + length
        if kind == b"IEND":
            return


def _before_picture(data: bytes, kind: bytes) -> _Chunk | None:
    """The chunk of a kind that has its place before the picture data."""
    head = takewhile(lambda chunk: chunk.kind != b"IDAT", _chunks(data))
    return next((chunk for chunk in head if chunk.kind == kind), None)


def _row_bytes(header: bytes) -> list[int]:
    """Bytes of each row of the unpacked picture data, its filter byte included."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS[colour]
    if not interlaced:
        return [1 + (width * bits + 7) // 8] * height
    rows: list[int] = []
    for left, top, across, down in _PASSES:
        columns, lines = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and lines > 0:
            rows += [1 + (columns * bits + 7) // 8] * lines
    return rows


def _unpacked(packed: bytes, most: int) -> bytes:
    """As much of a damaged zlib stream as can be unpacked."""
    engine, out, at = zlib.decompressobj(), bytearray(), 0
    try:
        while at < len(packed) and len(out) < most and not engine.eof:
            out += engine.decompress(packed[at : at + 4096], most - len(out))
            at += 4096 - len(engine.unconsumed_tail)
    except zlib.error:
        # What came out before the damage is right.
        pass
    return bytes(out)


def mended(data: bytes, name: str) -> tuple[bytes, str]:
    """The file with right checksums and all its rows, those that were lost empty, and what was wrong.

    Raises ValueError where the picture's own header is lost.
    """
    chunks = [chunk for chunk in _chunks(data) if chunk.kind not in _ANIMATION]
    if not chunks or chunks[0].kind != b"IHDR" or len(chunks[0].data) != 13:
        raise ValueError("no header")
    check_size(name, *struct.unpack(">II", chunks[0].data[:8]))
    rows = _row_bytes(chunks[0].data)
    needed = sum(rows)
    pixels = _unpacked(b"".join(c.data for c in chunks if c.kind == b"IDAT"), needed)
    lost = sum(1 for end in np.cumsum(rows) if end > len(pixels))
    packed = _Chunk(b"IDAT", zlib.compress(pixels.ljust(needed, b"\0"), 1), True)
    before = [c for c in chunks if c.kind not in (b"IDAT", b"IEND") and (c.whole or c.needed)]
    out = SIGNATURE + b"".join(c.encoded() for c in (*before, packed, _Chunk(b"IEND", b"", True)))
    if lost == len(rows):
        raise ValueError("no pixels")
    return out, _wrong(chunks, lost, interlaced=bool(chunks[0].data[12]))


def _wrong(chunks: list[_Chunk], lost: int, *, interlaced: bool) -> str:
    if lost:
        return "a part of its pixels is missing" if interlaced else f"its lowest {lost} rows are missing"
    broken = [chunk.kind.decode("latin-1") for chunk in chunks if not (chunk.whole or chunk.needed)]
    if broken:
        return f"its note “{broken[0]}” is unreadable and left out; the pixels are whole"
    return "a checksum in it is wrong; all pixels are there"


def _read(data: bytes, name: str) -> Decoded:
    if data[24] != 16:
        return replace(read_plain(data, name, "PNG"), notices=())
    import imagecodecs
    from PIL import Image

    check_size(name, *struct.unpack(">II", data[16:24]))
    samples = imagecodecs.png_decode(data)
    samples = samples if samples.ndim == 3 else samples[:, :, None]
    kinds: dict[int, tuple[Space, Alpha]] = {
        1: ("grey", "none"), 2: ("grey", "straight"), 3: ("rgb", "none"), 4: ("rgb", "straight"),
    }  # fmt: skip
    space, alpha = kinds[samples.shape[2]]
    # Pillow reads what lies beside the pixels without unpacking them.
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        metadata = metadata_of(picture)
    return Decoded(
        samples, space, alpha, top=65535, icc=profile_of(data), metadata=metadata,
        orientation=orientation(metadata.exif),
    )  # fmt: skip


def profile_of(data: bytes) -> bytes | None:
    """The ICC profile in a PNG, if there is one."""
    found = _before_picture(data, b"iCCP")
    _, _, rest = (found.data if found is not None else b"").partition(b"\0")
    return _unpacked(rest[1:], 16 << 20) or None


def read_png(data: bytes, name: str) -> Decoded:
    """The still picture; where the file is slightly damaged what there is of it, and a notice."""
    try:
        found = _read(data, name)
    except DECODE_ERRORS:
        whole, wrong = mended(data, name)
        return replace(_read(whole, name), notices=(f"“{name}” is damaged: {wrong}.",))
    if _before_picture(data, b"acTL") is not None:
        return replace(found, notices=(f"“{name}” is animated; its still picture is opened.",))
    return found


PNG = Reader("PNG", (".png",), lambda data: data.startswith(SIGNATURE), read_png)
