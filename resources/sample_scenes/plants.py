"""Grass and trees painted blade by blade and leaf by leaf, in perspective."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from sample_scenes.common import PATCHES
from sample_scenes.tracer import (
    HEIGHT,
    WIDTH,
    Array,
    Scene,
    look,
    project,
)


def paint_blades(
    scene: Scene,
    image: Array,
    count: int,
    near: float,
    far: float,
    where: Callable[[Array, Array], Array] | None = None,
) -> None:
    """Grass blades on a uint8 RGBA picture (linear colours), far ones first; `where` may refuse a root."""
    rng = np.random.default_rng(21)
    height, width = image.shape[:2]
    z = np.sort(1 / rng.uniform(1 / far, 1 / near, count))[::-1].astype(np.float32)
    x = (rng.uniform(-0.75, 0.75, count) * (z + 2)).astype(np.float32)
    keep = np.ones(count, bool) if where is None else where(x, z)
    x, z = x[keep], z[keep]
    root_x, root_y, zoom = project(scene, np.stack([x, np.zeros_like(x), z]), width, height)
    tall = rng.gamma(6, 0.02, x.size) * (0.6 + look(PATCHES, x * 0.04, z * 0.04))
    lean = rng.normal(0.25, 0.35, x.size)
    hue = np.clip(rng.normal(0.5, 0.25, x.size) + (look(PATCHES, x * 0.02, z * 0.02) - 0.5), 0, 1)[:, None]
    light = rng.uniform(0.65, 1.25, x.size)[:, None]
    colour = (np.array([0.07, 0.125, 0.028]) * (1 - hue) + np.array([0.24, 0.235, 0.07]) * hue) * light * 255
    for i in range(x.size):
        h = tall[i] * zoom[i]
        tip = (root_x[i] + lean[i] * h, root_y[i] - h)
        middle = (root_x[i] + lean[i] * h * 0.3, root_y[i] - h * 0.6)
        wide = max(zoom[i] * 0.0045, 0.55)
        corners = [
            (root_x[i] - wide, root_y[i]),
            middle,
            tip,
            (middle[0] + wide, middle[1]),
            (root_x[i] + wide, root_y[i]),
        ]
        points = np.round(np.array(corners) * 8).astype(np.int32)
        cv2.fillConvexPoly(image, points, (*(float(c) for c in colour[i]), 255), cv2.LINE_AA, 3)


def paint_tree(scene: Scene, image: Array, foot: tuple[float, float], tall: float, seed: int) -> None:
    """A broad-leaved tree of single leaves on branching clumps, shaded by depth and the sun."""
    rng = np.random.default_rng(seed)
    height, width = image.shape[:2]
    clumps = np.clip(rng.normal(0, 1, (46, 3)), -1.5, 1.5) * [0.19, 0.15, 0.19] * tall + [0, 0.66 * tall, 0]
    clumps[:, 1] = np.maximum(clumps[:, 1], 0.36 * tall)
    base = np.array([foot[0], 0, foot[1]])
    for clump in [None, *clumps[::2]]:
        ends = (
            [np.array([0, 0, 0]), np.array([0, 0.45, 0]) * tall]
            if clump is None
            else [np.array([0, 0.3, 0]) * tall, clump]
        )
        points = np.array(ends).T + base[:, None]
        px, py, zoom = project(scene, points.astype(np.float32), width, height)
        thick = max(1, round(float(zoom[0]) * tall * (0.04 if clump is None else 0.012)))
        line = [tuple(int(v * 8) for v in end) for end in zip(px, py, strict=True)]
        cv2.line(image, line[0], line[1], (20, 14, 9, 255), thick, cv2.LINE_AA, 3)
    pick = rng.integers(0, len(clumps), 15000)
    out = rng.normal(0, 1, (pick.size, 3))
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    where = clumps[pick] + out * (0.115 * tall * rng.uniform(0.3, 1, (pick.size, 1)) ** 0.5)
    sun = np.array(scene.sun) / np.linalg.norm(scene.sun)
    middle = np.array([0, 0.62 * tall, 0])
    lit = 0.5 + 0.5 * np.clip(((where - middle) / (0.42 * tall)) @ sun, -1, 1)
    light = 0.16 + 0.95 * lit**1.6 * (0.45 + 0.55 * np.clip(out @ sun + 0.35, 0, 1)) * rng.uniform(
        0.65, 1.3, pick.size
    )
    px, py, zoom = project(scene, (where + base).T.astype(np.float32), width, height)
    haze = min(foot[1] / 140, 0.5)
    green = np.array([0.14, 0.27, 0.045]) + rng.normal(0, 0.03, (pick.size, 1)) * [1.4, 1, 0.3]
    colour = ((green * light[:, None]) * (1 - haze) + np.array([0.5, 0.62, 0.72]) * haze * 0.6) * 255
    size = np.maximum(zoom * 0.008 * tall, 1.2)
    for i in np.argsort(-where[:, 2]):
        angle, r = rng.uniform(0, 180), float(size[i])
        cv2.ellipse(
            image, (round(px[i] * 8), round(py[i] * 8)), (round(r * 8), round(r * 4.5)), angle, 0, 360,
            (*(float(np.clip(c, 0, 255)) for c in colour[i]), 255), -1, cv2.LINE_AA, 3,
        )  # fmt: skip


def painted_layer(size: int, paint: Callable[[Array], None]) -> Array:
    """RGBA premultiplied float32, painted at `size` times the picture and brought down."""
    image = np.zeros((HEIGHT * size, WIDTH * size, 4), np.uint8)
    paint(image)
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
