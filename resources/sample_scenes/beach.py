"""A beach with a ball, a bucket, a parasol and a sailing boat."""

from __future__ import annotations

import numpy as np

from sample_scenes.common import FINE, PATCHES, cloudy_sky, hills, open_air
from sample_scenes.tracer import (
    Array,
    Ground,
    Scene,
    Surface,
    Thing,
    ball,
    length,
    look,
    mix,
    noise,
    slopes,
    smooth,
    soften,
    unit,
    vec,
)


def shore(x: Array) -> Array:
    return 11.5 + 1.3 * np.sin(x * 0.16 + 0.6) + 0.35 * np.sin(x * 0.53)


def beach_ground() -> Ground:
    ripple = slopes(soften(noise(5, 1.1, stretch=0.35), 2))
    waves = slopes(soften(noise(6, 1.5, stretch=0.45), 1.2))
    dents = slopes(noise(8, 1.7))

    def ground(p: Array, far: Array, at: Array) -> tuple[Surface, Array]:
        x, z = p[0], p[2]
        wash = look(PATCHES, x * 0.05, z * 0.02) - 0.5
        beyond = z - shore(x) - wash * 2.2
        sea, wet = smooth(-0.05, 0.25, beyond), smooth(-2.2, -0.3, beyond)
        fade = 1 / (1 + far * 0.05)
        r, dent = look(ripple, x * 0.11, z * 0.11), look(dents, x * 0.25, z * 0.25)
        s = (r * 26 + dent * 14) * ((1 - wet * 0.8) * fade)[:, None]
        w = (look(waves, x * 0.035, z * 0.035) * 10 + look(waves, x * 0.011, z * 0.011 + 0.3) * 9) * 0.8
        slope = mix(s, w / (1 + far * 0.006)[:, None], sea[:, None])
        n = unit(np.stack([-slope[:, 0], np.ones_like(x), -slope[:, 1]]))
        speck = look(FINE, x * 0.5, z * 0.5) - 0.5
        tone = 1 + speck * 0.5 + (look(PATCHES, x * 0.07, z * 0.07) - 0.5) * 0.35
        dark = (look(FINE, x * 0.9 + 0.3, z * 0.9) > 0.93) * 0.35
        sand = mix(vec(0.63, 0.49, 0.33), vec(0.3, 0.22, 0.15), wet * 0.85) * (tone * (1 - dark))
        deep = smooth(0, 30, beyond)
        water = mix(vec(0.13, 0.36, 0.36), vec(0.012, 0.09, 0.16), deep**0.6)
        lace = look(FINE, x * 0.12, z * 0.2) * 0.6 + look(PATCHES, x * 0.35, z * 0.5) * 0.6
        edge = smooth(0.9, 0.0, np.abs(beyond - 0.25)) + 0.75 * smooth(
            0.5, 0, np.abs(beyond - 3.4 - wash * 4)
        )
        foam = smooth(0.42, 0.66, edge * lace) * (beyond > -0.3)
        albedo = mix(mix(sand, water, sea), vec(0.9, 0.92, 0.93), foam)
        mirror = np.maximum(sea * 0.03, wet * 0.03 * (1 - sea)) * (1 - foam)
        return Surface(albedo.astype(np.float32), mirror.astype(np.float32), 0.16), n

    return ground


def beach_ball(p: Array, n: Array) -> Surface:
    x, y = p[0] * 0.86 + p[1] * 0.5, p[1] * 0.86 - p[0] * 0.5
    y, z = y * 0.8 - p[2] * 0.6, p[2] * 0.8 + y * 0.6
    turn_ = (np.arctan2(z, x) / (2 * np.pi) + 0.5) * 6
    red = (turn_.astype(int) % 2 == 0)[None]
    colour = np.where(red, vec(0.72, 0.035, 0.04), vec(0.86, 0.85, 0.82))
    seam = smooth(0.02, 0.0, np.abs(turn_ - np.round(turn_)) * length(x, z) / 0.58)
    colour = colour * (1 - seam * 0.35)
    cap = length(x, z) < 0.13
    return Surface(np.where(cap[None], vec(0.8, 0.79, 0.76), colour).astype(np.float32), 0.045, 0.12)


def bucket_shape(p: Array) -> Array:
    r, wide = length(p[0], p[2]), 0.27 + p[1] * 0.14
    outer = np.maximum((r - wide) * 0.98, np.maximum(-p[1], p[1] - 0.62))
    hollow = np.maximum(outer, -np.maximum(r - wide + 0.02, 0.04 - p[1]))
    rim = length(r - 0.37, p[1] - 0.6) - 0.022
    band = length(r - 0.345, p[1] - 0.5) - 0.012
    y, z = p[1] - 0.58, p[2]
    y, z = y * 0.55 - z * 0.83, z * 0.55 + y * 0.83
    handle = np.where(y > 0, length(length(p[0], y) - 0.385, z) - 0.014, 1.0)
    return np.minimum(np.minimum(hollow, handle), np.minimum(rim, band)).astype(np.float32)


def bucket_paint(p: Array, n: Array) -> Surface:
    r = length(p[0], p[2])
    is_handle = (p[1] > 0.635) | (r > 0.40)
    star = np.cos(5 * np.arctan2(p[0] - 0.0, p[1] - 0.27)) * 0.03 + 0.085 - length(p[0], p[1] - 0.27)
    white = is_handle | ((star > 0) & (p[2] < 0))
    return Surface(
        np.where(white[None], vec(0.85, 0.84, 0.8), vec(0.03, 0.26, 0.62)).astype(np.float32), 0.04, 0.2
    )


def parasol_shape(p: Array) -> Array:
    x, y = p[0] * 0.97 + p[1] * 0.24, p[1] * 0.97 - p[0] * 0.24
    pole = np.maximum(length(x, p[2]) - 0.03, np.abs(y) - 1.55)
    fold = 0.05 * np.abs(np.sin(4 * np.arctan2(p[2], x))) * length(x, p[2])
    dome = np.abs(length(x, y + 0.5, p[2]) - 1.95 + fold) - 0.012
    return np.minimum(pole, np.maximum(dome, 0.78 - y) * 0.9).astype(np.float32)


def parasol_paint(p: Array, n: Array) -> Surface:
    x, y = p[0] * 0.97 + p[1] * 0.24, p[1] * 0.97 - p[0] * 0.24
    stripe = ((np.arctan2(p[2], x) / (2 * np.pi) + 0.5) * 8).astype(int) % 2 == 0
    cloth = np.where(stripe[None], vec(0.86, 0.55, 0.06), vec(0.86, 0.84, 0.78))
    return Surface(np.where((y < 0.75)[None], vec(0.55, 0.42, 0.3), cloth).astype(np.float32))


def boat_shape(p: Array) -> Array:
    hull = length(p[0] / 3.4, (p[1] - 0.9) / 1.1, p[2] / 1.0) - 1
    hull = np.maximum(hull * 0.9, p[1] - 0.75)
    mast = np.maximum(length(p[0] - 0.3, p[2]) - 0.08, np.abs(p[1] - 4.2) - 4.0)
    main = np.maximum(np.maximum(p[0] - 0.1, 1.3 - p[1]), (p[1] - 8.0) * 0.4 - (p[0] - 0.1) * 0.92)
    jib = np.maximum(np.maximum(0.6 - p[0], 1.2 - p[1]), (p[1] - 7.0) * 0.4 + (p[0] - 0.6) * 0.92)
    sails = np.maximum(np.minimum(main, jib), np.abs(p[2]) - 0.05)
    return np.minimum(np.minimum(hull, mast), sails).astype(np.float32)


def boat_paint(p: Array, n: Array) -> Surface:
    white = np.where((p[1] < 0.35)[None], vec(0.5, 0.04, 0.04), vec(0.82, 0.83, 0.85))
    return Surface(np.where((p[1] > 1.0)[None], vec(0.85, 0.82, 0.74), white).astype(np.float32))


def beach() -> Scene:
    low, high = vec(0.5, 0.72, 0.92), vec(0.06, 0.24, 0.68)

    def sky(d: Array) -> Array:
        colour = cloudy_sky(d, 0.5, low, high)
        right = smooth(-0.1, 0.5, np.arctan2(d[0], d[2]))
        return hills(d, colour, 0.075 * right + 1e-6, 0.31, vec(0.12, 0.2, 0.13), 0.62, vec(0.55, 0.7, 0.85))

    def ambient(d: Array) -> Array:
        up = smooth(-0.05, 0.05, d[1])
        return mix(vec(0.34, 0.28, 0.2), mix(low, high, smooth(0, 0.6, d[1])) * 0.95, up)

    things = [
        Thing((-0.95, 0.55, 5.4), 0.6, ball(0.58), beach_ball),
        Thing((0.72, 0.0, 4.35), 1.1, bucket_shape, bucket_paint, 0.7),
        Thing((3.1, 1.45, 8.6), 2.6, parasol_shape, parasol_paint, 0.7),
        Thing((-13.5, 0.0, 52.0), 9.5, boat_shape, boat_paint, 0.7),
    ]
    return Scene(
        eye=(0, 1.55, 0), target=(0, 0.93, 6), fov=52, focus=5.1, aperture=0.012,
        sun=(-0.62, 0.62, -0.25), sun_colour=(2.6, 2.35, 1.95), sun_size=0.018,
        things=things, ground=beach_ground(), exposure=0.52,
        sky=sky, ambient=ambient, mirrored=open_air(sky, ambient),
    )  # fmt: skip
