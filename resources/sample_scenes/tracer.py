"""A small path tracer in numpy for the sample photos.

Distance fields are sphere-traced (Hart 1996); one ray for the sun, one for the sky and one mirrored ray
are drawn at random for each of many samples a pixel, so shadows and focus are soft. Noise is 1/f noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Shape = Callable[[Array], Array]
Colour = tuple[float, float, float]
Light = Callable[[Array], Array]
WIDTH, HEIGHT = 1600, 1067
RNG = np.random.default_rng(7)


def start_over(seed: int) -> None:
    """Make all that is drawn at random from now on depend on this seed only."""
    RNG.bit_generator.state = np.random.default_rng(seed).bit_generator.state


@dataclass
class Surface:
    """What a point is made of: albedo 3×N (or 3×1), mirror share seen head-on, roughness, glass or not."""

    albedo: Array
    mirror: float | Array = 0.0
    rough: float = 0.3
    glass: bool = False


Ground = Callable[[Array, Array, Array], tuple[Surface, Array]]


@dataclass
class Thing:
    """A distance field around `centre` inside a bounding sphere, and its paint; both in local coordinates."""

    centre: Colour
    radius: float
    shape: Shape
    paint: Callable[[Array, Array], Surface]
    step: float = 0.9
    shadow_only: bool = False


@dataclass
class Scene:
    eye: Colour
    target: Colour
    fov: float
    focus: float
    aperture: float
    sun: Colour
    sun_colour: Colour
    sun_size: float
    things: list[Thing]
    ground: Ground
    sky: Callable[[Array], Array]
    ambient: Callable[[Array], Array]
    mirrored: Callable[[Array], Array]
    exposure: float = 1.0
    overlay: Array | None = None
    front: Array | None = None
    wall: Callable[[Array], tuple[Surface, Array]] | None = None
    wall_z: float = field(default=1e9)


# --- arithmetic -------------------------------------------------------------------------------------


def vec(*parts: float) -> Array:
    return np.array(parts, np.float32).reshape(3, 1)


def unit(v: Array) -> Array:
    return v / np.maximum(np.sqrt((v * v).sum(0)), 1e-9)


def length(*parts: Array) -> Array:
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    return np.sqrt(total)


def smooth(low: float, high: float, x: Array) -> Array:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: Array, b: Array, t: Array) -> Array:
    return a + (b - a) * t


def turn(x: Array, z: Array, degrees: float) -> tuple[Array, Array]:
    c, s = np.float32(np.cos(np.radians(degrees))), np.float32(np.sin(np.radians(degrees)))
    return x * c + z * s, z * c - x * s


def noise(seed: int, slope: float = 1.7, size: int = 2048, stretch: float = 1.0) -> Array:
    """Tileable 1/f^slope noise, size × size, about 0..1 around 0.5; `stretch` > 1 draws it out along x."""
    rng = np.random.default_rng(seed)
    fy, fx = np.fft.fftfreq(size)[:, None] * size, np.fft.rfftfreq(size)[None] * size * stretch
    radius = np.maximum(np.hypot(fx, fy), 1)
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) * radius**-slope
    spectrum[0, 0] = 0
    field_ = np.fft.irfft2(spectrum, (size, size))
    return np.clip(0.5 + field_ / field_.std() * 0.18, 0, 1).astype(np.float32)


def look(texture: Array, u: Array, v: Array) -> Array:
    """A texture at (u, v) in tiles; the jitter of a texel stands for bilinear filtering over the samples."""
    size = texture.shape[0]
    jitter = RNG.random((2, u.size), np.float32)
    x, y = (u * size + jitter[0]).astype(np.int64) % size, (v * size + jitter[1]).astype(np.int64) % size
    found: Array = texture[y, x]
    return found


def soften(texture: Array, sigma: float) -> Array:
    """A tileable texture blurred, tileable still."""
    edge = 32
    soft = cv2.GaussianBlur(np.pad(texture, edge, mode="wrap"), (0, 0), sigma)
    return np.asarray(soft[edge:-edge, edge:-edge], np.float32)


def slopes(texture: Array) -> Array:
    """The gradient of a height texture, size × size × 2, in heights a texel."""
    gx = np.roll(texture, -1, 1) - np.roll(texture, 1, 1)
    gy = np.roll(texture, -1, 0) - np.roll(texture, 1, 0)
    return np.stack([gx, gy], -1) / 2


# --- distance fields (local coordinates, 3×N) -------------------------------------------------------


def ball(r: float) -> Shape:
    return lambda p: length(p[0], p[1], p[2]) - r


def box(p: Array, half: Colour, r: float) -> Array:
    q = np.abs(p) - (np.array(half, np.float32).reshape(3, 1) - r)
    out = np.maximum(q, 0)
    return length(out[0], out[1], out[2]) + np.minimum(q.max(0), 0) - r


def rod(p: Array, a: Colour, b: Colour, r: float) -> Array:
    start, along = vec(*a), vec(*b) - vec(*a)
    h = np.clip(((p - start) * along).sum(0) / (along * along).sum(), 0, 1)
    q = p - start - along * h
    return length(q[0], q[1], q[2]) - r


def soft_min(a: Array, b: Array, k: float) -> Array:
    h = np.maximum(k - np.abs(a - b), 0) / k
    return np.minimum(a, b) - h * h * k / 4


def turned_profile(heights: list[float], radii: list[float]) -> Shape:
    """A solid of revolution about y; the gap to the profile is shortened where the profile is steep."""
    ys, rs = np.array(heights, np.float32), np.array(radii, np.float32)
    fine = np.linspace(ys[0], ys[-1], 400).astype(np.float32)
    curve = cv2.GaussianBlur(np.interp(fine, ys, rs).astype(np.float32).reshape(1, -1), (0, 0), 5)[0]
    lean = np.sqrt(1 + np.gradient(curve, fine) ** 2)

    def shape(p: Array) -> Array:
        r = np.interp(p[1], fine, curve)
        side = (length(p[0], p[2]) - r) / np.interp(p[1], fine, lean)
        ends = np.maximum(ys[0] - p[1], p[1] - ys[-1])
        return np.maximum(side, ends).astype(np.float32)

    return shape


# --- tracing ----------------------------------------------------------------------------------------


def hit(thing: Thing, o: Array, d: Array, far: Array) -> Array:
    """How far each ray goes until it meets the thing; inf where it does not before `far`."""
    oc = o - vec(*thing.centre)
    b = (oc * d).sum(0)
    inside = b * b - (oc * oc).sum(0) + thing.radius**2
    root = np.sqrt(np.maximum(inside, 0))
    found = np.full(b.shape, np.inf, np.float32)
    near = np.flatnonzero((inside > 0) & (root - b > 0) & (-b - root < far))
    if not near.size:
        return found
    p, d, t, end = oc[:, near], d[:, near], np.maximum(-b - root, 0)[near], (root - b)[near]
    for _ in range(90):
        gap = thing.shape(p + d * t)
        t = t + gap * thing.step
        done, gone = gap < 0.001, t > end
        found[near[done]] = t[done]
        alive = ~(done | gone)
        if not alive.any():
            break
        near, p, d, t, end = near[alive], p[:, alive], d[:, alive], t[alive], end[alive]
    return found


def blocked(scene: Scene, o: Array, d: Array) -> NDArray[np.bool_]:
    far = np.full(o.shape[1], np.inf, np.float32)
    hidden = np.zeros(o.shape[1], bool)
    for thing in scene.things:
        hidden |= np.isfinite(hit(thing, o, d, far))
    return hidden


def normal_of(thing: Thing, p: Array) -> Array:
    e = 0.0015
    total = np.zeros_like(p)
    for k in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        total += vec(*k) * thing.shape(p + e * vec(*k))
    return unit(total)


def scatter(n: int) -> Array:
    return RNG.standard_normal((3, n), np.float32)


def shade(scene: Scene, p: Array, n: Array, d: Array, made: Surface) -> Array:
    """Light from p back along d: sun, sky or bounce, and what the surface mirrors."""
    count = p.shape[1]
    lift = p + n * 0.004
    light = unit(unit(vec(*scene.sun)) + scene.sun_size * scatter(count))
    facing = np.maximum((n * light).sum(0), 0)
    lit = facing * ~blocked(scene, lift, light)
    around = unit(n + unit(scatter(count)))
    shut = blocked(scene, lift, around)
    sky = np.where(shut, 0.18 * scene.ambient(vec(0, 1, 0)), scene.ambient(around))
    colour = made.albedo * (vec(*scene.sun_colour) * lit + sky)
    if np.any(np.asarray(made.mirror) > 0):
        cosine = np.clip(-(n * d).sum(0), 0, 1)
        mirror = np.asarray(made.mirror, np.float32)
        share = mirror + (1 - mirror) * 0.9 * (1 - cosine) ** 5 * smooth(0, 0.02, mirror)
        back = unit(d - 2 * (n * d).sum(0) * n + made.rough * 0.35 * scatter(count))
        seen = np.where(blocked(scene, lift, back), 0.25, 1) * scene.mirrored(back)
        half = unit(light - d)
        power = 2 / max(made.rough, 0.05) ** 2
        gleam = np.maximum((n * half).sum(0), 0) ** power * (power + 2) / 10
        colour = colour + share * (seen + vec(*scene.sun_colour) * gleam * (lit > 0))
    return colour


def through_glass(scene: Scene, p: Array, n: Array, d: Array, tint: Array) -> Array:
    """Thin-walled coloured glass: what lies behind, bent a little, darker where the wall is seen edge-on."""
    cosine = np.clip(-(n * d).sum(0), 0.05, 1)
    bent = unit(d - 0.25 * n + 0.01 * scatter(p.shape[1]))
    behind = backdrop(scene, p + bent * 0.9, bent, None)
    clear = tint ** (0.7 + 0.55 / cosine)
    return shade(scene, p, n, d, Surface(np.zeros((3, 1), np.float32), 0.05, 0.05)) + behind * clear


def backdrop(scene: Scene, o: Array, d: Array, at: Array | None) -> Array:
    """Ground, wall or sky; `at` holds the pixels (x, y) of rays from the camera."""
    colour = scene.sky(d)
    t_wall = np.where(d[2] > 1e-4, (scene.wall_z - o[2]) / np.maximum(d[2], 1e-4), np.inf)
    t = np.where(d[1] < -1e-4, o[1] / np.maximum(-d[1], 1e-4), np.inf)
    down = np.flatnonzero((t < 4000) & (t < t_wall))
    if down.size:
        p = o[:, down] + d[:, down] * t[down]
        made, n = scene.ground(p, t[down], at[:, down] if at is not None else np.zeros((2, down.size)))
        colour[:, down] = shade(scene, p, n, d[:, down], made)
    if scene.wall is not None:
        on = np.flatnonzero((t_wall <= t) & np.isfinite(t_wall))
        p = o[:, on] + d[:, on] * t_wall[on]
        made, n = scene.wall(p)
        colour[:, on] = shade(scene, p, n, d[:, on], made)
    return colour


def trace(scene: Scene, o: Array, d: Array, at: Array) -> Array:
    best = np.full(o.shape[1], np.inf, np.float32)
    which = np.full(o.shape[1], -1)
    for number, thing in enumerate(scene.things):
        if thing.shadow_only:
            continue
        t = hit(thing, o, d, best)
        nearer = t < best
        best[nearer], which[nearer] = t[nearer], number
    colour = np.zeros_like(o)
    free = np.flatnonzero(which < 0)
    colour[:, free] = backdrop(scene, o[:, free], d[:, free], at[:, free])
    if scene.overlay is not None:
        over = scene.overlay[at[1, free], at[0, free]].T
        colour[:, free] = colour[:, free] * (1 - over[3]) + over[:3]
    for number in np.unique(which[which >= 0]):
        thing, rays = scene.things[number], np.flatnonzero(which == number)
        p = o[:, rays] + d[:, rays] * best[rays]
        local = p - vec(*thing.centre)
        n = normal_of(thing, local)
        made = thing.paint(local, n)
        dd = d[:, rays]
        if made.glass:
            colour[:, rays] = through_glass(scene, p, n, dd, made.albedo)
        else:
            colour[:, rays] = shade(scene, p, n, dd, made)
    return colour


def axes(scene: Scene) -> tuple[Array, Array, Array]:
    ahead = unit(vec(*scene.target) - vec(*scene.eye))
    right = unit(np.cross(vec(0, 1, 0), ahead, axis=0))
    return right, np.cross(ahead, right, axis=0), ahead


def project(scene: Scene, p: Array, width: int, height: int) -> tuple[Array, Array, Array]:
    """Pixel x, y and pixels a metre of points in the world."""
    right, up, ahead = axes(scene)
    q = p - vec(*scene.eye)
    depth = np.maximum((q * ahead).sum(0), 0.05)
    zoom = width / 2 / np.tan(np.radians(scene.fov) / 2) / depth
    return width / 2 + (q * right).sum(0) * zoom, height / 2 - (q * up).sum(0) * zoom, zoom


def render(scene: Scene, samples: int, scale: float) -> NDArray[np.uint8]:
    width, height = round(WIDTH * scale), round(HEIGHT * scale)
    right, up, ahead = axes(scene)
    span = np.tan(np.radians(scene.fov) / 2)
    total = np.zeros((height, width, 3), np.float32)
    rows = max(1, 160000 // width)
    for top in range(0, height, rows):
        ys, xs = np.mgrid[top : min(top + rows, height), 0:width].reshape(2, -1)
        full = np.stack([(xs / scale).astype(int), (ys / scale).astype(int)])
        full = np.minimum(full, [[WIDTH - 1], [HEIGHT - 1]])
        band = np.zeros((3, xs.size), np.float32)
        for _ in range(samples):
            jitter = RNG.random((2, xs.size), np.float32)
            u = ((xs + jitter[0]) / width * 2 - 1) * span
            v = (1 - (ys + jitter[1]) / height * 2) * span * height / width
            d = (ahead + right * u + up * v).astype(np.float32)
            angle, r = RNG.random((2, xs.size), np.float32) * [[2 * np.pi], [1]]
            lens = scene.aperture * np.sqrt(r) * (right * np.cos(angle) + up * np.sin(angle))
            lens = lens.astype(np.float32)
            light = trace(scene, vec(*scene.eye) + lens, unit(d - lens / scene.focus), full)
            band += np.minimum(light, 6)
        total[top : top + rows] = (band / samples).T.reshape(-1, width, 3)
    if scene.front is not None:
        front = cv2.resize(scene.front, (width, height), interpolation=cv2.INTER_AREA)
        total = total * (1 - front[..., 3:]) + front[..., :3]
    return develop(total * scene.exposure)


def develop(light: Array) -> NDArray[np.uint8]:
    """From linear light to a photo: glow, vignette, film curve, grain."""
    height, width = light.shape[:2]
    glow = cv2.GaussianBlur(np.maximum(light - 0.8, 0), (0, 0), width / 90)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = (light + glow * 0.25) * (1 - 0.13 * (x * x + y * y))[..., None]
    curve = np.clip(light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14), 0, 1)
    grain = cv2.GaussianBlur(RNG.standard_normal((height, width, 1), np.float32), (0, 0), 0.6)[..., None]
    calm = cv2.bilateralFilter((curve ** (1 / 2.2)).astype(np.float32), 5, 0.07, 1.6)
    picture = calm + grain * 0.012
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
