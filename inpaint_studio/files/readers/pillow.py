"""What Pillow reads whole: the formats of 8 bits, and the first picture of the animated ones."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files import exif as exif_blocks
from inpaint_studio.files.limits import DECODE_ERRORS, check_size
from inpaint_studio.files.readers.decoded import Alpha, Decoded, Reader, Space

if TYPE_CHECKING:
    from PIL import Image

_XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
_SPACES: dict[str, tuple[Space, Alpha]] = {
    "L": ("grey", "none"),
    "LA": ("grey", "straight"),
    "RGB": ("rgb", "none"),
    "RGBA": ("rgb", "straight"),
    "CMYK": ("cmyk", "none"),
    "LAB": ("lab", "none"),
}


def read_plain(data: bytes, name: str, kind: str) -> Decoded:
    """The first picture of a file that Pillow knows as `kind`, its palette resolved."""
    from PIL import Image

    Image.init()
    if kind not in Image.OPEN:
        raise StudioError(message("photo.cannot_read_here", name=name, kind=kind))
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        check_size(name, *picture.size)
        # Read before load(), which drops some of the info.
        icc, metadata = picture.info.get("icc_profile"), metadata_of(picture)
        frames = getattr(picture, "n_frames", 1)
        orientation = _orientation(picture)
        picture.load()
        shown = _in_known_mode(picture)
        space, alpha = _SPACES[shown.mode]
        samples: Any = np.asarray(shown, np.uint8)
    notices = (f"“{name}” is animated; its first picture is opened.",) if frames > 1 else ()
    return Decoded(
        samples if samples.ndim == 3 else samples[:, :, None], space, alpha,
        icc=icc or None, metadata=metadata, orientation=orientation, notices=notices,
    )  # fmt: skip


def metadata_of(picture: Image.Image) -> Metadata:
    """What Pillow found beside the pixels."""
    info = picture.info
    exif, xmp = info.get("exif") or None, info.get("xmp") or None
    found = {**info, **getattr(picture, "text", {})} if picture.format == "PNG" else {}
    texts = {k: str(v) for k, v in found.items() if isinstance(v, str) and k not in _XMP_KEYS}
    return Metadata(
        exif,
        xmp.encode() if isinstance(xmp, str) else xmp,
        tuple(texts.items()),
        _dpi(info.get("dpi")) or exif_blocks.resolution(exif),
    )


def _dpi(value: Any) -> tuple[float, float] | None:
    """Pixels per inch, if they make sense."""
    try:
        across, down = (float(number) for number in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 < across < 1e6 and 1 < down < 1e6 else None


def _orientation(picture: Image.Image) -> int:
    """As EXIF has it, or XMP where there is no EXIF."""
    try:
        value = picture.getexif().get(exif_blocks.ORIENTATION, 1)
    except DECODE_ERRORS:
        return exif_blocks.orientation(picture.info.get("exif"))
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _in_known_mode(picture: Image.Image) -> Image.Image:
    """Palettes, bits and keyed-out colours as plain channels; grey stays grey."""
    grey = picture.mode in ("1", "L", "LA")
    if picture.has_transparency_data and picture.mode not in ("RGBA", "LA"):
        return picture.convert("LA" if grey else "RGBA")
    if picture.mode in _SPACES:
        return picture
    return picture.convert("L" if grey else "RGB")


def _starts_with(*marks: bytes) -> Any:
    return lambda data: data.startswith(marks)


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _is_avif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis")


PLAIN = (
    Reader("WebP", (".webp",), _is_webp, partial(read_plain, kind="WEBP")),
    Reader("AVIF", (".avif",), _is_avif, partial(read_plain, kind="AVIF")),
    Reader("GIF", (".gif",), _starts_with(b"GIF8"), partial(read_plain, kind="GIF")),
    Reader("BMP", (".bmp",), _starts_with(b"BM"), partial(read_plain, kind="BMP")),
)
