"""WebP: small, with transparency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.files.writers.codec import QUALITY, Beside, Writer, with_pillow

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array


def _write(pixels: Array, beside: Beside, *, quality: float) -> bytes:
    return with_pillow(pixels, "WEBP", beside, quality=round(quality), method=3)


WRITER = Writer(
    "WebP",
    (".webp",),
    _write,
    loses=frozenset({"exactness", "16 bit"}),
    parameters=(QUALITY,),
    longest=16_383,
    rank=30,
)
