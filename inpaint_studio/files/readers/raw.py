"""Raw photos of cameras, developed by LibRaw with the camera's white balance; needs the optional rawpy."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files import exif as exif_blocks
from inpaint_studio.files.limits import check_size
from inpaint_studio.files.readers.decoded import Decoded, Reader

_MARKS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
"""How files of Fujifilm, Olympus and Panasonic begin; all others are TIFF files or, of Canon, like MP4."""
_HEAD = 1 << 16
"""Bytes in which a camera writes its first directory."""
_SRGB_CURVE = (2.4, 12.92)


def read_raw(data: bytes, name: str) -> Decoded:
    """The photo upright, in sRGB, 16 bits, as bright as it was exposed.

    Raises StudioError where rawpy is not installed.
    """
    try:
        import rawpy
    except ImportError as error:
        raise StudioError(message("photo.raw_needs_rawpy", name=name)) from error
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            check_size(name, raw.sizes.width, raw.sizes.height)
            samples: Any = raw.postprocess(
                use_camera_wb=True, no_auto_bright=True, output_bps=16, gamma=_SRGB_CURVE,
                output_color=rawpy.ColorSpace.sRGB,
            )  # fmt: skip
    except rawpy.LibRawError as error:
        raise ValueError(str(error)) from error
    notice = f"“{name}” is a raw photo, developed with the camera's white balance and exposure."
    metadata = Metadata(exif_blocks.of_tiff(data))
    return Decoded(np.asarray(samples, np.uint16), "rgb", top=65535, metadata=metadata, notices=(notice,))


def _is_raw(data: bytes) -> bool:
    return data.startswith(_MARKS) or data[4:12] == b"ftypcrx " or exif_blocks.holds_raw(data[:_HEAD])


RAW = Reader(
    "camera RAW", (".dng", ".nef", ".cr2", ".cr3", ".arw", ".raf", ".orf", ".rw2", ".pef"), _is_raw, read_raw
)
