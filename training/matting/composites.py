"""Composites with known coverage, made from photos: what the network of soft edges learns from.

Every shape, edge and colour is drawn from a random generator that the caller seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.mask import Array

Floats = NDArray[Any]
"""float32: the type stubs of NumPy and OpenCV do not agree on anything narrower."""
Rng = np.random.Generator
FINE = 3
"""Shapes and hairs are drawn so many times larger and averaged down."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """`picture` H×W×3 uint8, `alpha` the true coverage and `given` the one to start from, both H×W 0..1."""

    picture: Array
    alpha: Floats
    given: Floats


def sample(photos: list[Array], side: int, rng: Rng) -> Sample:
    """A side × side piece of one photo over another with an edge of a random kind through it."""
    edge = EDGES[rng.choice(len(EDGES), p=SHARES)]
    fine = _shape(side, rng)
    fore, back = _two_pieces(photos, side, rng)
    alpha, fore = edge(fine, fore, rng)
    alpha = np.clip(alpha, 0, 1)
    mixed = alpha[..., None] * fore + (1 - alpha[..., None]) * back
    return Sample(_developed(mixed, rng), alpha, _given(alpha, rng))


def _two_pieces(photos: list[Array], side: int, rng: Rng) -> tuple[Floats, Floats]:
    first = int(rng.integers(len(photos)))
    second = first if rng.random() < 0.3 else int(rng.integers(len(photos)))
    fore, back = _piece(photos[first], side, rng), _piece(photos[second], side, rng)
    if rng.random() < 0.15:
        # Much the same colours on both sides: there only the given mask can tell.
        fore += rng.uniform(0.5, 1) * (back.mean(axis=(0, 1)) - fore.mean(axis=(0, 1)))
    return fore, back


def _piece(photo: Array, side: int, rng: Rng) -> Floats:
    """A piece of a photo, 0.5 to 3 times enlarged, turned in steps of 90°, its light changed."""
    size = min(round(side / np.exp(rng.uniform(np.log(0.5), np.log(3)))), *photo.shape[:2])
    top, left = (int(rng.integers(room - size + 1)) for room in photo.shape[:2])
    part = photo[top : top + size, left : left + size]
    how = cv2.INTER_AREA if size > side else cv2.INTER_CUBIC
    piece = cv2.resize(part, (side, side), interpolation=how).astype(np.float32)
    piece = np.rot90(piece, int(rng.integers(4)))[:, :: rng.choice((-1, 1))]
    middle = piece.mean()
    changed = (piece - middle) * rng.uniform(0.6, 1.2) + middle * rng.uniform(0.7, 1.2)
    return np.ascontiguousarray(changed + rng.uniform(-12, 12, 3), np.float32)


def _shape(side: int, rng: Rng) -> Array:
    """An object whose edge runs through the picture, drawn FINE times larger."""
    fine = np.zeros((side * FINE, side * FINE), np.uint8)
    turns = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = side * np.exp(rng.uniform(np.log(0.12), np.log(1.3)))
    if rng.random() < 0.2:
        corners = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 8)))
        far = radius * rng.uniform(0.6, 1.3, len(corners))
        ring = np.stack([np.cos(corners), np.sin(corners)], 1) * far[:, None]
    else:
        rough = rng.uniform(0, 0.5)
        waves = [rough / k * rng.normal() * np.sin(k * turns + rng.uniform(0, 6.3)) for k in range(2, 14)]
        far = radius * np.maximum(0.2, 1 + np.sum(waves, axis=0)) * rng.uniform(0.5, 1)
        ring = np.stack([np.cos(turns), rng.uniform(0.4, 1.4) * np.sin(turns)], 1) * far[:, None]
    turn = rng.uniform(0, 2 * np.pi)
    way = np.array([np.cos(turn), np.sin(turn)])
    # The middle so far from the picture's that the edge comes near it.
    centre = side * rng.uniform(0.3, 0.7, 2) + way * radius * rng.uniform(0, 1)
    cv2.fillPoly(fine, [np.rint((centre + ring) * FINE).astype(np.int32)], 255)
    if rng.random() < 0.15:
        for _ in range(int(rng.integers(1, 5))):
            ends = np.rint(rng.uniform(-0.2, 1.2, (2, 2)) * side * FINE).astype(int).tolist()
            cv2.line(fine, ends[0], ends[1], int(rng.choice((0, 255))), int(rng.integers(1, 10 * FINE)))
    return fine


def _down(fine: Array) -> Floats:
    side = fine.shape[0] // FINE
    return cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)


def _blurred(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), max(0.05, sigma)), np.float32)


def _sharp(fine: Array, fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    return _blurred(_down(fine), rng.uniform(0.1, 1.0)), fore


def _soft(fine: Array, fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Out of focus, one end of the picture more than the other."""
    alpha = _down(fine)
    less, more = (np.exp(rng.uniform(np.log(0.5), np.log(11))) for _ in range(2))
    side = alpha.shape[0]
    ramp = np.clip(np.linspace(-0.5, 1.5, side, dtype=np.float32), 0, 1)[None, :]
    share = np.rot90(np.repeat(ramp, side, 0), int(rng.integers(4)))
    return np.asarray((1 - share) * _blurred(alpha, less) + share * _blurred(alpha, more)), fore


def _fur(fine: Array, fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Hairs that grow out of the edge, thick at the root, combed, curled and of all lengths."""
    rings, _ = cv2.findContours(fine, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    edge = [np.hstack([ring[:, 0], _outward(ring[:, 0])]) for ring in rings if len(ring) > 20]
    roots = np.concatenate([*edge, np.zeros((0, 4))])
    roots = roots[((roots[:, :2] > 1) & (roots[:, :2] < len(fine) - 2)).all(axis=1)]
    if not len(roots):
        return _sharp(fine, fore, rng)
    wanted = min(1500, int(len(roots) / FINE * np.exp(rng.uniform(np.log(0.06), np.log(0.8)))))
    comb, spread, curl = rng.uniform(-0.9, 0.9), rng.uniform(0.05, 0.5), rng.uniform(0, 0.7)
    longest, thick = np.exp(rng.uniform(np.log(6), np.log(44))), rng.uniform(0.7, 3.0)
    hairs = np.zeros_like(fine)
    steps = np.linspace(0, 1, 8)[:, None]
    for x, y, dx, dy in roots[rng.integers(0, len(roots), wanted)]:
        turn = comb + rng.normal(0, spread)
        first = np.array([np.cos(turn) * dx - np.sin(turn) * dy, np.sin(turn) * dx + np.cos(turn) * dy])
        side = np.array([-first[1], first[0]]) * rng.normal(0, curl)
        length = FINE * longest * rng.uniform(0.15, 1)
        hair = np.array([x, y]) - 2 * FINE * first + length * (steps * first + steps**2 * side)
        points = np.rint(hair).astype(np.int32)
        for number in range(len(points) - 1):
            width = max(1, round(thick * FINE * (1 - number / len(points))))
            cv2.line(hairs, points[number].tolist(), points[number + 1].tolist(), 255, width)
    cover = np.maximum(_down(fine), rng.uniform(0.6, 1.0) * _down(hairs))
    return _blurred(cover, rng.choice((0.05, rng.uniform(0.2, 2.5)), p=(0.6, 0.4))), fore


def _outward(ring: NDArray[Any]) -> NDArray[np.float64]:
    """Unit normals of a closed outline, away from what it surrounds."""
    ahead = (np.roll(ring, -6, 0) - np.roll(ring, 6, 0)).astype(np.float64)
    sign = 1 if cv2.contourArea(ring[:, None], oriented=True) > 0 else -1
    normal = sign * np.stack([ahead[:, 1], -ahead[:, 0]], 1)
    return np.asarray(normal / (np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6))


def _moved(fine: Array, fore: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Blurred along a line or an arc, colours and coverage together."""
    alpha = _down(fine)
    length, turn, bend = rng.uniform(4, 44), rng.uniform(0, np.pi), rng.normal(0, 0.2)
    middle = int(np.ceil(length / 2)) + 2
    weights = np.zeros((2 * middle + 1, 2 * middle + 1), np.float32)
    for step in np.linspace(-0.5, 0.5, 4 * int(length) + 2):
        angle = turn + bend * step
        x, y = middle + length * step * np.cos(angle), middle + length * step * np.sin(angle)
        weights[round(y), round(x)] += 1
    weights = _blurred(weights / weights.sum(), 0.5)
    cover = cv2.filter2D(alpha, -1, weights, borderType=cv2.BORDER_REPLICATE)
    both = cv2.filter2D(alpha[..., None] * fore, -1, weights, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cover), np.asarray(np.clip(both / np.maximum(cover, 1e-3)[..., None], 0, 255))


EDGES: tuple[Callable[[Array, Floats, Rng], tuple[Floats, Floats]], ...] = (_sharp, _soft, _fur, _moved)
SHARES = (0.12, 0.18, 0.5, 0.2)
"""How often each kind of edge is drawn."""


def _developed(mixed: Floats, rng: Rng) -> Array:
    """As a camera would have kept it: noise, and the marks of JPEG."""
    if rng.random() < 0.4:
        mixed = mixed + rng.normal(0, rng.uniform(1, 6), mixed.shape)
    picture = np.asarray(np.clip(mixed + 0.5, 0, 255), np.uint8)
    if rng.random() < 0.3:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 97))])
        picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return picture


def _given(alpha: Floats, rng: Rng) -> Floats:
    """A rough mask as selectors and hands make it, or the answer for a smaller picture, enlarged."""
    if rng.random() < 0.25:
        return _enlarged(alpha, float(rng.uniform(1.5, 4)), rng)
    rough = _blurred(alpha, rng.uniform(0.5, 4))
    if rng.random() < 0.5:
        ys, xs = np.mgrid[: alpha.shape[0], : alpha.shape[1]].astype(np.float32)
        sway = rng.normal(0, 1, (2, *alpha.shape)).astype(np.float32)
        sigma, most = rng.uniform(6, 25), rng.uniform(0.5, 4)
        dx, dy = (most * s / (np.abs(s).max() + 1e-6) for s in (_blurred(w, sigma) for w in sway))
        rough = cv2.remap(rough, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(rough > rng.normal(0.5, 0.07), np.float32)


def _enlarged(alpha: Floats, times: float, rng: Rng) -> Floats:
    size = max(8, round(alpha.shape[0] / times))
    small = cv2.resize(alpha, (size, size), interpolation=cv2.INTER_AREA)
    small = _blurred(small, rng.uniform(0.05, 0.7))
    doubt = rng.normal(0, rng.uniform(0, 0.3), small.shape).astype(np.float32)
    small = small + small * (1 - small) * doubt
    return np.asarray(np.clip(cv2.resize(np.asarray(small, np.float32), alpha.shape[::-1]), 0, 1), np.float32)
