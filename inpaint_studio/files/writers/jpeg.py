"""JPEG: small, and read everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.files.writers.codec import QUALITY, Beside, Writer, with_pillow

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document.metadata import Metadata

_MOST = 65_533 - 29
"""Bytes of a segment, less the mark at its beginning."""


def _write(pixels: Array, beside: Beside, *, quality: float) -> bytes:
    from inpaint_studio.files.exif import HEADER

    told = beside.metadata
    if told.exif and not told.exif.startswith(HEADER):
        beside = replace(beside, metadata=replace(told, exif=HEADER + told.exif))
    _check(beside.metadata)
    more = {} if told.dpi is None else {"dpi": told.dpi}
    # Where quality counts, colours keep their full size, too.
    subsampling = "4:4:4" if quality >= 90 else "4:2:0"
    return with_pillow(pixels, "JPEG", beside, quality=round(quality), subsampling=subsampling, **more)


def _check(metadata: Metadata) -> None:
    """Raises StudioError for more than the parts of a JPEG hold."""
    for name, data in (("EXIF", metadata.exif), ("XMP", metadata.xmp)):
        if data and len(data) > _MOST:
            raise StudioError(message("export.metadata_too_large", name=name, bytes=len(data)))


WRITER = Writer(
    "JPEG",
    (".jpg", ".jpeg"),
    _write,
    loses=frozenset({"transparency", "exactness", "16 bit"}),
    parameters=(QUALITY,),
    longest=65_500,
    rank=20,
)
