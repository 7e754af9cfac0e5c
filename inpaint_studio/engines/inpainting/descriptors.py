"""Patches as a few numbers each, so that comparing two patches is one short row against another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.engines.inpainting.pyramid import Array

Rows = NDArray[np.int16]

REACH = 3
"""Pixels from the centre of a patch to its side."""
_SIDE = 2 * REACH + 1
_SCALE = 4.0
# An orthonormal turn of red, green, blue: the first is the brightness, which differs the most.
_TURN = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32) / np.sqrt([[3], [2], [6]])
ROUGHNESS, DOWN, ACROSS, COLOURS = 0, 1, 2, 3
"""The columns of every row: what is left of a patch's brightness without its lowest frequencies, where it
lies, and from COLOURS on its lowest cosine frequencies."""
PER_COST = np.float32(1 / (_SCALE**2 * 3 * _SIDE**2))
"""Turns a squared difference of two rows into the mean squared difference of colours, levels²."""


class Waves(NamedTuple):
    """The cosine frequencies (down, across) that tell patches apart, of brightness and of both colours."""

    luma: tuple[tuple[int, int], ...]
    chroma: tuple[tuple[int, int], ...]

    @classmethod
    def up_to(cls, luma: int, chroma: int) -> Waves:
        """All whose two numbers add up to at most that."""
        return cls(*(
            tuple((u, v) for u in range(_SIDE) for v in range(_SIDE) if u + v <= most)
            for most in (luma, chroma)
        ))  # fmt: skip


FEW = Waves(
    ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0)), Waves.up_to(0, 1)[1]
)
"""Enough for photos at full size, whose patches hold little else."""
MANY = Waves.up_to(5, 3)
"""For small pictures, where letters, railings and tiles are one or two pixels wide."""


_BAND = 512
"""Rows that are described at once."""


def _cosines() -> NDArray[np.float32]:
    steps = np.arange(_SIDE)
    waves = [np.cos(np.pi * (steps + 0.5) * k / _SIDE) for k in range(_SIDE)]
    return np.array([w / np.linalg.norm(w) for w in waves], np.float32)


def described(pixels: Array, pause: Callable[[], None], waves: Waves = FEW, more: Rows | None = None) -> Rows:
    """What the 7×7 pixels around each pixel look like, H×W×N int16; the columns of their place are 0.

    Further columns follow where there are `more`, H×W×M.

    The squared difference of two rows is about that of the patches' colours: in photos nearly all of it lies
    in the lowest frequencies of the discrete cosine transform. `pixels` are H×W×3 uint8; `pause` is called
    now and then, and may raise.
    """
    height, width = pixels.shape[:2]
    own = COLOURS + len(waves.luma) + 2 * len(waves.chroma)
    out = np.empty((height, width, own + (0 if more is None else more.shape[2])), np.int16)
    for top in range(0, height, _BAND):
        first = max(0, top - REACH)
        band = _band(pixels[first : top + _BAND + REACH], waves, pause)
        out[top : top + _BAND, :, :own] = band[top - first : top - first + _BAND]
    if more is not None:
        out[..., own:] = more
    return out


def _band(pixels: Array, waves: Waves, pause: Callable[[], None]) -> Rows:
    """As `described`, but for the rows next to the upper and lower side."""
    cosines = _cosines()
    planes = cv2.split(cv2.transform(pixels.astype(np.float32), (_TURN * _SCALE).astype(np.float32)))
    columns: list[NDArray[np.int16]] = [np.zeros(pixels.shape[:2], np.int16)] * COLOURS
    rest = cv2.boxFilter(planes[0] ** 2, cv2.CV_32F, (_SIDE, _SIDE), normalize=False)
    for number, (plane, chosen) in enumerate(
        zip(planes, (waves.luma, waves.chroma, waves.chroma), strict=True)
    ):
        for u, v in chosen:
            pause()
            part = cv2.sepFilter2D(
                plane, cv2.CV_32F, cosines[u], cosines[v], borderType=cv2.BORDER_REFLECT_101
            )
            columns.append(part.astype(np.int16))
            if not number:
                rest = rest - part * part
    columns[ROUGHNESS] = np.sqrt(np.maximum(rest, 0)).astype(np.int16)
    return np.asarray(cv2.merge(columns), np.int16)


def place(rows: Rows, origin: tuple[int, int], side: int, weights: tuple[float, float]) -> None:
    """Writes where each patch lies into the columns DOWN and ACROSS of H×W×N rows.

    `origin` is the row and column of the first; patches as far apart as `side` pixels differ by `weights`
    (down, across; in levels) more than by their colours.
    """
    height, width = rows.shape[:2]
    unit = [weight / side / float(np.sqrt(PER_COST)) for weight in weights]
    rows[..., DOWN] = ((origin[0] + np.arange(height)) * unit[0])[:, None]
    rows[..., ACROSS] = ((origin[1] + np.arange(width)) * unit[1])[None, :]
