"""A wooden table by a window with a bottle, a mug, an apple and an orange."""

from __future__ import annotations

import numpy as np

from sample_scenes.common import FINE, PATCHES
from sample_scenes.tracer import (
    Array,
    Ground,
    Scene,
    Surface,
    Thing,
    length,
    look,
    mix,
    noise,
    rod,
    slopes,
    smooth,
    soft_min,
    soften,
    turned_profile,
    unit,
    vec,
)


def table_ground() -> Ground:
    grain, slow = noise(31, 1.25, stretch=0.03), noise(32, 1.6, stretch=0.06)
    dents = slopes(grain)

    def ground(p: Array, far: Array, at: Array) -> tuple[Surface, Array]:
        x, z = p[0], p[2]
        plank = np.floor(z / 0.62)
        shift = (plank * 0.377) % 1
        u, v = x * 0.14 + shift, z * 0.42 + shift
        rings = 0.5 + 0.5 * np.sin(look(slow, u * 0.5, v * 0.6) * 26 + z * 9)
        fibre = look(grain, u, v)
        tone = (0.72 + fibre * 0.6) * (0.82 + 0.25 * rings) * (0.88 + 0.24 * ((plank * 0.618) % 1))
        gap = np.abs(z / 0.62 - np.round(z / 0.62)) * 0.62
        colour = vec(0.36, 0.19, 0.085) * tone * (1 - 0.8 * smooth(0.008, 0.003, gap))
        bump = look(dents, u, v) * 0.5
        n = unit(np.stack([-bump[:, 0] * 0.2, np.ones_like(x), -bump[:, 1]]))
        return Surface(colour.astype(np.float32), 0.035, 0.3), n

    return ground


def plaster(p: Array) -> tuple[Surface, Array]:
    mottle = look(PATCHES, p[0] * 0.06, p[1] * 0.06) - 0.5
    tone = 1 + mottle * 0.22 + (look(FINE, p[0] * 0.25, p[1] * 0.25) - 0.5) * 0.06
    bump = (look(FINE, p[0] * 0.12, p[1] * 0.12) - 0.5) * 0.08
    n = unit(np.stack([bump, bump * 0.5, -np.ones_like(bump)]))
    return Surface((vec(0.42, 0.5, 0.5) * tone).astype(np.float32)), n


def bottle_paint(p: Array, n: Array) -> Surface:
    return Surface(vec(0.16, 0.42, 0.2), 0.05, 0.05, glass=True)


def label_paint(p: Array, n: Array) -> Surface:
    side, y = np.arctan2(p[0], -p[2]) + 0.15, p[1]
    colour = np.tile(vec(0.78, 0.72, 0.58), (1, y.size)) * (0.95 + 0.1 * look(FINE, side * 0.3, y * 0.8))
    ink = (np.abs(np.abs(y) - 0.235) < 0.008) | ((np.abs(y + 0.12) < 0.012) & (np.abs(side) < 0.5))
    ink |= (np.abs(y + 0.17) < 0.006) & (np.abs(side) < 0.35)
    crest = (length(side * 0.36, y - 0.06) < 0.11) & (np.abs(length(side * 0.36, y - 0.06) - 0.07) > 0.012)
    colour[:, ink] = vec(0.1, 0.07, 0.05)
    colour[:, crest] = vec(0.42, 0.05, 0.04)
    return Surface(colour.astype(np.float32), 0.02, 0.4)


def apple_shape(p: Array) -> Array:
    r, high = length(p[0], p[2]), np.arctan2(p[1], length(p[0], p[2]))
    bumps = 0.012 * np.cos(np.arctan2(p[2], p[0]) * 5) * smooth(0.3, -1.2, high)
    top = 0.14 * np.exp(-((r / 0.14) ** 2)) * (p[1] > 0) + 0.07 * np.exp(-((r / 0.1) ** 2)) * (p[1] < 0)
    skin = (length(p[0], p[1] * 1.06 + r * 0.12 - 0.03, p[2]) - (0.43 + bumps - top)) * 0.72
    stem = rod(p, (0.0, 0.2, 0.0), (0.05, 0.5, -0.02), 0.016)
    return np.minimum(skin, stem).astype(np.float32)


def apple_paint(p: Array, n: Array) -> Surface:
    around = np.arctan2(p[2], p[0]) / (2 * np.pi)
    streak = look(FINE, around * 0.9, p[1] * 0.05) * 0.6 + look(PATCHES, around * 0.5 + 0.2, p[1] * 0.3) * 0.7
    red = smooth(0.38, 0.72, streak + 0.28 * np.sin(around * 6.28 + 1.0) + 0.12)
    colour = mix(vec(0.62, 0.45, 0.08), vec(0.5, 0.022, 0.02), red)
    colour = mix(colour, vec(0.42, 0.42, 0.1), smooth(0.17, 0.05, length(p[0], p[2])) * (p[1] > 0))
    stem = (p[1] > 0.3) & (length(p[0] - 0.03, p[2]) < 0.06)
    dots = look(FINE, around * 2.2, p[1] * 1.5) > 0.9
    colour = np.where(dots[None], colour * 0.6 + 0.12, colour)
    return Surface(np.where(stem[None], vec(0.12, 0.07, 0.03), colour).astype(np.float32), 0.04, 0.14)


def orange_shape(p: Array) -> Array:
    around, high = np.arctan2(p[2], p[0]) / (2 * np.pi), p[1]
    pores = pores_at(around * 2.4, high * 1.1)
    return (length(p[0], p[1] * 1.04, p[2]) - 0.42 + pores * 0.004).astype(np.float32)


PORES = soften(noise(40, 0.4, size=1024), 3.2)
PORES = smooth(0.0, 1.0, (PORES - PORES.min()) / (PORES.max() - PORES.min()))


def pores_at(u: Array, v: Array) -> Array:
    """Pores without jitter: a distance field has to give the same answer each time."""
    size = PORES.shape[0]
    return PORES[(v * size).astype(np.int64) % size, (u * size).astype(np.int64) % size]


def orange_paint(p: Array, n: Array) -> Surface:
    tone = 0.9 + 0.2 * look(PATCHES, np.arctan2(p[2], p[0]) * 0.2, p[1] * 0.5)
    navel = length(p[0] - 0.1, p[1] - 0.38, p[2] + 0.12) < 0.045
    colour = vec(0.8, 0.27, 0.015) * tone
    return Surface(np.where(navel[None], vec(0.2, 0.24, 0.06), colour).astype(np.float32), 0.035, 0.25)


def mug_shape(p: Array) -> Array:
    r = length(p[0], p[2])
    wall = np.maximum(np.abs(r - 0.385) - 0.022, np.abs(p[1] - 0.42) - 0.42)
    floor = np.maximum(r - 0.385, np.abs(p[1] - 0.04) - 0.04)
    handle = length(length(p[0] - 0.42, (p[1] - 0.43) * 0.85) - 0.22, p[2]) - 0.042
    handle = np.maximum(handle, 0.38 - r)
    return (np.minimum(soft_min(wall, handle, 0.05), floor) - 0.012).astype(np.float32)


def mug_paint(p: Array, n: Array) -> Surface:
    stripe = ((np.abs(p[1] - 0.3) < 0.05) | (np.abs(p[1] - 0.17) < 0.018)) & (length(p[0], p[2]) < 0.43)
    colour = np.where(stripe[None], vec(0.04, 0.16, 0.4), vec(0.72, 0.7, 0.65))
    return Surface(colour.astype(np.float32), 0.05, 0.1)


def table() -> Scene:
    def ambient(d: Array) -> Array:
        from_window = smooth(0.3, -0.9, d[0])
        return mix(vec(0.15, 0.1, 0.06), vec(0.3, 0.31, 0.32), smooth(-0.1, 0.4, d[1])) * (
            0.7 + 0.7 * from_window
        )

    def mirrored(d: Array) -> Array:
        window = smooth(0.25, 0.16, np.abs(d[1] - 0.42)) * smooth(0.3, 0.22, np.abs(d[2] + 0.25)) * (d[0] < 0)
        bars = (np.abs(d[1] - 0.42) > 0.015) & (np.abs(d[2] + 0.25) > 0.02)
        return ambient(d) + vec(5.0, 5.2, 5.6) * (window * bars)

    def sky(d: Array) -> Array:
        return np.tile(vec(0.3, 0.32, 0.33), (1, d.shape[1]))

    bottle = turned_profile([0, 0.03, 0.1, 1.2, 1.4, 1.6, 1.75, 2.18, 2.2, 2.3, 2.32],
                            [0.33, 0.385, 0.4, 0.4, 0.36, 0.2, 0.14, 0.13, 0.155, 0.155, 0.12])  # fmt: skip

    def label(p: Array) -> Array:
        r, side = length(p[0], p[2]), np.abs(np.arctan2(p[0], -p[2]) + 0.15) * 0.4
        return np.maximum(np.maximum(np.abs(r - 0.404) - 0.003, np.abs(p[1]) - 0.27), side - 0.52).astype(
            np.float32
        )

    things = [
        Thing((-0.62, 0.0, 4.4), 2.4, bottle, bottle_paint, 0.8),
        Thing((-0.62, 0.64, 4.4), 0.55, label, label_paint, 0.7),
        Thing((0.3, 0.37, 3.75), 0.56, apple_shape, apple_paint, 0.8),
        Thing((1.24, 0.4, 4.3), 0.44, orange_shape, orange_paint, 0.9),
        Thing((-1.7, 0.0, 3.85), 1.0, mug_shape, mug_paint, 0.8),
    ]
    return Scene(
        eye=(0.1, 1.75, -0.7), target=(-0.25, 0.98, 4.2), fov=48, focus=4.85, aperture=0.03,
        sun=(-0.8, 0.62, -0.35), sun_colour=(1.75, 1.6, 1.35), sun_size=0.09,
        things=things, ground=table_ground(), sky=sky, ambient=ambient, mirrored=mirrored,
        exposure=0.9, wall=plaster, wall_z=6.2,
    )  # fmt: skip
