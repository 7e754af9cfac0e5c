"""Objects with a soft edge that is known, laid over photos: three kinds of edge, all drawn from fixed seeds.

What is laid on is a piece of another photo, so that colours on both sides are real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.select.objects import Area
    from inpaint_studio.basics.mask import Array

Floats = NDArray[np.float32]
Rng = np.random.Generator

FINE = 4
"""Outlines and hairs are drawn so many times larger and averaged down."""
HAND = 2.0
"""Pixels; the mask that a matte starts from follows the outline as if seen through a blur of this sigma, so
that it knows the object but no single hair."""


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """`picture` and `fore` (the object's own colours) H×W×3 uint8, `alpha` H×W 0..1, `mask` H×W bool."""

    kind: str
    picture: Array
    fore: Array
    alpha: Floats
    mask: Area


def composite(kind: str, back: Array, other: Array, seed: int) -> Composite:
    """An object cut from the photo `other` with an edge of one of KINDS over the photo `back`.

    Both H×W×3 uint8 (any sizes); the same arguments give the same picture. Mixed in the photo's own values:
    picture = alpha · object + (1 − alpha) · back. Moved edges blur the object's colours with its coverage.
    """
    rng = np.random.default_rng(seed)
    shape = back.shape[:2]
    fore = _piece(other, shape, rng)
    alpha, fore = KINDS[kind](shape, fore, rng)
    # In steps of 1/255, as alpha is kept: the endless tail of a blur is not part of an edge.
    alpha = np.rint(alpha * 255).astype(np.float32) / np.float32(255)
    cover = alpha[..., None]
    mixed = cover * fore + (1 - cover) * back.astype(np.float32)
    mask = cv2.GaussianBlur(alpha, (0, 0), HAND) > 0.5
    return Composite(kind, _bytes(mixed), _bytes(fore), alpha, np.asarray(mask))


def _bytes(values: Floats) -> Array:
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)


def _piece(photo: Array, shape: tuple[int, int], rng: Rng) -> Floats:
    """A quarter of a photo enlarged to a shape, float32: an object is more of a piece than a whole photo."""
    height, width = photo.shape[0] // 2, photo.shape[1] // 2
    top, left = int(rng.integers(height)), int(rng.integers(width))
    part = photo[top : top + height, left : left + width]
    return np.asarray(
        cv2.resize(part, shape[::-1], interpolation=cv2.INTER_CUBIC).astype(np.float32).clip(0, 255)
    )


def _outline(shape: tuple[int, int], rng: Rng) -> Floats:
    """Corners (x, y) of a lobed closed outline well inside the picture."""
    turns = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    waves = [rng.uniform(0, 0.35 / k) * np.sin(k * turns + rng.uniform(0, 2 * np.pi)) for k in range(2, 9)]
    far = min(shape) * rng.uniform(0.2, 0.28) * np.maximum(0.35, 1 + np.sum(waves, axis=0))
    centre = np.array(shape[::-1]) * rng.uniform(0.42, 0.58, 2)
    stretch = rng.uniform(0.8, 1.15, 2)
    return np.asarray(
        centre + np.stack([np.cos(turns), np.sin(turns)], 1) * far[:, None] * stretch, np.float32
    )


def _canvas(shape: tuple[int, int], outline: Floats) -> Array:
    fine = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)
    cv2.fillPoly(fine, [np.rint(outline * FINE).astype(np.int32)], 255)
    return fine


def _down(fine: Array) -> Floats:
    size = (fine.shape[1] // FINE, fine.shape[0] // FINE)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255)


def _soft(shape: tuple[int, int], fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Out of focus: sharp on one side (sigma 0.7 to 2 px), soft on the other (3 to 9 px)."""
    alpha = _down(_canvas(shape, _outline(shape, rng)))
    sharp, soft = (cv2.GaussianBlur(alpha, (0, 0), rng.uniform(*span)) for span in ((0.7, 2.0), (3.0, 9.0)))
    turn = rng.uniform(0, 2 * np.pi)
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    along = np.cos(turn) * (xs / shape[1] - 0.5) + np.sin(turn) * (ys / shape[0] - 0.5)
    share = np.clip(0.5 + 1.5 * along, 0, 1).astype(np.float32)
    return np.asarray(share * soft + (1 - share) * sharp, np.float32), fore


def _fur(shape: tuple[int, int], fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Hairs of 6 to 34 px, 1.6 px thick at the root and fading to their tips, combed one way."""
    outline = _outline(shape, rng)
    fine = _canvas(shape, outline)
    ahead = np.roll(outline, -1, 0) - np.roll(outline, 1, 0)
    out = np.stack([ahead[:, 1], -ahead[:, 0]], 1) / (np.linalg.norm(ahead, axis=1, keepdims=True) + 1e-6)
    around = float(np.linalg.norm(np.diff(outline, axis=0), axis=1).sum())
    comb, longest = rng.uniform(-0.7, 0.7), rng.uniform(14, 34)
    steps = np.linspace(0, 1, 9)[:, None]
    for place in rng.integers(0, len(outline), int(around / 2.2)):
        turn = comb + rng.normal(0, 0.3)
        first = out[place] @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        side = np.array([-first[1], first[0]]) * rng.normal(0, 0.35)
        hair = outline[place] - 2 * first + rng.uniform(6, longest) * (steps * first + steps**2 * side)
        points = np.rint(hair * FINE).astype(np.int32)
        for step in range(len(points) - 1):
            thick = max(1, round(1.6 * FINE * (1 - step / len(points))))
            cv2.line(fine, points[step].tolist(), points[step + 1].tolist(), 255, thick)
    return _down(fine), fore


def _moved(shape: tuple[int, int], fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Moved along a line of 8 to 40 px while the shutter was open."""
    alpha = _down(_canvas(shape, _outline(shape, rng)))
    length, turn = rng.uniform(8, 40), rng.uniform(0, np.pi)
    side = 2 * int(length / 2) + 3
    kernel = np.zeros((side * FINE, side * FINE), np.uint8)
    half = np.array([np.cos(turn), np.sin(turn)]) * length * FINE / 2
    ends = [np.rint(side * FINE / 2 + sign * half).astype(int).tolist() for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 255, FINE)
    weights = _down(kernel)
    weights /= weights.sum()
    blurred = cv2.filter2D(alpha, -1, weights)
    colours = cv2.filter2D(alpha[..., None] * fore, -1, weights) / np.maximum(blurred, 1e-4)[..., None]
    return np.asarray(np.clip(blurred, 0, 1), np.float32), np.asarray(np.clip(colours, 0, 255), np.float32)


KINDS: dict[str, Callable[[tuple[int, int], Floats, Rng], tuple[Floats, Floats]]] = {
    "soft": _soft,
    "fur": _fur,
    "moved": _moved,
}
