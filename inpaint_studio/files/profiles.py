"""Colour profiles as files hold them, and conversion between them by LittleCMS, at any depth."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from inpaint_studio.files.readers.decoded import Space

_RELATIVE_COLORIMETRIC: Final = 1
_BLACK_POINT_COMPENSATION: Final = 0x2000
_NAMES: dict[Space, str] = {"grey": "gray", "rgb": "rgb", "cmyk": "cmyk", "lab": "lab"}


def profile_space(icc: bytes | None) -> str | None:
    """The colour space of an ICC profile ("RGB", "GRAY", "CMYK"), None if it is no profile.

    ICC.1:2022, 7.2: signature "acsp" at byte 36, data colour space at byte 16.
    """
    if not icc or len(icc) < 128 or icc[36:40] != b"acsp":
        return None
    return icc[16:20].decode("latin-1").strip()


def srgb() -> bytes:
    """An sRGB profile."""
    return _built_in("sRGB")


@lru_cache(maxsize=4)
def _built_in(name: Literal["LAB", "sRGB"]) -> bytes:
    from PIL import ImageCms

    made = bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes())
    # The moment it was made, ICC.1:2022, 7.2.8: else the same document would give other files at other times.
    return made[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + made[36:]


def converted(samples: NDArray[Any], source: bytes | None, space: Space = "rgb") -> NDArray[Any]:
    """H×W×C numbers of `space` in the profile `source`, as H×W×3 sRGB.

    uint8 or uint16, which the result is too; `source` None is sRGB, or Lab for that space. Relative
    colorimetric with black point compensation. Raises ValueError for a profile that can't be used.
    """
    import imagecodecs

    own = source if source is not None else _built_in("LAB" if space == "lab" else "sRGB")
    given = samples[:, :, 0] if space == "grey" else samples
    try:
        out = imagecodecs.cms_transform(
            np.ascontiguousarray(given), own, _built_in("sRGB"),
            colorspace=_NAMES[space], outcolorspace="rgb", outdtype=samples.dtype.name,
            intent=_RELATIVE_COLORIMETRIC, flags=_BLACK_POINT_COMPENSATION,
        )  # fmt: skip
    except (imagecodecs.CmsError, RuntimeError) as error:
        raise ValueError(str(error)) from error
    return np.asarray(out, samples.dtype).reshape(*samples.shape[:2], 3)
