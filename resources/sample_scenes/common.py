"""Noise, sky and hills that the outdoor scenes share."""

from __future__ import annotations

import numpy as np

from sample_scenes.tracer import (
    Array,
    Light,
    look,
    mix,
    noise,
    smooth,
    vec,
)

CLOUDS = noise(1, 1.7)
FINE = noise(2, 0.9)
PATCHES = noise(3, 1.8)


def cloudy_sky(d: Array, cover: float, low: Array, high: Array) -> Array:
    """A clear gradient with a sheet of cumulus seen in perspective, lit from above."""
    up = np.maximum(d[1], 0)
    colour = mix(low, high, smooth(0, 0.55, up) ** 0.8)
    u, v = d[0] / (up + 0.15) * 0.3 + 0.37, d[2] / (up + 0.15) * 0.3
    thick, beyond = look(CLOUDS, u, v), look(CLOUDS, u * 1.02 + 0.004, v * 0.96)
    body = smooth(cover, cover + 0.2, thick) * smooth(0.0, 0.12, d[1])
    light = np.clip(1.0 + (beyond - thick) * 1.6 - 0.35 * smooth(cover + 0.1, 0.9, thick), 0.45, 1.15)
    return mix(colour, vec(1.02, 1.03, 1.08) * light, body * 0.92)


def hills(d: Array, colour: Array, rise: float, seed: float, tint: Array, haze: float, air: Array) -> Array:
    """A ridge on the horizon, its top drawn by noise over the compass direction."""
    compass = np.arctan2(d[0], d[2]) * 0.16
    top = rise * (0.35 + look(PATCHES, compass + seed, np.full_like(compass, seed)))
    rough = look(FINE, compass * 7, d[1] * 9) - 0.5
    on = smooth(0.0, 0.002, top + rough * rise * 0.05 - d[1])
    return mix(colour, mix(tint * (1 + rough * 0.7), air, np.float32(haze)), on)


def open_air(sky: Light, ground: Light) -> Light:
    """What a mirror sees outdoors: the sky with its hills, below the horizon the ground's colour."""

    def mirrored(d: Array) -> Array:
        return np.where((d[1] > 0)[None], sky(d), ground(d))

    return mirrored
