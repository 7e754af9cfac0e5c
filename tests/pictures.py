"""A small picture with a red square on a soft texture, and a finder that knows what is in it."""

from __future__ import annotations

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask
from inpaint_studio.basics.progress import Progress

BOX = (45, 30, 30, 26)
"""x, y, width, height of the red square."""


def scene() -> np.ndarray:
    """90×120×3 uint8: grey-green texture, a red square at BOX and a blue bar at the left."""
    noise = np.random.default_rng(3).integers(60, 190, (90, 120, 3), np.uint8)
    out = np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.5), np.uint8)
    x, y, w, h = BOX
    out[y : y + h, x : x + w] = (220, 40, 30)
    out[20:70, 8:18] = (30, 40, 200)
    return out


def square() -> np.ndarray:
    """The mask of the red square, 90×120 uint8."""
    x, y, w, h = BOX
    out = np.zeros((90, 120), np.uint8)
    out[y : y + h, x : x + w] = 255
    return out


class StubFinder:
    """Stands for both finders: a car (the square), a person (the bar) and the road."""

    def find(self, image: np.ndarray, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        person, road = np.zeros((90, 120), np.uint8), np.zeros((90, 120), np.uint8)
        person[20:70, 8:18] = 255
        road[76:] = 255
        progress.report(1.0)
        return [
            FoundObject(Mask.place(square()), "car", 0.9),
            FoundObject(Mask.place(person), "person", 0.8),
            FoundObject(Mask.place(road), "road", 0.7, "area"),
        ]

    def label_map(self, image: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
        return (square() > 0).astype(np.uint8), ("sky", "car")
