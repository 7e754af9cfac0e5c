"""AVIF: smaller than JPEG and WebP at the same quality, with transparency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.files.writers.codec import QUALITY, Beside, Writer, with_pillow

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array


def _write(pixels: Array, beside: Beside, *, quality: float) -> bytes:
    return with_pillow(pixels, "AVIF", beside, quality=round(quality), subsampling="4:4:4")


def _available() -> bool:
    from PIL import features

    return bool(features.check("avif"))


WRITER = Writer(
    "AVIF",
    (".avif",),
    _write,
    loses=frozenset({"exactness", "16 bit"}),
    parameters=(QUALITY,),
    longest=65_536,
    available=_available,
)
