"""Colour profiles: the document stays in the photo's; engines and the display get sRGB."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np

from inpaint_studio.basics.surface import Pixels
from inpaint_studio.render.matrix_profiles import between_matrices, matrix_profile


def _opened(icc: bytes | None) -> Any:
    """A Pillow profile, that of sRGB for None. Raises PyCMSError or OSError for what is none."""
    from PIL import ImageCms

    return ImageCms.createProfile("sRGB") if icc is None else ImageCms.ImageCmsProfile(io.BytesIO(icc))


@lru_cache(maxsize=16)
def _transform(source: bytes | None, target: bytes | None) -> Any:
    """A Pillow transform, None where it changes nothing or a profile can't be used."""
    from PIL import Image, ImageCms

    try:
        # Relative colorimetric, black point compensated, as Photoshop's defaults are.
        transform = ImageCms.buildTransform(
            _opened(source), _opened(target), "RGB", "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )  # fmt: skip
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    # What a profile does counts, not what it is called.
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    probe = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(27, 27, 3)
    changed = np.asarray(ImageCms.applyTransform(Image.fromarray(probe), transform), np.int16)
    return None if np.abs(changed - probe).max() <= 1 else transform


def profile_name(icc: bytes | None) -> str:
    """The profile's own name for people; "sRGB" where there is none."""
    if icc is None:
        return "sRGB"
    from PIL import ImageCms

    try:
        return ImageCms.getProfileDescription(_opened(icc)).strip()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return "unknown profile"


@lru_cache(maxsize=16)
def _data(icc: bytes | None) -> bytes:
    """A profile as LittleCMS takes it, that of sRGB for None."""
    from PIL import ImageCms

    return icc if icc is not None else bytes(ImageCms.ImageCmsProfile(_opened(None)).tobytes())


_INTENT, _FLAGS = 1, 0x2000 | 0x0100
"""LittleCMS's numbers for relative colorimetric, black point compensation, and no coarse tables."""


def _between(pixels: Pixels, source: bytes | None, target: bytes | None) -> Pixels:
    """As `between_profiles`, for 16 bits, which Pillow does not know."""
    given, wanted = _data(source), _data(target)
    both = matrix_profile(given), matrix_profile(wanted)
    if both[0] is not None and both[1] is not None:
        colours = between_matrices(pixels[..., :3], both[0], both[1])
    else:
        import imagecodecs

        made = imagecodecs.cms_transform(
            np.ascontiguousarray(pixels[..., :3]), given, wanted, colorspace="rgb", outcolorspace="rgb",
            outdtype="uint16", intent=_INTENT, flags=_FLAGS,
        )  # fmt: skip
        colours = np.asarray(made, np.uint16)
    return colours if pixels.shape[2] == 3 else np.dstack([colours, pixels[..., 3]])


def between_profiles(pixels: Pixels, source: bytes | None, target: bytes | None) -> Pixels:
    """H×W×3 or H×W×4 uint8 or uint16 in one RGB profile, as numbers of another; None is sRGB.

    The same array where nothing changes. Alpha stays as it is.
    """
    transform = None if source == target else _transform(source, target)
    if transform is None or not pixels.size:
        return pixels
    if pixels.dtype == np.uint16:
        return _between(pixels, source, target)
    from PIL import Image, ImageCms

    picture = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    ImageCms.applyTransform(picture, transform, inPlace=True)
    colours = np.asarray(picture, np.uint8)
    return colours if pixels.shape[2] == 3 else np.dstack([colours, pixels[..., 3]])


def to_srgb(pixels: Pixels, icc: bytes | None) -> Pixels:
    """H×W×3 or H×W×4 uint8 or uint16 in the profile `icc`, as sRGB; the same array where nothing changes."""
    return between_profiles(pixels, icc, None)
