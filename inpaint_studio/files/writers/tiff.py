"""TIFF: compressed without loss, the alpha straight, EXIF as it is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from inpaint_studio.files.writers.codec import Beside, Writer

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array


def _write(pixels: Array, beside: Beside) -> bytes:
    import tifffile

    from inpaint_studio.files.exif import byte_order, into_tiff

    buffer = io.BytesIO()
    marks: dict[str, Any] = (
        {"extrasamples": ["unassalpha"]} if pixels.ndim == 3 and pixels.shape[2] == 4 else {}
    )
    tifffile.imwrite(
        buffer, pixels, photometric="minisblack" if pixels.ndim == 2 else "rgb", compression="adobe_deflate",
        predictor=True, byteorder=byte_order(beside.exif), iccprofile=beside.icc, metadata=None,
        software=False, **marks,
    )  # fmt: skip
    return into_tiff(buffer.getvalue(), beside.exif) if beside.exif else buffer.getvalue()


WRITER = Writer("TIFF", (".tif", ".tiff"), _write, rank=40)
