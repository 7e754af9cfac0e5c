"""Photos made up for measuring: textured like real ones, so that coding and filling have work to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import Mask

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.basics.mask import Array

LARGE = (6000, 4000)
"""24 megapixels."""
TWELVE = (4000, 3000)
"""12 megapixels."""
MIDDLE = (2120, 1414)
"""3 megapixels."""


def textured(width: int, height: int, seed: int = 7) -> Array:
    """H×W×3 uint8 RGB with detail at every size: noise of halving strength for each halving of its grain."""
    rng = np.random.default_rng(seed)
    out = np.full((height, width, 3), 118, np.float32)
    grain, strength = max(width, height) / 3, 40.0
    while grain >= 1:
        size = max(2, round(width / grain)), max(2, round(height / grain))
        noise = rng.standard_normal((size[1], size[0], 3), np.float32) * np.float32(strength)
        out += cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
        grain, strength = grain / 4, strength / 1.6
    return np.clip(out, 0, 255).astype(np.uint8)


def objects(width: int, height: int, number: int) -> list[Mask]:
    """Ragged blobs in rows, none touching another, each about a tenth of the picture's height across."""
    across = int(np.ceil(np.sqrt(number * width / height)))
    down = int(np.ceil(number / across))
    places = [(c, r) for r in range(down) for c in range(across)][:number]
    side_x, side_y = width / across, height / down
    radius = 0.3 * min(side_x, side_y)
    return [_blob((c + 0.5) * side_x, (r + 0.5) * side_y, radius, i) for i, (c, r) in enumerate(places)]


def _blob(x: float, y: float, radius: float, seed: int) -> Mask:
    rng = np.random.default_rng(seed)
    turns = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    waves = sum(rng.uniform(0, 0.12) * np.sin(k * turns + rng.uniform(0, 6)) for k in range(2, 8))
    far = radius * (0.8 + waves)
    size = int(3 * radius)
    points = np.stack([far * np.cos(turns), far * np.sin(turns)], 1) + size / 2
    crop = np.zeros((size, size), np.uint8)
    cv2.fillPoly(crop, [np.rint(points).astype(np.int32)], 255)
    return Mask.place(crop, int(x - size / 2), int(y - size / 2))


def with_objects(pixels: Array, masks: list[Mask]) -> Array:
    """The picture with each blob in a colour of its own, textured as before."""
    out = pixels.copy()
    for i, mask in enumerate(masks):
        x, y, w, h = mask.box
        colour = np.array([(60 + 97 * i) % 256, (200 + 61 * i) % 256, (30 + 149 * i) % 256], np.float32)
        part = out[y : y + h, x : x + w]
        mixed = (part * np.float32(0.4) + colour * np.float32(0.6)).astype(np.uint8)
        np.copyto(part, mixed, where=(mask.crop > 0)[..., None])
    return out


def written(path: Path, pixels: Array) -> Path:
    """Writes a JPEG of quality 92."""
    cv2.imwrite(str(path), np.ascontiguousarray(pixels[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return path
