"""What happens to a flat picture on its way into a file: its size, its colours, its ground and its bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.parameters import Parameter, values_for
from inpaint_studio.basics.surface import Pixels, as_dtype, full
from inpaint_studio.basics.values import Choice, Number
from inpaint_studio.render.colour import between_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import DTypeLike

_ROWS = 256
"""Rows that are worked on at once: numbers of 32 bits take much room."""
_GROUNDS = {"white": 255, "black": 0, "grey": 128}

DEPTH = Parameter(
    "depth", Choice(("automatic", "8-bit", "16-bit")), "automatic", "Bit depth",
    "Bits a channel where the format holds 16; automatic is as the picture has them",
)  # fmt: skip
FLAT: tuple[Parameter, ...] = (
    Parameter("scale", Number(0.01, 4, "%", 100), 1.0, "Scale", "The size as a share of the picture's own"),
    Parameter(
        "profile", Choice(("embedded", "srgb")), "embedded", "Colours",
        "Embed the photo's colour profile, or convert the colours to sRGB",
    ),
    Parameter(
        "ground", Choice(("transparent", *_GROUNDS)), "transparent", "Ground",
        "What see-through pixels are laid on; white where the format has no transparency",
    ),
)  # fmt: skip
"""What can be chosen for flat pictures of any format."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The choices, and whether the format `keeps_alpha` and `keeps_depth`."""

    scale: float
    profile: str
    ground: str
    depth: str
    keeps_alpha: bool
    keeps_depth: bool

    @classmethod
    def of(cls, values: Mapping[str, object], *, keeps_alpha: bool, keeps_depth: bool) -> Finish:
        """From chosen values; those for others are left out. StudioError for one that is not allowed."""
        chosen = values_for((DEPTH, *FLAT), values)
        return cls(
            float(chosen["scale"]), str(chosen["profile"]), str(chosen["ground"]), str(chosen["depth"]),
            keeps_alpha, keeps_depth,
        )  # fmt: skip

    def dtype(self, *, deep: bool) -> DTypeLike:
        """uint16 or uint8, for a picture that has 16 bits or not."""
        wanted = deep if self.depth == "automatic" else self.depth == "16-bit"
        return np.uint16 if wanted and self.keeps_depth else np.uint8

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in the file."""
        return max(1, round(width * self.scale)), max(1, round(height * self.scale))

    def applied(self, pixels: Pixels, icc: bytes | None) -> tuple[Pixels, bytes | None]:
        """H×W, H×W×3 or H×W×4 pixels (uint8 or uint16) as they go into the file, and their profile."""
        size = self.size(pixels.shape[1], pixels.shape[0])
        out = pixels if self.scale == 1 else resized(pixels, size)
        if out.ndim == 3 and self.profile == "srgb":
            out, icc = between_profiles(out, icc, None), None
        if out.ndim == 3 and out.shape[2] == 4 and (self.ground != "transparent" or not self.keeps_alpha):
            out = on_grey(out, _GROUNDS.get(self.ground, 255))
        return as_dtype(out, self.dtype(deep=pixels.dtype == np.uint16)), icc


def on_grey(pixels: Pixels, level: int = 255) -> Pixels:
    """Straight RGBA laid on white, or on another grey (0..255), H×W×3."""
    most = full(pixels.dtype)
    out = np.empty((*pixels.shape[:2], 3), pixels.dtype)
    for top in range(0, len(out), _ROWS):
        part = pixels[top : top + _ROWS]
        alpha = part[:, :, 3:].astype(np.uint32)
        mixed = part[:, :, :3] * alpha + np.uint32(level * (most // 255)) * (most - alpha)
        out[top : top + _ROWS] = (mixed + np.uint32(most // 2)) // np.uint32(most)
    return out


def resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Pixels made larger or smaller to a size (width, height); what is see-through mixes no colours in."""
    import cv2

    smaller = size[0] * size[1] < pixels.shape[0] * pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    most = full(pixels.dtype)
    if pixels.ndim == 2 or pixels.shape[2] == 3 or (pixels[..., 3] == most).all():
        return np.asarray(cv2.resize(pixels, size, interpolation=how))
    weighted = pixels.astype(np.float32)
    weighted[..., :3] *= weighted[..., 3:] / np.float32(most)
    out = np.asarray(cv2.resize(weighted, size, interpolation=how), np.float32)
    out[..., :3] *= np.float32(most) / np.maximum(out[..., 3:], np.float32(1e-3))
    return np.rint(np.clip(out, 0, most)).astype(pixels.dtype)
