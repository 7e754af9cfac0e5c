"""The photo as opened; never changed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array
from inpaint_studio.document.metadata import NO_METADATA, Metadata


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """The picture as opened, upright.

    `pixels` is H×W×3 or H×W×4 uint8 in the profile `icc` (None: sRGB), alpha straight; `deep` the
    same as uint16 for files of more than 8 bits, else None; `exif` and `data` are the file's own
    bytes (orientation already applied to pixels); `name` is the file's name.
    """

    pixels: Array
    name: str = "photo.png"
    deep: NDArray[np.uint16] | None = None
    icc: bytes | None = None
    metadata: Metadata = NO_METADATA
    data: bytes = b""
    notices: tuple[str, ...] = ()
    """Sentences for the user about what the file lacks or what was left out of it."""

    @property
    def exact(self) -> NDArray[Any]:
        """The pixels with all bits that the file has: `deep`, else `pixels`."""
        return self.pixels if self.deep is None else self.deep

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        return self.pixels.shape[1], self.pixels.shape[0]
