"""The holes to fill: drawn at random from a fixed seed, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from pathlib import Path

Flags = NDArray[np.bool_]
Kind = Literal["strokes", "object"]

SEED = 2022
"""The seed of every published number."""
SIZES = {"5-15": (0.05, 0.15), "15-35": (0.15, 0.35), "35-60": (0.35, 0.60)}
"""Share of the photo that a hole covers, at least and at most."""
KINDS: tuple[Kind, ...] = ("strokes", "object")
_IGNORED = 255
_TRIES = 40


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """One hole of a photo: `flags` H×W bool, True where to paint."""

    size: str
    kind: str
    flags: Flags

    @property
    def share(self) -> float:
        return float(self.flags.mean())


def holes_for(
    name: str, shape: tuple[int, int], *, seed: int = SEED, both: bool = False, masks: tuple[Path, ...] = ()
) -> list[Hole]:
    """A hole of each size for the photo of that file name and (height, width).

    Free-form and object-shaped holes take turns; `both` gives each size both. `masks` are label pictures
    whose objects lend their outlines; without any, object-shaped holes are smooth random blobs. A hole
    depends on seed, name, shape and masks only, so it stays the same when other photos come or go.
    """
    first = crc32(name.encode()) % len(KINDS)
    found = []
    for turn, size in enumerate(SIZES):
        chosen = KINDS if both else (KINDS[(first + turn) % len(KINDS)],)
        for kind in chosen:
            rng = np.random.default_rng([seed, crc32(f"{name}/{size}/{kind}".encode())])
            low, high = SIZES[size]
            share = rng.uniform(low + 0.01, high - 0.01)
            found.append(Hole(size, kind, _drawn(shape, kind, share, rng, masks)))
    return found


def _drawn(
    shape: tuple[int, int], kind: Kind, share: float, rng: np.random.Generator, masks: tuple[Path, ...]
) -> Flags:
    if kind == "strokes":
        return strokes(shape, share, rng)
    if masks:
        return placed(silhouette(masks, rng), shape, share, rng)
    return blob(shape, share, rng)


def strokes(shape: tuple[int, int], share: float, rng: np.random.Generator) -> Flags:
    """Wandering brush strokes, H×W, drawn until they cover the share (0..1) of the picture."""
    height, width = shape
    canvas = np.zeros(shape, np.uint8)
    wanted, side = share * height * width, float(np.sqrt(height * width))
    limits = np.array([width - 1, height - 1], np.float64)
    while True:
        radius = max(1.0, side * rng.uniform(0.015, 0.05) * (1 + share))
        place, angle = rng.uniform(0, 1, 2) * limits, rng.uniform(0, 2 * np.pi)
        for _ in range(rng.integers(4, 12)):
            angle += rng.normal(0, 0.7)
            length = side * rng.uniform(0.03, 0.12)
            step = np.array([np.cos(angle), np.sin(angle)]) * radius / 2
            for _ in range(max(1, int(2 * length / radius))):
                place = np.clip(place + step, 0, limits)
                cv2.circle(canvas, (round(place[0]), round(place[1])), round(radius), 1, -1)
                if np.count_nonzero(canvas) >= wanted:
                    return np.asarray(canvas > 0)


def blob(shape: tuple[int, int], share: float, rng: np.random.Generator) -> Flags:
    """A ragged blob around a random place, H×W, that covers the share (0..1) of the picture."""
    height, width = shape
    side = float(np.sqrt(height * width))
    centre = rng.uniform(0.25, 0.75, 2) * (height, width)
    rows, columns = np.ogrid[:height, :width]
    reach = np.sqrt((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / side
    ragged = np.zeros(shape, np.float64)
    for cells, strength in ((4, 0.12), (8, 0.06), (16, 0.03)):
        noise = rng.standard_normal((cells, cells)) * strength
        ragged += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    field = (reach + ragged).ravel()
    wanted = round(share * height * width)
    out = np.zeros(height * width, np.bool_)
    out[np.argpartition(field, wanted)[:wanted]] = True
    return out.reshape(shape)


def silhouette(masks: tuple[Path, ...], rng: np.random.Generator) -> Flags:
    """The outline of an object from a random label picture, cropped. Raises StudioError if none is found.

    A label picture holds a number for each pixel: 0 is background, 255 counts as "ignore" where there are
    other numbers too.
    """
    from PIL import Image

    for _ in range(_TRIES):
        with Image.open(masks[rng.integers(len(masks))]) as picture:
            labels = np.asarray(picture)
        if labels.ndim != 2:
            continue
        present = [n for n in np.unique(labels) if n not in (0, _IGNORED)]
        label = rng.choice(present) if present else _IGNORED
        _, parts, facts, _ = cv2.connectedComponentsWithStats((labels == label).astype(np.uint8))
        areas = facts[1:, cv2.CC_STAT_AREA]
        if not len(areas) or not 0.01 < areas.max() / labels.size < 0.8:
            continue
        best = 1 + int(areas.argmax())
        x, y, w, h = (int(n) for n in facts[best, :4])
        return np.asarray(parts[y : y + h, x : x + w] == best)
    raise StudioError("No object was found in the mask pictures; name a folder of label pictures (PNG).")


def placed(outline: Flags, shape: tuple[int, int], share: float, rng: np.random.Generator) -> Flags:
    """The outline, mirrored or not, at a random place, as large as it must be to cover the share (0..1)."""
    if rng.random() < 0.5:
        outline = outline[:, ::-1]
    soft = np.pad(outline, 1).astype(np.float32)
    # Its deepest place is put into the picture, so that scaling alone can reach any share.
    depth = cv2.distanceTransform((soft > 0).astype(np.uint8), cv2.DIST_L2, 5)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    height, width = shape
    to = rng.uniform(0.2, 0.8, 2) * (width, height)
    small, large = 0.0, 4 * float(np.hypot(height, width)) / float(depth.max())
    flags = np.zeros(shape, np.bool_)
    for _ in range(40):
        scale = (small + large) / 2
        move = np.array([[scale, 0, to[0] - scale * column], [0, scale, to[1] - scale * row]])
        flags = np.asarray(cv2.warpAffine(soft, move, (width, height), flags=cv2.INTER_LINEAR) > 0.5)
        if abs(flags.mean() - share) < 0.002:
            break
        small, large = (scale, large) if flags.mean() < share else (small, scale)
    return flags
