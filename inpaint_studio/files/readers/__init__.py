"""The kinds of picture files that can be opened, one file each."""

from __future__ import annotations

from inpaint_studio.files.readers import heif, jpeg, pillow, png, psd, raw, tiff
from inpaint_studio.files.readers.decoded import Decoded, Reader

READERS: tuple[Reader, ...] = (jpeg.JPEG, png.PNG, raw.RAW, tiff.TIFF, heif.HEIC, psd.PSD, *pillow.PLAIN)
"""In the order in which a file is offered to them."""


def reader_of(data: bytes) -> Reader | None:
    """The reader that knows a file by its first bytes."""
    return next((reader for reader in READERS if reader.recognises(data)), None)


def suffixes() -> tuple[str, ...]:
    """The usual suffixes of all kinds, as ".png"."""
    return tuple(suffix for reader in READERS for suffix in reader.suffixes)


def titles() -> str:
    """The kinds as a sentence has them: "JPEG, PNG and GIF"."""
    names = [reader.title for reader in READERS]
    return f"{', '.join(names[:-1])} and {names[-1]}"


__all__ = ["READERS", "Decoded", "Reader", "reader_of", "suffixes", "titles"]
