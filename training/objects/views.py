"""A scene as the network sees it: a part or the whole of a photo, brought to the size of a batch."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from training.common.samples import Array
from training.objects.scenes import Scene

Rng = np.random.Generator
WHOLE = 0.55
"""Share of the views that show as much of the photo as its shape allows."""
STRETCH = 1.3
"""Most that a photo is stretched in one direction."""
NEAREST = 2.2
"""How much closer the closest views are."""


def look(scene: Scene, size: tuple[int, int], rng: Rng) -> Scene:
    """The scene seen in a picture of `size` (height, width): moved, turned a little, perhaps mirrored."""
    high, wide = _window(scene.alpha.shape, size, rng)
    y, x = (
        rng.uniform(part / 2, whole - part / 2) if whole > part else whole / 2
        for part, whole in zip((high, wide), scene.alpha.shape, strict=True)
    )
    turn = np.deg2rad(rng.normal(0, 3))
    cos, sin = np.cos(turn), np.sin(turn)
    stretch = np.diag([size[1] / wide * (-1 if rng.random() < 0.5 else 1), size[0] / high])
    linear = stretch @ np.array([[cos, -sin], [sin, cos]])
    shift = np.array([size[1] / 2, size[0] / 2]) - linear @ np.array([x, y])
    matrix = np.hstack([linear, shift[:, None]])

    def seen(picture: Array, how: int) -> Array:
        warped = cv2.warpAffine(picture, matrix, size[::-1], flags=how, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(warped, np.uint8)

    return replace(
        scene,
        photo=seen(scene.photo, cv2.INTER_LINEAR),
        alpha=seen(scene.alpha, cv2.INTER_LINEAR),
        known=seen(scene.known, cv2.INTER_NEAREST),
        instances=seen(scene.instances, cv2.INTER_NEAREST),
    )


def _window(whole: tuple[int, ...], size: tuple[int, int], rng: Rng) -> tuple[float, float]:
    """Height and width of what is seen of a photo."""
    high, wide = float(whole[0]), float(whole[1])
    # How much flatter the photo is than the picture; stretching makes up for some of it.
    flatter = (wide / high) / (size[1] / size[0])
    most = STRETCH if rng.random() < 0.8 else 1.0
    if flatter > most:
        wide *= most / flatter
    elif flatter < 1 / most:
        high *= flatter * most
    if rng.random() >= WHOLE:
        nearer = float(np.exp(rng.uniform(0, np.log(NEAREST))))
        high, wide = high / nearer, wide / nearer
    return high, wide
