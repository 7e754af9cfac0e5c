"""Conversion between RGB profiles of three curves and a matrix in 16 bits, as exact as these numbers are.

LittleCMS goes by way of a coarse table in 16 bits (wrong by ten levels of 255 in dark saturated colours), or
without that takes minutes for a photo. Profiles with tables of their own are left to it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float32]
"""Light 0..1 for each of the 65,536 numbers."""

_LEVELS = np.arange(65536) / 65535
_INVERSE = 1 << 17
"""Entries of the table from light to numbers, by the square root of light: the dark needs more of them."""
_ROWS = 64


@dataclass(frozen=True, slots=True, eq=False)
class MatrixProfile:
    """Three curves, and what light of the three primaries is in XYZ: the columns of `matrix`."""

    curves: tuple[Curve, Curve, Curve]
    matrix: NDArray[np.float64]

    def inverse(self, channel: int) -> NDArray[np.uint16]:
        """Numbers for light, whose square root times `_INVERSE` - 1 is the place in the table."""
        light = np.square(np.arange(_INVERSE) / (_INVERSE - 1))
        return np.rint(np.interp(light, self.curves[channel], np.arange(65536))).astype(np.uint16)


@lru_cache(maxsize=8)
def matrix_profile(icc: bytes) -> MatrixProfile | None:
    """A profile of curves and a matrix (ICC.1:2022, 8.3.3); None for one with tables, or that is damaged."""
    try:
        tags = _tags(icc)
        if (
            any(name.startswith((b"A2B", b"B2A", b"D2B", b"B2D")) for name in tags)
            or icc[16:24] != b"RGB XYZ "
        ):
            return None
        curves = tuple(_curve(tags[name + b"TRC"]) for name in (b"r", b"g", b"b"))
        columns = [np.array(struct.unpack(">3i", tags[n + b"XYZ"][8:20])) for n in (b"r", b"g", b"b")]
        matrix = np.stack(columns, axis=1) / 65536
        np.linalg.inv(matrix)
    except (KeyError, ValueError, ZeroDivisionError, struct.error, np.linalg.LinAlgError):
        return None
    rising = all((np.diff(curve) >= 0).all() and curve[-1] > curve[0] for curve in curves)
    return MatrixProfile((curves[0], curves[1], curves[2]), matrix) if rising else None


def _tags(icc: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack(">I", icc[128:132])
    found: dict[bytes, bytes] = {}
    for at in range(132, 132 + 12 * min(count, 100), 12):
        name, start, length = struct.unpack(">4sII", icc[at : at + 12])
        found[name] = icc[start : start + length]
    return found


def _curve(tag: bytes) -> Curve:
    """A tone curve: 10.6 (curveType) and 10.18 (parametricCurveType)."""
    if tag[:4] == b"para":
        (kind,) = struct.unpack(">H", tag[8:10])
        count = (1, 3, 4, 5, 7)[kind] if kind < 5 else 0
        if not count:
            raise ValueError("an unknown curve")
        numbers = [n / 65536 for n in struct.unpack(f">{count}i", tag[12 : 12 + 4 * count])]
        return _parametric(kind, numbers)
    if tag[:4] != b"curv":
        raise ValueError("no curve")
    (count,) = struct.unpack(">I", tag[8:12])
    if count == 0:
        return _LEVELS.astype(np.float32)
    values = np.frombuffer(tag, ">u2", count, 12)
    if count == 1:
        return np.asarray(np.power(_LEVELS, values[0] / 256), np.float32)
    return np.asarray(np.interp(_LEVELS, np.linspace(0, 1, count), values / 65535), np.float32)


def _parametric(kind: int, numbers: list[float]) -> Curve:
    g, a, b, c, d, e, f = numbers + [0.0] * (7 - len(numbers)) if kind else (*numbers, 1.0, 0, 0, 0, 0, 0)
    x = _LEVELS
    with np.errstate(all="ignore"):
        power = np.power(np.maximum(a * x + b, 0), g)
    match kind:
        case 0:
            out = power
        case 1:
            out = np.where(x >= -b / a, power, 0)
        case 2:
            out = np.where(x >= -b / a, power + c, c)
        case 3:
            out = np.where(x >= d, power, c * x)
        case _:
            out = np.where(x >= d, power + e, c * x + f)
    return np.clip(out, 0, 1).astype(np.float32)


def between_matrices(
    pixels: NDArray[np.uint16], source: MatrixProfile, target: MatrixProfile
) -> NDArray[np.uint16]:
    """H×W×3 numbers of one profile as those of another; what that can't hold is cut."""
    matrix = (np.linalg.inv(target.matrix) @ source.matrix).T.astype(np.float32)
    tables = [target.inverse(channel) for channel in range(3)]
    out = np.empty(pixels.shape, np.uint16)
    for top in range(0, len(pixels), _ROWS):
        part = pixels[top : top + _ROWS]
        light = np.stack([source.curves[channel][part[..., channel]] for channel in range(3)], -1) @ matrix
        at = np.rint(np.sqrt(np.clip(light, 0, 1)) * np.float32(_INVERSE - 1)).astype(np.int32)
        for channel in range(3):
            out[top : top + _ROWS, :, channel] = tables[channel][at[..., channel]]
    return out
