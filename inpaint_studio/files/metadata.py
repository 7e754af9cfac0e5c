"""Which metadata goes into a file, and what of it has to change for a picture that was edited."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files import exif

Keep = Literal["all", "copyright", "none"]
KEEP: tuple[Keep, ...] = ("all", "copyright", "none")
"""All metadata, artist and copyright alone, or none. The resolution is kept in any case."""

_RIGHTS = ("author", "copyright")
"""PNG keywords that say whose a picture is, in lower case."""
_XMP_ORIENTATION = re.compile(rb"""(tiff:Orientation\s*(?:=\s*["']|>\s*))[1-8]""")
_XMP_PREVIEW = re.compile(rb"<xmp:Thumbnails>.*?</xmp:Thumbnails>", re.DOTALL)


def kept(metadata: Metadata, keep: Keep) -> Metadata:
    """As much of a photo's metadata as is to be kept."""
    if keep == "all":
        return metadata
    if keep == "none":
        return Metadata(dpi=metadata.dpi)
    texts = tuple((key, text) for key, text in metadata.texts if key.lower() in _RIGHTS)
    return Metadata(exif.only_rights(metadata.exif), None, texts, metadata.dpi)


def for_picture(metadata: Metadata, size: tuple[int, int], preview: bytes | None = None) -> Metadata:
    """Metadata for upright pixels of a size (width, height): told so, old previews gone or renewed.

    `preview` is a JPEG that takes the place of the EXIF's own, if it had one.
    """
    xmp = metadata.xmp
    if xmp is not None:
        xmp = _XMP_PREVIEW.sub(b"", _XMP_ORIENTATION.sub(rb"\g<1>1", xmp))
    return replace(metadata, exif=exif.upright(metadata.exif, size, preview), xmp=xmp)
