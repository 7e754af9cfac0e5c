"""Flat pictures: the whole document, or any array, as PNG, JPEG, WebP or TIFF."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError
from inpaint_studio.basics.mask import Array
from inpaint_studio.files.atomic import atomic_bytes
from inpaint_studio.files.exif import byte_order, into_tiff, upright
from inpaint_studio.files.limits import DECODE_ERRORS
from inpaint_studio.files.png import encode_png, without_idle_alpha
from inpaint_studio.files.profiles import profile_space
from inpaint_studio.render import render

if TYPE_CHECKING:
    from inpaint_studio.document import Snapshot

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
"""Pillow's format by the suffix of the file to write."""

_LONGEST = {"JPEG": 65_500, "WEBP": 16_383}


def export(
    snapshot: Snapshot,
    path: str | os.PathLike[str],
    *,
    quality: int = 92,
    exif: bytes | None = None,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Writes the canvas as one flat picture, with the document's ICC profile and this EXIF.

    The suffix decides the format. Transparency is kept, except in JPEG, where it is flattened on
    white. Errors as `export_pixels`. May be called in any thread.
    """
    format_of(path)
    progress.report(0.05)
    pixels = without_idle_alpha(render(snapshot).pixels)
    progress.report(0.4)
    encoded = encode(pixels, path, icc=snapshot.icc, exif=exif, quality=quality)
    progress.report(0.9)
    atomic_bytes(path, encoded)


def export_pixels(
    pixels: Array,
    path: str | os.PathLike[str],
    *,
    icc: bytes | None = None,
    exif: bytes | None = None,
    quality: int = 92,
) -> None:
    """Writes an H×W (grey), H×W×3 or H×W×4 uint8 array; `quality` 1..100 is for JPEG and WebP.

    JPEG has no transparency: what is behind the picture becomes white. Raises StudioError for an
    unknown suffix, a picture too large for the format, or a place that cannot be written; the old
    file is then as it was.
    """
    atomic_bytes(path, encode(pixels, path, icc=icc, exif=exif, quality=quality))


def encode(
    pixels: Array,
    path: str | os.PathLike[str],
    *,
    icc: bytes | None = None,
    exif: bytes | None = None,
    quality: int = 92,
) -> bytes:
    """The bytes that `export_pixels` would write; errors as there."""
    kind = format_of(path)
    if not 1 <= quality <= 100:
        raise StudioError(f"A quality of {quality} does not exist. Choose one from 1 to 100.")
    height, width = pixels.shape[:2]
    if max(width, height) > _LONGEST.get(kind, width + height):
        raise StudioError(
            f"{kind} holds at most {_LONGEST[kind]} pixels a side, this picture is {width} × {height}. "
            "Export it as PNG or TIFF."
        )
    icc = icc if pixels.ndim == 3 and profile_space(icc) == "RGB" else None
    return _encoded(pixels, kind, icc, upright(exif, (width, height)), quality)


def format_of(path: str | os.PathLike[str]) -> str:
    """Pillow's name of the format that a path asks for. Raises StudioError for an unknown suffix."""
    place = Path(path)
    kind = FORMATS.get(place.suffix.lower())
    if kind is None:
        known = ", ".join(FORMATS)
        raise StudioError(f"“{place.name}” has no suffix that can be exported. Use one of {known}.")
    return kind


def on_white(pixels: Array) -> Array:
    """Straight RGBA flattened on white, H×W×3."""
    alpha = pixels[:, :, 3:].astype(np.uint16)
    mixed = pixels[:, :, :3] * alpha + 255 * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def _encoded(pixels: Array, kind: str, icc: bytes | None, exif: bytes | None, quality: int) -> bytes:
    from PIL import Image

    if kind == "PNG":
        return encode_png(pixels, icc=icc, exif=exif, small=True)
    if kind == "TIFF":
        return _tiff(pixels, icc, exif)
    if kind == "JPEG" and pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = on_white(pixels)
    options = _options(kind, quality)
    if icc:
        options["icc_profile"] = icc
    if exif:
        options["exif"] = exif
    buffer = io.BytesIO()
    try:
        Image.fromarray(pixels).save(buffer, kind, **options)
    except DECODE_ERRORS as error:
        raise StudioError(f"The picture could not be written as {kind}. Export it as PNG instead.") from error
    return buffer.getvalue()


def _options(kind: str, quality: int) -> dict[str, Any]:
    if kind == "JPEG":
        return {"quality": quality, "subsampling": "4:4:4" if quality >= 90 else "4:2:0"}
    return {"quality": quality, "method": 3}


def _tiff(pixels: Array, icc: bytes | None, exif: bytes | None) -> bytes:
    """Compressed without loss, the alpha straight, EXIF as it is."""
    import tifffile

    buffer = io.BytesIO()
    marks: dict[str, Any] = (
        {"extrasamples": ["unassalpha"]} if pixels.ndim == 3 and pixels.shape[2] == 4 else {}
    )
    tifffile.imwrite(
        buffer, pixels, photometric="minisblack" if pixels.ndim == 2 else "rgb", compression="adobe_deflate",
        predictor=True, byteorder=byte_order(exif), iccprofile=icc, metadata=None, software=False, **marks,
    )  # fmt: skip
    return into_tiff(buffer.getvalue(), exif) if exif else buffer.getvalue()
