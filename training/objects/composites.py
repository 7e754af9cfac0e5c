"""Scenes put together from cutouts: every thing in them is known, and where one ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.common.samples import Array
from training.objects.canvas import Canvas, Placing
from training.objects.cutouts import Cutout
from training.objects.flat import sign, word
from training.objects.scenes import Scene
from training.objects.views import look

Rng = np.random.Generator
Size = tuple[int, int]
COUNTS = (0.14, 0.16, 0.17, 0.15, 0.13, 0.1, 0.08, 0.07)
"""How often one to eight things are pasted."""
ALIKE, WRITTEN, PLAIN = 0.3, 0.15, 0.15
"""Shares of composites: a group of one kind, letters and signs alone, a plain ground."""
SMALLEST = 0.05
"""Longer side of the smallest cutout to the shorter side of the picture; letters go down to `TINY`."""
TINY = 0.025


@dataclass(frozen=True)
class Stock:
    """What composites are made of: clear scenes as grounds, and cutouts."""

    grounds: Sequence[Scene]
    cutouts: Sequence[Cutout]


def composite(stock: Stock, size: Size, rng: Rng) -> Scene:
    """A scene of `size` (height, width) with one to eight things pasted in."""
    canvas = Canvas(ground(stock, size, rng))
    kind = rng.random()
    count = 1 + int(rng.choice(len(COUNTS), p=COUNTS))
    if kind < WRITTEN:
        _write(canvas, size, rng)
        for _ in range(count // 2):
            canvas.paste(sign(rng), _placing(size, rng.uniform(TINY, 0.4) * min(size), rng))
    elif kind < WRITTEN + ALIKE:
        _flock(canvas, stock, size, max(2, count), rng)
    else:
        for _ in range(count):
            cutout = stock.cutouts[int(rng.integers(len(stock.cutouts)))]
            canvas.paste(cutout, _grounded(cutout, _placing(size, _side(count, size, rng), rng), size, rng))
    if kind > 0.9:
        _write(canvas, size, rng)
    return canvas.scene("composite")


def ground(stock: Stock, size: Size, rng: Rng) -> Scene:
    """A plain ground, or a view of a photo, as a rule one that shows little of its own things."""
    if rng.random() < PLAIN:
        return _plain(size, rng)
    views = []
    for _ in range(3 if rng.random() < 0.75 else 1):
        scene = stock.grounds[int(rng.integers(len(stock.grounds)))]
        views.append(look(scene, size, rng))
    return min(views, key=lambda view: float(view.alpha.mean()))


def _plain(size: Size, rng: Rng) -> Scene:
    """One colour, or a slope from one to another, with a little grain: a table, a wall, paper."""
    first = np.full(3, 255.0) if rng.random() < 0.3 else rng.uniform(0, 255, 3)
    last = first if rng.random() < 0.5 else np.clip(first + rng.normal(0, 40, 3), 0, 255)
    ramp = np.linspace(0, 1, size[0])[:, None, None]
    photo = np.broadcast_to(first + (last - first) * ramp, (*size, 3)) + rng.normal(
        0, rng.uniform(0, 6), (*size, 3)
    )
    nothing = np.zeros(size, np.uint8)
    return Scene("plain", np.clip(photo, 0, 255).astype(np.uint8), nothing, nothing + 255, nothing, True)


def _side(count: int, size: Size, rng: Rng) -> float:
    """Longer side of a cutout: the more there are, the smaller."""
    most = 1.3 / np.sqrt(count)
    least = max(SMALLEST, 0.2 if count == 1 else 0.09)
    if rng.random() < 0.15:
        least = SMALLEST
    return float(np.exp(rng.uniform(np.log(least), np.log(most))) * min(size))


def _placing(size: Size, side: float, rng: Rng) -> Placing:
    """A random place and look for a cutout with so long a longer side."""
    gain = np.exp(rng.normal(0, 0.12)) * np.exp(rng.normal(0, 0.05, 3))
    blurred = rng.random() < 0.25
    return Placing(
        x=rng.uniform(0.02, 0.98) * size[1],
        y=rng.uniform(0.05, 0.95) * size[0],
        side=side,
        turn=rng.normal(0, 10) if rng.random() < 0.7 else rng.uniform(-60, 60),
        mirrored=bool(rng.random() < 0.5),
        gain=(float(gain[0]), float(gain[1]), float(gain[2])),
        lift=(float(rng.normal(0, 8)),) * 3,
        blur=min(float(rng.exponential(0.8)), side / 20) if blurred else 0.0,
        shadow=float(rng.uniform(0.15, 0.7)) if rng.random() < 0.4 else 0.0,
        fall=(float(rng.normal(0, 0.08)), float(abs(rng.normal(0, 0.08)))),
    )


def _grounded(cutout: Cutout, at: Placing, size: Size, rng: Rng) -> Placing:
    """What was cut off below stands at the lower rim, as a rule."""
    if not cutout.grounded or rng.random() < 0.2:
        return at
    high = at.side * cutout.alpha.shape[0] / max(cutout.alpha.shape)
    return replace(at, y=size[0] - high / 2 + rng.uniform(0, 0.1) * high, turn=0.0)


def _flock(canvas: Canvas, stock: Stock, size: Size, count: int, rng: Rng) -> None:
    """One cutout several times, or a few in turn, of about one size, in a row that may curve."""
    few = [stock.cutouts[int(n)] for n in rng.integers(0, len(stock.cutouts), rng.integers(1, 4))]
    side = float(rng.uniform(0.8, 2.2) / count * max(size))
    side = min(max(side, SMALLEST * min(size)), 0.8 * min(size))
    first = _placing(size, side, rng)
    way = rng.uniform(-0.5, 0.5) + (np.pi / 2 if rng.random() < 0.2 else 0)
    step = side * rng.uniform(0.35, 1.0)
    x, y = (whole / 2 + rng.normal(0, 0.1) * whole for whole in size[::-1])
    for number in range(count):
        cutout = few[number % len(few)]
        along = (number - (count - 1) / 2) * step * rng.uniform(0.85, 1.15)
        off = rng.normal(0, 0.12) * side
        canvas.paste(
            cutout,
            replace(
                first,
                x=x + along * np.cos(way) - off * np.sin(way),
                y=y + along * np.sin(way) + off * np.cos(way),
                side=side * float(np.exp(rng.normal(0, 0.12))),
                turn=float(rng.normal(0, 6)),
                mirrored=bool(rng.random() < 0.5),
            ),
        )


def _write(canvas: Canvas, size: Size, rng: Rng) -> None:
    """A word of two to eight letters, each a thing of its own, on a straight line."""
    letters = word(int(rng.integers(2, 9)), rng)
    high = float(np.exp(rng.uniform(np.log(TINY), np.log(0.35)))) * min(size)
    turn = float(rng.normal(0, 6))
    slope = np.deg2rad(-turn)
    x, y = rng.uniform(0.02, 0.5) * size[1], rng.uniform(0.1, 0.9) * size[0]
    gap = rng.uniform(0.08, 0.5) * high
    look_of_all = replace(_placing(size, high, rng), turn=turn, mirrored=False)
    for letter in letters:
        scale = high / max(letter.alpha.shape[0], 40)
        wide = letter.alpha.shape[1] * scale
        x, y = x + np.cos(slope) * wide / 2, y + np.sin(slope) * wide / 2
        canvas.paste(letter, replace(look_of_all, x=x, y=y, side=max(letter.alpha.shape) * scale))
        x, y = x + np.cos(slope) * (wide / 2 + gap), y + np.sin(slope) * (wide / 2 + gap)


def developed(photo: Array, rng: Rng) -> Array:
    """A picture with the marks of JPEG, three times in ten."""
    if rng.random() >= 0.3:
        return photo
    _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 96))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
