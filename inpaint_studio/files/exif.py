"""EXIF as bytes (CIPA DC-008, a TIFF structure): what has to change is changed in place, all else stays.

Nothing is decoded and encoded anew: text that is not ASCII, values of odd types, maker notes and damaged
entries leave as they came. A block may begin with "Exif\\0\\0". What is no EXIF gives None or 1, no error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

HEADER: Final = b"Exif\0\0"
ORIENTATION: Final = 0x0112
_X_RESOLUTION, _Y_RESOLUTION, _UNIT = 0x011A, 0x011B, 0x0128
_ARTIST, _COPYRIGHT = 0x013B, 0x8298
_EXIF_IFD, _GPS_IFD, _INTEROPERABILITY_IFD = 0x8769, 0x8825, 0xA005
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA002, 0xA003
_PREVIEW_AT, _PREVIEW_LENGTH = 0x0201, 0x0202
_STRIPS_AT, _STRIP_LENGTHS = 0x0111, 0x0117
_COMPRESSION = 0x0103
_DESCRIPTIVE: Final = frozenset(
    (0x010E, 0x010F, 0x0110, ORIENTATION, _X_RESOLUTION, _Y_RESOLUTION, _UNIT, 0x0131, 0x0132, _ARTIST,
     _COPYRIGHT, _EXIF_IFD, _GPS_IFD)
)  # fmt: skip
"""Entries of a TIFF file's own directory that speak of the photo and not of its strips and sizes."""
_BYTES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Bytes of a value by its type; 129 is UTF-8 (EXIF 3.0)."""
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_PHOTOMETRIC, _SUB_DIRECTORIES, _DNG_VERSION = 0x0106, 0x014A, 0xC612
_COLOUR_FILTER = 32803
_MOST_INNER = 16
_MOST_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    kind: int
    count: int
    at: int
    """Where its value lies in the block."""
    length: int


class _Block:
    """A TIFF structure whose values are read and written where they lie."""

    def __init__(self, data: bytes) -> None:
        self.head = HEADER if data.startswith(HEADER) else b""
        self.bytes = bytearray(data[len(self.head) :])
        mark = bytes(self.bytes[:4])
        if mark not in (b"II*\0", b"MM\0*"):
            raise ValueError("no TIFF structure")
        self.order = "<" if mark[:1] == b"I" else ">"

    def number(self, at: int, form: str) -> int:
        """An unsigned number; ValueError outside of the block."""
        try:
            return int(struct.unpack_from(self.order + form, self.bytes, at)[0])
        except struct.error as error:
            raise ValueError("outside of the block") from error

    def put(self, at: int, form: str, value: int) -> None:
        struct.pack_into(self.order + form, self.bytes, at, value)

    @property
    def first(self) -> int:
        """Where the first directory lies."""
        return self.number(4, "I")

    def entries(self, directory: int) -> Iterator[_Entry]:
        """The readable entries of a directory; those that are damaged are passed over."""
        if not 8 <= directory <= len(self.bytes) - 2:
            return
        for index in range(min(self.number(directory, "H"), _MOST_ENTRIES)):
            at = directory + 2 + 12 * index
            if at + 12 > len(self.bytes):
                return
            tag, kind, count = struct.unpack_from(self.order + "HHI", self.bytes, at)
            length = _BYTES.get(kind, 0) * count
            place = at + 8 if length <= 4 else self.number(at + 8, "I")
            if length and place + length <= len(self.bytes):
                yield _Entry(tag, kind, count, place, length)

    def next_pointer(self, directory: int) -> int:
        """Where the offset of the directory after this one lies."""
        return directory + 2 + 12 * self.number(directory, "H")

    def find(self, directory: int, tag: int) -> _Entry | None:
        return next((entry for entry in self.entries(directory) if entry.tag == tag), None)

    def value(self, directory: int, tag: int) -> int | None:
        """A whole number of one value, None where there is none."""
        entry = self.find(directory, tag)
        if entry is None or entry.kind not in (_SHORT, _LONG) or not entry.count:
            return None
        return self.number(entry.at, "H" if entry.kind == _SHORT else "I")

    def set_value(self, directory: int, tag: int, value: int) -> None:
        """Changes a whole number that is there."""
        entry = self.find(directory, tag)
        if entry is not None and (entry.kind == _LONG or (entry.kind == _SHORT and value < 1 << 16)):
            self.put(entry.at, "H" if entry.kind == _SHORT else "I", value)

    def blank(self, at: int, length: int) -> None:
        end = min(at + length, len(self.bytes))
        if 8 <= at < end:
            self.bytes[at:end] = bytes(end - at)

    def data(self) -> bytes:
        return self.head + bytes(self.bytes)


def _block(data: bytes | None) -> _Block | None:
    try:
        block = _Block(data or b"")
        return block if block.first else None
    except ValueError:
        return None


def orientation(data: bytes | None) -> int:
    """EXIF orientation 1..8; 1 where there is none."""
    block = _block(data)
    value = block.value(block.first, ORIENTATION) if block else None
    return value if value is not None and 1 <= value <= 8 else 1


def resolution(data: bytes | None) -> tuple[float, float] | None:
    """Pixels per inch, across and down; None where it is not told."""
    block = _block(data)
    if block is None:
        return None
    inches = {2: 1.0, 3: 2.54}.get(block.value(block.first, _UNIT) or 2)
    found = [block.find(block.first, tag) for tag in (_X_RESOLUTION, _Y_RESOLUTION)]
    values = [
        block.number(entry.at, "I") / max(1, block.number(entry.at + 4, "I"))
        for entry in found
        if entry is not None and entry.kind == _RATIONAL
    ]
    if inches is None or len(values) != 2 or min(values) <= 0:
        return None
    return values[0] * inches, values[1] * inches


def upright(
    data: bytes | None, size: tuple[int, int] | None = None, preview: bytes | None = None
) -> bytes | None:
    """The block for a picture whose pixels are upright; None for what is not EXIF.

    `size` (width, height) takes the place of that noted by the camera. The small preview in it, which
    would still show what was removed, gives way to `preview`, a JPEG, or to nothing.
    """
    block = _block(data)
    if block is None:
        return None
    block.set_value(block.first, ORIENTATION, 1)
    own = block.value(block.first, _EXIF_IFD)
    if size is not None and own is not None:
        block.set_value(own, _PIXEL_WIDTH, size[0])
        block.set_value(own, _PIXEL_HEIGHT, size[1])
    link = _blank_preview(block)
    if link is not None:
        block.put(link, "I", 0)
        if preview:
            _add_preview(block, preview)
    return block.data()


def has_preview(data: bytes | None) -> bool:
    """Whether there is a second directory, which holds a preview."""
    block = _block(data)
    try:
        return block is not None and block.number(block.next_pointer(block.first), "I") != 0
    except ValueError:
        return False


def opened(data: bytes | None) -> bytes | None:
    """The block as a photo keeps it: told upright, the bytes of its preview blank. None for no EXIF."""
    block = _block(data)
    if block is None:
        return None
    block.set_value(block.first, ORIENTATION, 1)
    _blank_preview(block)
    return block.data()


def _blank_preview(block: _Block) -> int | None:
    """Blanks the preview's bytes; where the link to its directory lies, None if there is none."""
    try:
        link = block.next_pointer(block.first)
        second = block.number(link, "I")
    except ValueError:
        return None
    if not second:
        return None
    for start, length in ((_PREVIEW_AT, _PREVIEW_LENGTH), (_STRIPS_AT, _STRIP_LENGTHS)):
        at, size = block.value(second, start), block.value(second, length)
        if at is not None and size is not None:
            block.blank(at, size)
    return link


def _add_preview(block: _Block, preview: bytes) -> None:
    """Appends a second directory with a JPEG."""
    block.bytes += bytes(len(block.bytes) % 2)
    second = len(block.bytes)
    entries = (
        (_COMPRESSION, _SHORT, 6),
        (_PREVIEW_AT, _LONG, second + 42),
        (_PREVIEW_LENGTH, _LONG, len(preview)),
    )
    out = struct.pack(block.order + "H", len(entries))
    for tag, kind, value in entries:
        form = "HHIHH" if kind == _SHORT else "HHII"
        values = (value, 0) if kind == _SHORT else (value,)
        out += struct.pack(block.order + form, tag, kind, 1, *values)
    out += struct.pack(block.order + "I", 0)
    block.bytes += out + preview
    block.put(block.next_pointer(block.first), "I", second)


def of_tiff(data: bytes) -> bytes | None:
    """What a TIFF file's own directory says of the photo, as a block by itself; None if it says nothing.

    Maker notes are kept as they are; those that count from the start of their file lose their way, as in
    every program that moves them.
    """
    block = _block(data)
    if block is None:
        return None
    kept = _copied(block, block.first, _DESCRIPTIVE)
    if not {tag for tag, *_ in kept} - {ORIENTATION}:
        return None
    return _alone(block, kept)


def holds_raw(data: bytes) -> bool:
    """Whether a TIFF file is a camera's raw photo: a DNG, or one with pixels behind a colour filter.

    The beginning of the file is enough, where its first directories lie in it.
    """
    block = _block(data)
    if block is None:
        return False
    if block.find(block.first, _DNG_VERSION) is not None:
        return True
    inner = block.find(block.first, _SUB_DIRECTORIES)
    places = [block.first]
    if inner is not None and inner.kind in (_LONG, 13):
        places += [block.number(inner.at + 4 * n, "I") for n in range(min(inner.count, _MOST_INNER))]
    return any(block.value(place, _PHOTOMETRIC) == _COLOUR_FILTER for place in places)


def byte_order(data: bytes | None) -> Literal["<", ">"]:
    """The byte order of a block; little endian where there is none."""
    block = _block(data)
    return ">" if block is not None and block.order == ">" else "<"


def into_tiff(tiff: bytes, data: bytes) -> bytes:
    """A TIFF file, written in the block's byte order, with what the block says of the photo."""
    file, block = _Block(tiff), _Block(data)
    assert file.order == block.order
    # Entries of the photo win: a writer's own resolution is a default.
    entries = {raw[0]: raw for raw in _copied(file, file.first, None)}
    entries |= {raw[0]: raw for raw in _copied(block, block.first, _DESCRIPTIVE)}
    at = len(tiff) + len(tiff) % 2
    file.bytes += bytes(at - len(tiff)) + _written(block, [entries[tag] for tag in sorted(entries)], at)
    file.put(4, "I", at)
    return file.data()


def only_rights(data: bytes | None) -> bytes | None:
    """Artist and copyright alone, as a block by itself; None where neither is there."""
    block = _block(data)
    kept = _copied(block, block.first, frozenset((_ARTIST, _COPYRIGHT))) if block else []
    if block is None or not kept:
        return None
    return _alone(block, kept)


_MOST_NESTED = 2
"""Directories in directories: Exif, and Interoperability in that."""

_Raw = tuple[int, int, int, bytes]
"""Tag, type, count, value as bytes; for a pointer to a directory that directory's place."""


def _copied(block: _Block, directory: int, wanted: frozenset[int] | None) -> list[_Raw]:
    found = {
        entry.tag: (
            entry.tag,
            entry.kind,
            entry.count,
            bytes(block.bytes[entry.at : entry.at + entry.length]),
        )
        for entry in block.entries(directory)
        if wanted is None or entry.tag in wanted
    }
    return [found[tag] for tag in sorted(found)]


def _alone(block: _Block, entries: list[_Raw]) -> bytes:
    """A block of one directory, of the byte order of another block."""
    mark = b"II*\0" if block.order == "<" else b"MM\0*"
    return HEADER + mark + struct.pack(block.order + "I", 8) + _written(block, entries, 8)


def _written(block: _Block, entries: list[_Raw], at: int, depth: int = 0) -> bytes:
    """A directory with its values behind it, to lie at an offset of the new block."""
    head = struct.pack(block.order + "H", len(entries))
    behind, place = b"", at + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        if (
            tag in (_EXIF_IFD, _GPS_IFD, _INTEROPERABILITY_IFD)
            and kind in (_LONG, 13)
            and depth < _MOST_NESTED
        ):
            inner = _copied(block, struct.unpack_from(block.order + "I", value)[0], None)
            value, more = struct.pack(block.order + "I", place), _written(block, inner, place, depth + 1)
        else:
            more = value + bytes(len(value) % 2) if len(value) > 4 else b""
            value = struct.pack(block.order + "I", place) if more else value.ljust(4, b"\0")
        head += struct.pack(block.order + "HHI", tag, kind, count) + value
        behind, place = behind + more, place + len(more)
    return head + struct.pack(block.order + "I", 0) + behind
