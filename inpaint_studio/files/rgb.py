"""From the numbers of a file to upright RGB: one set of rules for every depth."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.files.profiles import converted, profile_space

if TYPE_CHECKING:
    from inpaint_studio.files.readers.decoded import Decoded, Space

log = logging.getLogger(__name__)

_PROFILE_OF: dict[Space, str] = {"grey": "GRAY", "cmyk": "CMYK", "rgb": "RGB", "lab": "Lab"}


def rgb_of(found: Decoded) -> tuple[NDArray[Any], bytes | None]:
    """Upright pixels, H×W×3 or H×W×4 straight RGB(A), uint8 or uint16, and the RGB profile they are in.

    The profile is None for sRGB. Grey, CMYK and Lab become sRGB through their own profile, if they have
    one that fits (relative colorimetric, black point compensated, as Photoshop's defaults are).
    """
    samples = _full_range(found)
    colours = samples if found.alpha == "none" else samples[:, :, :-1]
    alpha = None if found.alpha == "none" else samples[:, :, -1:]
    if found.inverted:
        colours = _top(colours) - colours
    if alpha is not None and found.alpha == "premultiplied":
        colours = _straight(colours, alpha)
    rgb, icc = _in_rgb(colours, found)
    pixels = rgb if alpha is None else np.concatenate([rgb, alpha], axis=2)
    return turned(np.ascontiguousarray(pixels), found.orientation), icc


def _top(samples: NDArray[Any]) -> Any:
    return samples.dtype.type(np.iinfo(samples.dtype).max)


def _full_range(found: Decoded) -> NDArray[Any]:
    """Samples from 0 to the largest number of their type."""
    samples, most = found.samples, int(np.iinfo(found.samples.dtype).max)
    if found.top == most:
        return samples
    wide = samples.astype(np.uint32) * most + found.top // 2
    return np.minimum(wide // found.top, most).astype(samples.dtype)


def _straight(colours: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Undoes the multiplication by alpha; what is transparent becomes black."""
    top, cover = np.uint64(_top(colours)), np.maximum(alpha, 1).astype(np.uint64)
    out = np.minimum((colours * top + cover // np.uint64(2)) // cover, top)
    return np.where(alpha > 0, out, 0).astype(colours.dtype)


def _in_rgb(colours: NDArray[Any], found: Decoded) -> tuple[NDArray[Any], bytes | None]:
    """H×W×3, and the profile of these numbers, None for sRGB."""
    fits = profile_space(found.icc) == _PROFILE_OF[found.space]
    if found.space == "rgb":
        return colours, found.icc if fits else None
    if found.icc is not None and fits:
        try:
            return converted(colours, found.icc, found.space), None
        except ValueError:
            log.warning("a %s profile can't be used", found.space)
    if found.space == "grey":
        return np.repeat(colours, 3, axis=2), None
    if found.space == "lab":
        return converted(colours, None, "lab"), None
    # Without a profile: what is left of white after each ink.
    top = np.uint32(_top(colours))
    ink = colours.astype(np.uint32)
    light = (top - ink[:, :, :3]) * (top - ink[:, :, 3:])
    return ((light + top // np.uint32(2)) // top).astype(colours.dtype), None


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
