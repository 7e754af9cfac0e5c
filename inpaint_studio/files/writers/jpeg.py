"""JPEG: small, and read everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.files.writers.codec import QUALITY, Beside, Writer, with_pillow

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array


def _write(pixels: Array, beside: Beside, *, quality: float) -> bytes:
    from inpaint_studio.files.exif import HEADER

    if beside.exif and not beside.exif.startswith(HEADER):
        beside = replace(beside, exif=HEADER + beside.exif)
    # Where quality counts, colours keep their full size, too.
    subsampling = "4:4:4" if quality >= 90 else "4:2:0"
    return with_pillow(pixels, "JPEG", beside, quality=round(quality), subsampling=subsampling)


WRITER = Writer(
    "JPEG",
    (".jpg", ".jpeg"),
    _write,
    loses=frozenset({"transparency", "exactness", "16 bit"}),
    parameters=(QUALITY,),
    longest=65_500,
    rank=20,
)
