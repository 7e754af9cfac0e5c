"""Colour profiles and EXIF: what is kept of them and what is put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.files.limits import DECODE_ERRORS

if TYPE_CHECKING:
    from PIL import Image

_ORIENTATION = 0x0112
_EXIF_IFD = 0x8769
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA002, 0xA003
# A TIFF's own directory is its EXIF: strips, sizes and the like must not travel into other files.
_GPS_IFD = 0x8825
_DESCRIPTIVE = frozenset(
    (
        *(0x010E, 0x010F, 0x0110, _ORIENTATION, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x8298),
        *(_EXIF_IFD, _GPS_IFD),
    )
)


def profile_space(icc: bytes | None) -> str | None:
    """The colour space of an ICC profile ("RGB", "GRAY", "CMYK"), None if it is no profile.

    ICC.1:2022, 7.2: signature "acsp" at byte 36, data colour space at byte 16.
    """
    if not icc or len(icc) < 128 or icc[36:40] != b"acsp":
        return None
    return icc[16:20].decode("latin-1").strip()


def orientation_of(picture: Image.Image) -> int:
    """EXIF orientation 1..8; 1 where there is none or it cannot be read."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except DECODE_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(exif: Image.Exif, size: tuple[int, int] | None) -> bytes:
    if _ORIENTATION in exif:
        exif[_ORIENTATION] = 1
    if size is not None and _EXIF_IFD in exif:
        # The size noted by the camera is wrong once the canvas was cut.
        exif.get_ifd(_EXIF_IFD).update({_PIXEL_WIDTH: size[0], _PIXEL_HEIGHT: size[1]})
    # tobytes() writes no second directory: the little preview in it would still show what was removed.
    data: bytes = exif.tobytes()
    return data


def exif_of(picture: Image.Image) -> bytes | None:
    """The EXIF of an opened picture, orientation reset, without preview; None if there is none."""
    try:
        exif = picture.getexif()
        if picture.format == "TIFF":
            for tag in set(exif) - _DESCRIPTIVE:
                del exif[tag]
        return _upright(exif, None) if set(exif) - {_ORIENTATION} else None
    except DECODE_ERRORS:
        return None


def upright_exif(data: bytes | None, size: tuple[int, int] | None = None) -> bytes | None:
    """EXIF bytes for a picture whose pixels are upright; `size` (width, height) is written into it.

    None for what is not EXIF.
    """
    from PIL import Image

    if not data:
        return None
    exif = Image.Exif()
    try:
        exif.load(data)
        return _upright(exif, size)
    except DECODE_ERRORS:
        return None
