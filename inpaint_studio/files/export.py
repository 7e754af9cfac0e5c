"""Flat pictures: the whole document, or any array, as one of the kinds of files in `files/writers`."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.document.metadata import NO_METADATA, Metadata
from inpaint_studio.files.atomic import atomic_bytes
from inpaint_studio.files.exif import has_preview
from inpaint_studio.files.final_picture import on_grey
from inpaint_studio.files.limits import DECODE_ERRORS
from inpaint_studio.files.metadata import for_picture
from inpaint_studio.files.png import without_idle_alpha
from inpaint_studio.files.profiles import profile_space
from inpaint_studio.files.writers import Beside, Writer, writer_for
from inpaint_studio.render import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inpaint_studio.document import Snapshot


_PREVIEW = 160
"""Longer side of the preview in EXIF, as cameras have it (DCF)."""


def export(
    snapshot: Snapshot,
    path: str | os.PathLike[str],
    *,
    values: Mapping[str, object] = MappingProxyType({}),
    metadata: Metadata = NO_METADATA,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Writes the canvas as a picture, with the document's ICC profile and this metadata.

    The suffix decides the format: with layers if it can hold them, else flat; where it has no transparency,
    that becomes white unless another ground is chosen. Errors as `export_pixels`. May be called in any
    thread.
    """
    atomic_bytes(path, encode_snapshot(snapshot, path, values=values, metadata=metadata, progress=progress))


def encode_snapshot(
    snapshot: Snapshot,
    path: str | os.PathLike[str],
    *,
    values: Mapping[str, object] = MappingProxyType({}),
    metadata: Metadata = NO_METADATA,
    progress: Progress = NO_PROGRESS,
) -> bytes:
    """The bytes that `export` would write; errors as there."""
    writer = writer_for(path)
    dtype = writer.finish(values).dtype(deep=snapshot.state.deep)
    progress.report(0.05)
    if writer.write_layers is not None:
        _check_longest(writer, *snapshot.state.canvas[2:])
        size = snapshot.state.canvas[2:]
        told = for_picture(metadata, size, None)
        return writer.write_layers(snapshot, Beside(snapshot.icc, told), progress, dtype)
    pixels = without_idle_alpha(render(snapshot, dtype=dtype).pixels)
    progress.report(0.4)
    encoded = encode(pixels, path, icc=snapshot.icc, metadata=metadata, values=values)
    progress.report(0.9)
    return encoded


def export_pixels(
    pixels: Pixels,
    path: str | os.PathLike[str],
    *,
    icc: bytes | None = None,
    metadata: Metadata = NO_METADATA,
    values: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Writes an H×W (grey), H×W×3 or H×W×4 array, uint8 or uint16.

    `values` are those of the format's parameters, and of `final_picture.FLAT` and `DEPTH`; those for other
    formats are left out. Raises StudioError for an unknown suffix, a value that is not allowed, a picture too
    large for the format, or a place that cannot be written; the old file is then as it was.
    """
    atomic_bytes(path, encode(pixels, path, icc=icc, metadata=metadata, values=values))


def encode(
    pixels: Pixels,
    path: str | os.PathLike[str],
    *,
    icc: bytes | None = None,
    metadata: Metadata = NO_METADATA,
    values: Mapping[str, object] = MappingProxyType({}),
) -> bytes:
    """The bytes that `export_pixels` would write; errors as there."""
    writer = writer_for(path)
    chosen, finish = writer.values(values), writer.finish(values)
    width, height = finish.size(pixels.shape[1], pixels.shape[0])
    _check_longest(writer, width, height)
    pixels, icc = finish.applied(pixels, icc)
    icc = icc if pixels.ndim == 3 and profile_space(icc) == "RGB" else None
    try:
        told = for_picture(metadata, (width, height), _preview(pixels, metadata))
        return writer.write(pixels, Beside(icc, told), **chosen)
    except DECODE_ERRORS as error:
        raise StudioError(message("export.failed", title=writer.title)) from error


def _check_longest(writer: Writer, width: int, height: int) -> None:
    if writer.longest is not None and max(width, height) > writer.longest:
        raise StudioError(
            message(
                "export.too_large", title=writer.title, longest=writer.longest, width=width, height=height
            )
        )


def _preview(pixels: Pixels, metadata: Metadata) -> bytes | None:
    """A small JPEG of the picture for its EXIF, if that had one."""
    if not has_preview(metadata.exif):
        return None
    import cv2

    from inpaint_studio.files.png import to_bgr

    height, width = pixels.shape[:2]
    scale = min(1.0, _PREVIEW / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    seen = on_grey(pixels) if pixels.ndim == 3 and pixels.shape[2] == 4 else pixels
    small = as_dtype(np.asarray(cv2.resize(to_bgr(seen), size, interpolation=cv2.INTER_AREA)), np.uint8)
    done, data = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, 80))
    return data.tobytes() if done else None
