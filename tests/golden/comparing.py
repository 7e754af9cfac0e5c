"""How much two pictures of a window differ, whatever fonts the two machines have."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

KEPT_WIDTH = 192
"""Width of the pictures that are kept: panels, buttons and icons are seen, letters are not."""
LEVELS = 12
"""A place differs where a channel does by more than this."""


def read(path: Path) -> np.ndarray:
    """A picture as h×w×3."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert pixels is not None, f"no picture {path}"
    return np.asarray(pixels)


def shrunk(pixels: np.ndarray) -> np.ndarray:
    """The picture at the width that is kept."""
    height, width = pixels.shape[:2]
    size = KEPT_WIDTH, round(height * KEPT_WIDTH / width)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def difference(seen: np.ndarray, kept: np.ndarray) -> float:
    """The share of the places that differ, 0..1; 1 if the shapes differ by more than a tenth.

    Letters are blurred away.
    """
    height, width = kept.shape[:2]
    if abs(seen.shape[0] / seen.shape[1] * width / height - 1) > 0.1:
        return 1.0
    small = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
    a, b = (cv2.blur(picture, (5, 5)).astype(int) for picture in (small, kept))
    return float((np.abs(a - b).max(axis=2) > LEVELS).mean())
