"""How much of a stranger's file is read before it is refused."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError

if TYPE_CHECKING:
    from pathlib import Path

MAX_PIXELS = 200_000_000
"""Pixels of one picture."""
MAX_TOTAL_PIXELS = 1_000_000_000
"""Pixels of all pictures of one project together."""
MAX_SIDE = 100_000
"""Width or height of one picture, pixels."""
MAX_PHOTO_BYTES = 2 << 30

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 2 << 30
MAX_TOTAL_BYTES = 8 << 30
MAX_TEXT_BYTES = 64 << 20
"""Bytes of one XML or JSON member."""
MAX_RATIO = 200
"""Unpacked to packed bytes of a zip member larger than `RATIO_FROM_BYTES`."""
RATIO_FROM_BYTES = 32 << 20
MAX_STACK_DEPTH = 64

DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow and OpenCV's readers raise for damaged files."""


def check_size(name: str, width: int, height: int) -> None:
    """Raises StudioError if a picture is larger than this program opens."""
    if width < 1 or height < 1:
        raise StudioError(message("photo.no_pixels", name=name))
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise StudioError(
            message("photo.too_large", name=name, width=width, height=height, most=MAX_PIXELS // 1000000)
        )


def read_file(place: Path) -> bytes:
    """The bytes of a file. StudioError for what is missing, no file, unreadable or larger than 2 GB."""
    try:
        if not place.is_file() and place.exists():
            raise StudioError(message("photo.is_folder", name=place.name))
        if place.stat().st_size > MAX_PHOTO_BYTES:
            raise StudioError(message("photo.file_too_large", name=place.name))
        return place.read_bytes()
    except FileNotFoundError as error:
        raise StudioError(message("file.not_found", name=place.name)) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StudioError(message("photo.unreadable", name=place.name, why=why)) from error


@dataclass(slots=True)
class PixelBudget:
    """Counts the pixels of all pictures of one file."""

    name: str
    left: int = MAX_TOTAL_PIXELS

    def take(self, width: int, height: int) -> None:
        """Raises StudioError if this picture, or all together, are too large."""
        check_size(self.name, width, height)
        self.left -= width * height
        if self.left < 0:
            raise StudioError(message("project.too_large", name=self.name, most=MAX_TOTAL_PIXELS // 1000000))
