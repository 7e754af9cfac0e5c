"""Opening photos: any common format, upright, with what their file tells about colour."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document.photo import Photo
from inpaint_studio.files import exif
from inpaint_studio.files.limits import DECODE_ERRORS, check_size, read_file
from inpaint_studio.files.readers import reader_of, titles
from inpaint_studio.files.rgb import rgb_of

if TYPE_CHECKING:
    from inpaint_studio.files.readers import Reader


def open_photo(path: str | os.PathLike[str]) -> Photo:
    """The photo in a file of one of the kinds in `files/readers`; of several pictures the first.

    Upright; palette, grey, CMYK and Lab become RGB, 16-bit files also keep `deep`. What slight damage took
    is told in `notices`. Raises StudioError naming the file for what is missing, no picture, too damaged
    or too large.
    """
    place = Path(path)
    return photo_from_bytes(read_file(place), place.name)


def photo_from_bytes(data: bytes, name: str) -> Photo:
    """The photo in a file's bytes; see `open_photo`. `name` is used in messages and kept."""
    from PIL import Image

    if not data:
        raise StudioError(message("photo.empty", name=name))
    reader = reader_of(data)
    if reader is None:
        raise StudioError(message("photo.unknown_format", name=name, known=titles()))
    try:
        with warnings.catch_warnings():
            # Remarks about odd metadata and many pixels; what matters is decided here.
            warnings.simplefilter("ignore")
            return _decode(reader, data, name)
    except Image.DecompressionBombError as error:
        raise StudioError(message("photo.too_many_pixels", name=name)) from error
    except DECODE_ERRORS as error:
        raise StudioError(message("photo.damaged", name=name, title=reader.title)) from error


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


def _decode(reader: Reader, data: bytes, name: str) -> Photo:
    found = reader.read(data, name)
    pixels, icc = rgb_of(found)
    deep = pixels if pixels.dtype == np.uint16 else None
    return Photo(
        pixels if deep is None else _shallow(deep),
        name,
        deep,
        icc,
        replace(found.metadata, exif=exif.opened(found.metadata.exif)),
        data,
        found.notices,
    )


def _shallow(deep: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """8 bits of 16, rounded: 65535 / 257 = 255."""
    import cv2

    return np.asarray(cv2.convertScaleAbs(deep, alpha=1 / 257), np.uint8).reshape(deep.shape)
