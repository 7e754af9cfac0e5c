"""A photo to work on."""

import cv2
import numpy as np

BALL = (250, 190, 52)
"""Where the object of the photo is: x, y, radius."""


def photo() -> np.ndarray:
    """Grass under a hazy sky and a red ball on it, 480×320."""
    rng = np.random.default_rng(5)
    height, width = 320, 480
    rows = np.linspace(0, 1, height)[:, None, None]
    sky = np.array([150, 190, 230]) * (1 - rows) + np.array([215, 225, 232]) * rows
    grass = (
        np.array([70, 120, 50]) + cv2.GaussianBlur(rng.normal(0, 60, (height, width)), (0, 0), 1.2)[..., None]
    )
    picture = np.where(np.arange(height)[:, None, None] < 110, sky, grass)
    x, y, radius = BALL
    across, down = np.meshgrid(np.arange(width) + 0.5 - x, np.arange(height) + 0.5 - y)
    distance = np.hypot(across, down)
    cover = np.clip(radius + 0.5 - distance, 0, 1)[..., None]
    light = np.clip(1.15 - np.hypot(across + 18, down + 20) / 90, 0.3, 1.2)[..., None]
    picture = picture * (1 - cover) + np.array([215, 40, 35]) * light * cover
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)
