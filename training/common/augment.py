"""Photos and their labels seen from elsewhere, mirrored, and in another light."""

from __future__ import annotations

import cv2
import numpy as np

from training.common.samples import MEAN, Array

LIGHT = 0.85
"""Share of the crops whose light is changed."""


def warp(
    photo: Array,
    labels: Array,
    centre: tuple[float, float],
    scale: float,
    size: tuple[int, int],
    void: int,
    rng: np.random.Generator,
    *,
    reflect: bool = True,
) -> tuple[Array, Array]:
    """What lies around `centre` (x, y) at a scale, `size` (w, h) large, slanted a little, perhaps mirrored.

    `labels` are H×W, or H×W×n for up to four; outside they are `void`. There the photo is mirrored, or,
    without `reflect`, of the mean colour of ImageNet.
    """
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, rng.normal(0, 2.5), scale), np.float64)
    matrix[:, 2] += np.array([size[0] / 2 - centre[0], size[1] / 2 - centre[1]])
    if rng.random() < 0.5:
        matrix[0] *= -1
        matrix[0, 2] += size[0] - 1
    rim = cv2.BORDER_REFLECT_101 if reflect else cv2.BORDER_CONSTANT
    grey = tuple(255 * value for value in MEAN)
    colours = cv2.warpAffine(photo, matrix, size, flags=cv2.INTER_LINEAR, borderMode=rim, borderValue=grey)
    outside = {"borderMode": cv2.BORDER_CONSTANT, "borderValue": (void,) * 4}
    ids = cv2.warpAffine(labels, matrix, size, flags=cv2.INTER_NEAREST, **outside)
    return np.asarray(colours, np.uint8), np.asarray(
        ids.reshape(size[1], size[0], *labels.shape[2:]), np.uint8
    )


def relight(photo: Array, rng: np.random.Generator) -> Array:
    """Another camera and hour: gamma, contrast, brightness, saturation, colour cast, blur, noise."""
    values = photo.astype(np.float32) / 255
    values = values ** np.float32(np.exp(rng.normal(0, 0.25)))
    values = values * np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
    grey = values.mean(axis=2, keepdims=True)
    values = grey + (values - grey) * np.float32(rng.uniform(0.4, 1.5))
    middle = values.mean()
    contrast, brightness = np.float32(rng.uniform(0.75, 1.25)), np.float32(rng.uniform(0.75, 1.3))
    values = (values - middle) * contrast + middle * brightness
    if rng.random() < 0.2:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.3:
        values = values + rng.normal(0, rng.uniform(0.01, 0.04), values.shape).astype(np.float32)
    return np.asarray(np.clip(values * 255, 0, 255), np.uint8)
