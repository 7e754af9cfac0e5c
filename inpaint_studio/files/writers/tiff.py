"""TIFF: compressed without loss, the alpha straight, EXIF as it is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics.parameters import Parameter
from inpaint_studio.basics.values import Choice
from inpaint_studio.files.writers.codec import Beside, Writer

if TYPE_CHECKING:
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document.metadata import Metadata

_XMP = 700
_METHODS = {"deflate": "adobe_deflate", "lzw": "lzw", "none": None}
COMPRESSION = Parameter(
    "compression", Choice(tuple(_METHODS)), "deflate", "Compression",
    "How a TIFF file is packed, in any case without loss; LZW is read by the oldest programs, too",
)  # fmt: skip


def _write(pixels: Pixels, beside: Beside, *, compression: str) -> bytes:
    import tifffile

    from inpaint_studio.files.exif import byte_order, into_tiff

    buffer, told = io.BytesIO(), beside.metadata
    marks: dict[str, Any] = (
        {"extrasamples": ["unassalpha"]} if pixels.ndim == 3 and pixels.shape[2] == 4 else {}
    )
    tifffile.imwrite(
        buffer, pixels, photometric="minisblack" if pixels.ndim == 2 else "rgb",
        compression=_METHODS[compression], predictor=compression != "none",
        byteorder=byte_order(told.exif), iccprofile=beside.icc, metadata=None, software=False,
        **marks, **_told(told),
    )  # fmt: skip
    return into_tiff(buffer.getvalue(), told.exif) if told.exif else buffer.getvalue()


def _told(metadata: Metadata) -> dict[str, Any]:
    """Resolution and XMP as tifffile takes them."""
    more: dict[str, Any] = {}
    if metadata.dpi is not None:
        more |= {"resolution": metadata.dpi, "resolutionunit": "INCH"}
    if metadata.xmp:
        more["extratags"] = [(_XMP, 1, len(metadata.xmp), metadata.xmp, True)]
    return more


WRITER = Writer("TIFF", (".tif", ".tiff"), _write, parameters=(COMPRESSION,), rank=40)
