"""How pictures are spoiled for training: holes, and noise, blur, JPEG blocks, small size."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from training.common.samples import Array

SHARES = 0.05, 0.5
"""Least and largest share of a crop that is a hole."""
KINDS = ("strokes", "boxes", "outlines")
_ODDS = (0.45, 0.15, 0.4)
"""How often each kind of hole comes."""
_TRIES = 24


def hole(side: int, outlines: Sequence[Array], rng: np.random.Generator) -> Array:
    """A side×side hole, 0 or 1: brush strokes, boxes, or outlines of things, until a share is reached.

    Strokes as in J. Yu et al., "Free-Form Image Inpainting with Gated Convolution" (ICCV 2019).
    """
    out = np.zeros((side, side), np.uint8)
    kind = str(rng.choice(KINDS, p=_ODDS)) if outlines else str(rng.choice(KINDS[:2]))
    wanted = rng.uniform(*SHARES)
    for _ in range(_TRIES):
        before = out.copy()
        if kind == "strokes":
            _stroke(out, rng)
        elif kind == "boxes":
            _box(out, wanted, rng)
        else:
            _outline(out, outlines[int(rng.integers(len(outlines)))], rng)
        if out.mean() > 0.75:  # a network needs something to go by
            out = before
        if out.mean() >= wanted:
            break
    if not out.any():
        out[side // 4 : side // 2, side // 4 : side // 2] = 1
    return out


def _stroke(out: Array, rng: np.random.Generator) -> None:
    side = len(out)
    width = int(rng.uniform(0.05, 0.2) * side) + 1
    point, angle = rng.uniform(0, side, 2), rng.uniform(0, 2 * np.pi)
    for _ in range(int(rng.integers(2, 8))):
        angle += rng.normal(0, 0.9)
        length = rng.uniform(0.08, 0.35) * side
        end = np.clip(point + length * np.array((np.cos(angle), np.sin(angle))), 0, side - 1)
        cv2.line(out, (int(point[0]), int(point[1])), (int(end[0]), int(end[1])), 1, width)
        cv2.circle(out, (int(end[0]), int(end[1])), width // 2, 1, -1)
        point = end


def _box(out: Array, wanted: float, rng: np.random.Generator) -> None:
    side = len(out)
    area, ratio = rng.uniform(0.5, 1.0) * wanted * side**2, np.exp(rng.uniform(-0.8, 0.8))
    w, h = (int(np.clip(length, 2, 0.9 * side)) for length in (np.sqrt(area * ratio), np.sqrt(area / ratio)))
    x, y = int(rng.integers(0, side - w + 1)), int(rng.integers(0, side - h + 1))
    out[y : y + h, x : x + w] = 1


def _outline(out: Array, outline: Array, rng: np.random.Generator) -> None:
    """An outline at a random size and place, mirrored every other time, grown as holes are."""
    side = len(out)
    scale = rng.uniform(0.25, 0.85) * side / max(outline.shape)
    size = max(2, round(outline.shape[1] * scale)), max(2, round(outline.shape[0] * scale))
    shape = cv2.resize(outline[:, :: int(rng.choice((-1, 1)))], size, interpolation=cv2.INTER_NEAREST)
    shape = cv2.dilate(cv2.copyMakeBorder(shape, 3, 3, 3, 3, cv2.BORDER_CONSTANT), np.ones((5, 5), np.uint8))
    h, w = shape.shape
    x, y = (int(rng.integers(-length // 4, max(1, side - 3 * length // 4))) for length in (w, h))
    top, left = max(0, -y), max(0, -x)
    part = shape[top : side - y, left : side - x]
    target = out[y + top : y + top + part.shape[0], x + left : x + left + part.shape[1]]
    np.maximum(target, part, out=target)


def noisy(picture: Array, rng: np.random.Generator, levels: tuple[float, float] = (2.0, 25.0)) -> Array:
    """With a sensor's noise, 0 on average: more where it is bright, partly alike in all channels."""
    level = rng.uniform(*levels)
    alike = rng.uniform(0, 1)
    light = np.sqrt(0.3 + 0.7 * picture.astype(np.float32) / 255)
    grain = rng.standard_normal((*picture.shape[:2], 1), np.float32) * np.float32(np.sqrt(alike))
    grain = grain + rng.standard_normal(picture.shape, np.float32) * np.float32(np.sqrt(1 - alike))
    return _bytes(picture + np.float32(level) * light * grain)


def blurred(picture: Array, rng: np.random.Generator) -> Array:
    """A little out of focus."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.8)), np.uint8)


def shrunk(picture: Array, rng: np.random.Generator) -> Array:
    """Brought to a smaller size and back."""
    height, width = picture.shape[:2]
    scale = rng.uniform(0.33, 0.8)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    way = int(rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC)))
    return np.asarray(cv2.resize(small, (width, height), interpolation=way), np.uint8)


def blocky(picture: Array, rng: np.random.Generator) -> Array:
    """As a JPEG file of low or middling quality has it."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 80))]
    data = cv2.imencode(".jpg", picture[..., ::-1], quality)[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


STEPS = (blurred, 0.35), (shrunk, 0.35), (noisy, 0.6), (blocky, 0.5)
"""What may happen to a picture on its way, in this order, and how often it does."""


def crappified(picture: Array, rng: np.random.Generator) -> Array:
    """H×W×3 uint8, spoiled in some of the ways of `STEPS`, now and then in none of them."""
    for step, odds in STEPS:
        if rng.random() < odds:
            picture = step(picture, rng)
    return picture


def _bytes(values: np.ndarray) -> Array:
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)
