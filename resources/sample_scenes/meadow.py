"""A meadow with a car on a track, trees and a balloon."""

from __future__ import annotations

import numpy as np

from sample_scenes.common import FINE, PATCHES, cloudy_sky, hills, open_air
from sample_scenes.plants import paint_blades, paint_tree, painted_layer
from sample_scenes.tracer import (
    HEIGHT,
    WIDTH,
    Array,
    Ground,
    Scene,
    Shape,
    Surface,
    Thing,
    ball,
    box,
    length,
    look,
    mix,
    noise,
    rod,
    slopes,
    smooth,
    soft_min,
    turn,
    turned_profile,
    unit,
    vec,
)


def path_middle(z: Array) -> Array:
    return 9.2 - z * 0.95 + 0.006 * z * z


def meadow_ground(painted: Array) -> Ground:
    lumps = slopes(noise(12, 1.5))

    def ground(p: Array, far: Array, at: Array) -> tuple[Surface, Array]:
        x, z = p[0], p[2]
        ragged = (look(PATCHES, x * 0.05, z * 0.05) - 0.5) * 1.6 + (look(FINE, x * 0.1, z * 0.1) - 0.5) * 1.1
        away = np.abs(x - path_middle(z)) + ragged
        track = smooth(2.0, 1.55, away)
        rut = np.abs(np.abs(x - path_middle(z)) - 1.0)
        pebbles = look(FINE, x * 0.35, z * 0.35)
        earth = mix(vec(0.36, 0.28, 0.19), vec(0.27, 0.2, 0.13), smooth(0.45, 0.1, rut)) * (
            0.55 + pebbles * 0.9
        )
        grass = painted[at[1].astype(int), at[0].astype(int)].T
        broad = 0.75 + 0.6 * look(PATCHES, x * 0.013, z * 0.013)
        haze = smooth(20, 220, far) * 0.45
        lawn = mix(grass * broad, vec(0.24, 0.33, 0.16), haze)
        bump = look(lumps, x * 0.2, z * 0.2) * (14 / (1 + far * 0.05))[:, None]
        n = unit(np.stack([-bump[:, 0], np.ones_like(x), -bump[:, 1]]))
        return Surface(mix(lawn, earth, track).astype(np.float32)), n

    return ground


TREES = (((11.0, 56.0), 8.0), ((-17.0, 46.0), 9.0), ((-12.2, 29.0), 8.5), ((8.3, 19.5), 6.0))
CAR_TURN = -40.0


def car_parts(p: Array) -> tuple[Array, ...]:
    """Distances of body, cabin and wheels, and the coordinates along, up and across the car."""
    x, z = turn(p[0], p[2], CAR_TURN)
    y = p[1]
    crown = y - 0.06 * (1 - (x / 2) ** 2)
    body = box(np.stack([x, crown - 0.62, z]), (1.98, 0.3, 0.82), 0.2)
    bonnet = box(np.stack([x, y - 0.5, z]), (2.02, 0.2, 0.78), 0.14)
    lean = np.maximum(y - 0.9, 0)
    cabin = (
        box(
            np.stack([(x + 0.18) * (1 + lean * 0.62), y - 1.05, z * (1 + lean * 0.3)]),
            (1.22, 0.46, 0.76),
            0.16,
        )
        * 0.72
    )
    shell = soft_min(soft_min(body, bonnet, 0.1), cabin, 0.14)
    arch = np.minimum(length(x - 1.22, y - 0.33), length(x + 1.22, y - 0.33)) - 0.4
    shell = np.maximum(shell, -np.maximum(arch, 0.5 - np.abs(z)))
    rim = np.minimum(length(x - 1.22, y - 0.33), length(x + 1.22, y - 0.33))
    wheel = np.maximum(rim - 0.32, np.abs(np.abs(z) - 0.7) - 0.11) - 0.03
    wheel = np.maximum(wheel, -np.maximum(rim - 0.18, 0.76 - np.abs(z)))
    return shell, wheel, x, y, z, rim


def car_shape(p: Array) -> Array:
    shell, wheel, *_ = car_parts(p)
    return np.minimum(shell, wheel).astype(np.float32)


def car_paint(p: Array, n: Array) -> Surface:
    shell, wheel, x, y, z, rim = car_parts(p)
    nx, _ = turn(n[0], n[2], CAR_TURN)
    colour = np.tile(vec(0.5, 0.018, 0.022), (1, x.size))
    side, lean = np.abs(nx) < 0.55, (y - 0.97) * 0.72
    pane = (y > 0.97) & (y < 1.33) & (np.abs(x + 0.2) < 1.02 - lean) & (np.abs(x + 0.12) > 0.05)
    shield = (y > 0.99) & (y < 1.34) & (np.abs(z) < 0.6) & (np.abs(nx) > 0.3)
    glass = (side & pane & (n[1] < 0.6)) | (~side & shield)
    trim = (y < 0.36) | ((np.abs(y - 0.52) < 0.018) & (np.abs(x) < 1.9))
    door = side & (y > 0.42) & (y < 0.95) & (np.abs(np.abs(x + 0.12) - 0.62) < 0.008)
    handle = side & (np.abs(y - 0.83) < 0.022) & (np.abs(x + 0.55) < 0.09)
    lamp = (np.abs(x) > 1.7) & (length(y - 0.68, np.abs(z) - 0.56) < 0.13) & (np.abs(nx) > 0.5)
    plate = (np.abs(nx) > 0.6) & (np.abs(z) < 0.26) & (np.abs(y - 0.45) < 0.06)
    for where, paint in (
        (trim, (0.03, 0.03, 0.035)), (door, (0.12, 0.01, 0.01)), (handle, (0.6, 0.6, 0.6)),
        (glass, (0.012, 0.018, 0.022)), (plate, (0.75, 0.75, 0.7)),
        (lamp & (x > 0), (0.85, 0.85, 0.8)), (lamp & (x < 0), (0.5, 0.02, 0.01)),
    ):  # fmt: skip
        colour[:, where] = vec(*paint)
    tyre = wheel < shell
    colour[:, tyre] = vec(0.018, 0.018, 0.02)
    spokes = tyre & (rim < 0.195)
    colour[:, spokes] = vec(0.5, 0.51, 0.53) * (0.7 + 0.3 * np.cos(rim[spokes] * 60))
    mirror = np.where(glass, 0.11, np.where(tyre, 0.01, 0.06)).astype(np.float32)
    return Surface(colour.astype(np.float32), mirror, 0.1)


def balloon_paint(p: Array, n: Array) -> Surface:
    gore = (np.arctan2(p[2], p[0]) / (2 * np.pi) + 0.5) * 16
    colours = np.array(
        [(0.7, 0.05, 0.04), (0.82, 0.45, 0.04), (0.82, 0.72, 0.1), (0.05, 0.28, 0.5)], np.float32
    ).T
    colour = colours[:, gore.astype(int) % 4] * (1 - 0.3 * smooth(0.08, 0, np.abs(gore - np.round(gore))))
    band = np.abs(p[1] - 0.2) < 0.8
    colour = np.where(band[None] & (gore.astype(int) % 2 == 0)[None], vec(0.85, 0.82, 0.76), colour)
    return Surface(np.where((p[1] < -5.6)[None], vec(0.3, 0.17, 0.07), colour).astype(np.float32))


def balloon_shape() -> Shape:
    envelope = turned_profile(
        [-5.0, -4.4, -3, -1.5, 0, 1.5, 2.8, 3.6, 4.0], [0.55, 0.85, 1.9, 2.95, 3.6, 3.75, 2.95, 1.7, 0.0]
    )

    def shape(p: Array) -> Array:
        basket = box(p - vec(0, -6.4, 0), (0.55, 0.42, 0.55), 0.08)
        q = np.stack([np.abs(p[0]), p[1], np.abs(p[2])])
        rope = rod(q, (0.5, -6.0, 0.5), (0.42, -4.9, 0.42), 0.025)
        return np.minimum(np.minimum(envelope(p), basket), rope).astype(np.float32)

    return shape


def meadow() -> Scene:
    low, high = vec(0.6, 0.76, 0.92), vec(0.09, 0.29, 0.7)

    def sky(d: Array) -> Array:
        colour, air = cloudy_sky(d, 0.49, low, high), vec(0.55, 0.7, 0.86)
        colour = hills(d, colour, 0.13, 0.12, vec(0.1, 0.17, 0.14), 0.7, air)
        colour = hills(d, colour, 0.085, 0.47, vec(0.09, 0.16, 0.06), 0.42, air)
        return hills(d, colour, 0.036, 0.83, vec(0.1, 0.17, 0.04), 0.2, air)

    def ambient(d: Array) -> Array:
        return mix(vec(0.12, 0.16, 0.06), mix(low, high, smooth(0, 0.6, d[1])), smooth(-0.05, 0.05, d[1]))

    scene = Scene(
        eye=(0, 1.7, 0), target=(0, 1.75, 8), fov=50, focus=10, aperture=0.012,
        sun=(-0.6, 0.6, -0.42), sun_colour=(2.7, 2.4, 1.95), sun_size=0.018,
        things=[], ground=meadow_ground(np.zeros((HEIGHT, WIDTH, 3), np.float32)), exposure=0.6,
        sky=sky, ambient=ambient, mirrored=open_air(sky, ambient),
    )  # fmt: skip
    base = vec(0.11, 0.14, 0.035).T.reshape(1, 1, 3)

    def off_track(x: Array, z: Array) -> Array:
        return np.abs(x - path_middle(z)) + (look(PATCHES, x * 0.05, z * 0.05) - 0.5) * 1.6 > 1.8

    lawn = painted_layer(2, lambda image: paint_blades(scene, image, 150000, 2.2, 90))
    scene.ground = meadow_ground((lawn[..., :3] + base * (1 - lawn[..., 3:])).astype(np.float32))

    def trees(image: Array) -> None:
        for seed, (foot, tall) in enumerate(TREES):
            paint_tree(scene, image, foot, tall, seed + 4)

    scene.overlay = painted_layer(2, trees)
    car_at = (0.75, 0.0, 9.2)

    def by_the_car(x: Array, z: Array) -> Array:
        return off_track(x, z) & (z < 8.6)

    scene.front = painted_layer(2, lambda image: paint_blades(scene, image, 2600, 2.2, 8.6, by_the_car)) * 0.9
    scene.front[..., :3] *= 1.6
    crowns = [Thing((x, y * 0.66, z), y * 0.3, ball(y * 0.27), balloon_paint, shadow_only=True)
              for (x, z), y in TREES]  # fmt: skip
    scene.things = [Thing(car_at, 2.4, car_shape, car_paint, 0.75),
                    Thing((-4.2, 13.4, 58.0), 7.4, balloon_shape(), balloon_paint, 0.8), *crowns]  # fmt: skip
    return scene
