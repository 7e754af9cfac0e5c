"""HEIC and HEIF photos of phones, by pi-heif, which decodes only: so no GPL encoder is in the program."""

from __future__ import annotations

import io

import numpy as np

from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files.limits import check_size
from inpaint_studio.files.readers.decoded import Alpha, Decoded, Reader

_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def read_heif(data: bytes, name: str) -> Decoded:
    """The main picture, upright as the file says; more than 8 bits come as 16."""
    import pi_heif

    opened = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    check_size(name, *opened.size)
    deep = ";16" in opened.mode
    samples = np.asarray(opened)
    alpha: Alpha = "none"
    if samples.shape[2] == 4:
        alpha = "premultiplied" if opened.mode.startswith("RGBa") else "straight"
    info = opened.info
    metadata = Metadata(info.get("exif") or None, info.get("xmp") or None)
    return Decoded(
        samples, "rgb", alpha, top=65535 if deep else 255,
        icc=info.get("icc_profile") or None, metadata=metadata,
    )  # fmt: skip


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


HEIC = Reader("HEIC", (".heic", ".heif"), _is_heif, read_heif)
