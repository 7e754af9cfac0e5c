"""Colour profiles: the document stays in the photo's; engines and the display get sRGB."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np

from inpaint_studio.basics.mask import Array


@lru_cache(maxsize=8)
def _transform(icc: bytes) -> Any:
    """A Pillow transform to sRGB, None if the profile is sRGB already or can't be used."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if "srgb" in ImageCms.getProfileDescription(profile).lower():
            return None
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def profile_name(icc: bytes | None) -> str:
    """The profile's own name for people; "sRGB" where there is none."""
    if icc is None:
        return "sRGB"
    from PIL import ImageCms

    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc))).strip()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return "unknown profile"


def to_srgb(pixels: Array, icc: bytes | None) -> Array:
    """H×W×3 or H×W×4 uint8 in the profile `icc`, as sRGB; the same array where nothing changes."""
    transform = _transform(icc) if icc else None
    if transform is None or not pixels.size:
        return pixels
    from PIL import Image, ImageCms

    picture = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    ImageCms.applyTransform(picture, transform, inPlace=True)
    colours = np.asarray(picture, np.uint8)
    return colours if pixels.shape[2] == 3 else np.dstack([colours, pixels[..., 3]])
