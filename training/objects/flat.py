"""Flat things, drawn: letters and simple signs of one colour or two."""

from __future__ import annotations

import string
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.common.samples import Array
from training.objects.cutouts import Cutout

Rng = np.random.Generator
HEIGHT = 96
"""Pixels of a letter or sign before it is scaled."""
_FACES = ("DejaVuSans-Bold", "DejaVuSans", "DejaVuSerif-Bold", "DejaVuSerif", "DejaVuSansCondensed-Bold")
"""Used where the system has them, beside the one that comes with Pillow."""
_CHARACTERS = string.ascii_uppercase * 2 + string.ascii_lowercase + string.digits + "&?!"


@cache
def faces() -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, ...]:
    """The type faces that there are; the first comes with Pillow."""
    found: list[ImageFont.FreeTypeFont | ImageFont.ImageFont] = [ImageFont.load_default(HEIGHT)]
    for name in _FACES:
        try:
            found.append(ImageFont.truetype(f"{name}.ttf", HEIGHT))
        except OSError:
            continue
    return tuple(found)


def word(length: int, rng: Rng) -> list[Cutout]:
    """Letters of one face and colour, in the order of writing."""
    face = faces()[int(rng.integers(len(faces())))]
    colour = rng.integers(0, 256, 3)
    return [_coloured(_glyph(str(rng.choice(list(_CHARACTERS))), face), colour, rng) for _ in range(length)]


def sign(rng: Rng) -> Cutout:
    """A disc, ring, box, star or polygon, now and then with a second colour in it."""
    fine = np.zeros((4 * HEIGHT, 4 * HEIGHT), np.uint8)
    half = 2 * HEIGHT
    corners = int(rng.integers(3, 12))
    if corners > 8:
        cv2.ellipse(fine, (half, half), (half - 8, int(half * rng.uniform(0.5, 0.95))), 0, 0, 360, 255, -1)
    else:
        turns = np.linspace(0, 2 * np.pi, 2 * corners, endpoint=False) + rng.uniform(0, 6.3)
        far = np.where(np.arange(2 * corners) % 2, rng.uniform(0.4, 1), 1) * (half - 8)
        ring = np.stack([half + far * np.cos(turns), half + far * np.sin(turns)], 1)
        cv2.fillPoly(fine, [np.rint(ring).astype(np.int32)], 255)
    if rng.random() < 0.25:
        cv2.circle(fine, (half, half), int(half * rng.uniform(0.2, 0.45)), 0, -1)
    alpha = np.asarray(cv2.resize(fine, (HEIGHT, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    cutout = _coloured(alpha, rng.integers(0, 256, 3), rng)
    if rng.random() < 0.4:
        inner = cv2.erode(alpha, np.ones((15, 15), np.uint8)) > 127
        cutout.colours[inner] = rng.integers(0, 256, 3)
    return cutout


def _glyph(letter: str, face: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Array:
    left, top, right, bottom = (round(value) for value in face.getbbox(letter))
    picture = Image.new("L", (max(1, right - left) + 2, max(1, bottom - top) + 2))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), letter, 255, face)
    return np.array(picture, np.uint8)


def _coloured(alpha: Array, colour: np.ndarray, rng: Rng) -> Cutout:
    colours = np.empty((*alpha.shape, 3), np.float32)
    colours[:] = colour
    if rng.random() < 0.4:  # lit from above, or from below
        colours += np.linspace(-1, 1, len(alpha), dtype=np.float32)[:, None, None] * rng.uniform(-60, 60)
    return Cutout(np.clip(colours, 0, 255).astype(np.uint8), alpha)
