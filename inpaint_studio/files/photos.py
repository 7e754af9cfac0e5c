"""Opening photos: any common format, upright, with what their file tells about colour."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document.photo import Photo
from inpaint_studio.files.limits import DECODE_ERRORS, MAX_PHOTO_BYTES, PHOTO_FORMATS, check_size
from inpaint_studio.files.metadata import exif_of, orientation_of, profile_space
from inpaint_studio.files.png import to_bgr

if TYPE_CHECKING:
    from PIL import Image

_DEEP_MODES = frozenset(("L", "LA", "RGB", "RGBA", "I;16", "I;16L", "I;16B"))
_TIFF_BITS = 258


def open_photo(path: str | os.PathLike[str]) -> Photo:
    """The photo in a file: PNG, JPEG, WebP, TIFF, BMP, GIF (first frame) or AVIF.

    Upright; palette, grey and CMYK become RGB, 16-bit files also keep `deep`. Raises StudioError
    naming the file for what is missing, no picture, damaged or too large.
    """
    place = Path(path)
    try:
        if place.stat().st_size > MAX_PHOTO_BYTES:
            raise StudioError(
                f"“{place.name}” is larger than 2 GB. Make it smaller in another program first."
            )
        data = place.read_bytes()
    except FileNotFoundError as error:
        raise StudioError(f"“{place.name}” was not found. Check its name and folder.") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StudioError(f"“{place.name}” could not be read: {why}. Choose another file.") from error
    return photo_from_bytes(data, place.name)


def photo_from_bytes(data: bytes, name: str) -> Photo:
    """The photo in a file's bytes; see `open_photo`. `name` is used in messages and kept."""
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise StudioError(f"“{name}” is empty. Choose another file.")
    try:
        with warnings.catch_warnings():
            # Remarks about odd metadata; the pixels are what decides.
            warnings.simplefilter("ignore", UserWarning)
            return _decode(data, name)
    except UnidentifiedImageError as error:
        raise StudioError(
            f"“{name}” is not a picture this program can open. Use PNG, JPEG, WebP, TIFF, BMP, GIF or AVIF."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise StudioError(
            f"“{name}” has too many pixels. Make it smaller in another program first."
        ) from error
    except DECODE_ERRORS as error:
        raise StudioError(f"“{name}” is damaged or incomplete. Get a fresh copy of the file.") from error


def photo_from_pixels(pixels: NDArray[Any], name: str = "photo.png", icc: bytes | None = None) -> Photo:
    """A photo from an H×W, H×W×3 or H×W×4 array (uint8, or uint16 for deep pixels), copied.

    Raises ValueError for any other array.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.dtype not in (np.uint8, np.uint16) or not (
        pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))
    ):
        raise ValueError(
            f"expected H×W, H×W×3 or H×W×4 of uint8 or uint16, got {pixels.shape} {pixels.dtype}"
        )
    check_size(name, pixels.shape[1], pixels.shape[0])
    colour = np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else np.array(pixels, order="C")
    if colour.dtype == np.uint16:
        return Photo(_shallow(colour), name, colour, icc)
    return Photo(colour, name, None, icc)


def _decode(data: bytes, name: str) -> Photo:
    from PIL import Image

    # Without this only the commonest readers are known; a build of Pillow may lack AVIF.
    Image.init()
    formats = [kind for kind in PHOTO_FORMATS if kind in Image.OPEN]
    with Image.open(io.BytesIO(data), formats=formats) as picture:
        check_size(name, *picture.size)
        # Read before load(), which drops some of the info; the profile of a whole file is kept as it is.
        icc = picture.info.get("icc_profile")
        picture.load()
        turn, exif = orientation_of(picture), exif_of(picture)
        deep = _deep_pixels(picture, data)
        if deep is None:
            colour, icc = _as_rgb(picture, icc, name)
            pixels: NDArray[np.uint8] = np.array(colour, np.uint8)
        else:
            pixels = _shallow(deep)
            icc = icc if profile_space(icc) == "RGB" else None
    return Photo(
        turned(pixels, turn), name, None if deep is None else turned(deep, turn), icc or None, exif, data
    )


def _as_rgb(picture: Image.Image, icc: bytes | None, name: str) -> tuple[Image.Image, bytes | None]:
    """The picture as RGB or RGBA, and the profile its numbers are in then."""
    from PIL import Image, ImageCms

    if picture.mode in ("I", "F"):
        raise StudioError(f"“{name}” has 32-bit pixels. Save it with 8 or 16 bits in another program first.")
    if picture.mode.startswith("I;16"):
        levels = np.asarray(picture, np.uint16)
        return Image.fromarray(_shallow(levels)).convert("RGB"), None
    space = profile_space(icc)
    if picture.mode == "LAB":
        profile: Any = ImageCms.createProfile("LAB")
    elif (space, picture.mode) in (("CMYK", "CMYK"), ("GRAY", "L")):
        profile = io.BytesIO(icc or b"")
    else:
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        return picture.convert(mode), icc if space == "RGB" else None
    try:
        changed = ImageCms.profileToProfile(
            picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except ImageCms.PyCMSError:
        changed = None
    return changed or picture.convert("RGB"), None


def _deep_pixels(picture: Image.Image, data: bytes) -> NDArray[np.uint16] | None:
    """H×W×3 or H×W×4 of a 16-bit PNG or TIFF, not turned; None for other files.

    Pillow keeps 8 bits of 16-bit colour, OpenCV keeps all.
    """
    import cv2

    if picture.format == "PNG":
        bits = data[24]
    else:
        bits = max(getattr(picture, "tag_v2", {}).get(_TIFF_BITS, (8,)))
    if bits != 16 or picture.mode not in _DEEP_MODES:
        return None
    try:
        read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if read is None or read.dtype != np.uint16 or read.shape[1::-1] != picture.size:
        return None
    if read.ndim == 2:
        return np.repeat(read[:, :, None], 3, axis=2).astype(np.uint16, copy=False)
    return np.asarray(to_bgr(read), np.uint16) if read.shape[2] in (3, 4) else None


def _shallow(deep: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """8 bits of 16, rounded: 65535 / 257 = 255."""
    import cv2

    return np.asarray(cv2.convertScaleAbs(deep, alpha=1 / 257), np.uint8).reshape(deep.shape)


def turned(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Pixels made upright by their EXIF orientation 1..8 (EXIF 2.32, 4.6.4 A)."""
    import cv2

    if orientation in (5, 6, 7, 8):
        pixels = cv2.transpose(pixels)
    if orientation in (2, 3, 6, 7):
        pixels = cv2.flip(pixels, 1)
    if orientation in (3, 4, 7, 8):
        pixels = cv2.flip(pixels, 0)
    return pixels
