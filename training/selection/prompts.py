"""Made-up users: clicks, boxes, scribbles and earlier masks for objects whose true mask is known."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from training.selection.clicks import Asked

Area = NDArray[np.bool_]
Floats = NDArray[np.float32]

CLICK, CLICKS, BOX, BOX_CLICK, SCRIBBLE, MASK, LASSO = range(7)
KINDS = (0.46, 0.1, 0.18, 0.05, 0.07, 0.1, 0.04)
"""How often a round begins with each of the above."""
BOXES = KINDS[BOX] + KINDS[BOX_CLICK]


def odds(boxes: float) -> NDArray[np.float64]:
    """`KINDS` with this share of boxes, 0 to 1, with or without a click; the rest share the rest as there."""
    out = np.array(KINDS, np.float64)
    boxed = np.isin(np.arange(len(KINDS)), (BOX, BOX_CLICK))
    out[boxed] *= boxes / BOXES
    out[~boxed] *= (1 - boxes) / (1 - BOXES)
    return out / out.sum()


@dataclass
class Wish:
    """What a user has said so far, in cells: clicks (x, y, label), a box (left, top, right, bottom), a mask.

    `shape` is (h, w) of masks.
    """

    shape: tuple[int, int]
    clicks: list[tuple[float, float, int]] = field(default_factory=list)
    box: tuple[float, float, float, float] | None = None
    previous: Floats | None = None

    @property
    def exact(self) -> bool:
        """Whether more or less was said than one click, so that only one thing can be meant."""
        return len(self.clicks) != 1 or self.box is not None or self.previous is not None

    @property
    def silent(self) -> bool:
        """Whether nothing was said, which asks for what stands out."""
        return not self.clicks and self.box is None and self.previous is None


def asked(wishes: Sequence[Wish]) -> Asked:
    """Wishes as the network takes them."""
    most = max(1, *(len(wish.clicks) for wish in wishes))
    points = np.zeros((len(wishes), most, 2), np.float32)
    labels = np.full((len(wishes), most), -1, np.float32)
    box = np.full((len(wishes), 4), np.nan, np.float32)
    previous = np.zeros((len(wishes), 1, *wishes[0].shape), np.float32)
    for n, wish in enumerate(wishes):
        if wish.clicks:
            points[n, : len(wish.clicks)] = [click[:2] for click in wish.clicks]
            labels[n, : len(wish.clicks)] = [click[2] for click in wish.clicks]
        if wish.box is not None:
            box[n] = wish.box
        if wish.previous is not None:
            previous[n, 0] = wish.previous
    return Asked(*map(torch.from_numpy, (points, labels, box, previous)))


def depth(area: Area) -> Floats:
    """How far each pixel inside lies from the nearest one outside; what lies beyond the rim is outside."""
    padded = np.pad(area.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def innermost(area: Area) -> tuple[int, int]:
    """(x, y) of the pixel farthest from all that lies outside; the first of several, row by row."""
    y, x = np.unravel_index(int(depth(area).argmax()), area.shape)
    return int(x), int(y)


def largest(area: Area) -> Area:
    """The largest connected region; of several the first, row by row."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8), connectivity=8)
    if count <= 2:
        return area
    return np.asarray(parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def wrong(found: Area, truth: Area, known: Area) -> tuple[Area, int]:
    """The largest wrong region, and 1 if it is missing or 0 if it is too much; empty if all is right."""
    missing, extra = largest(truth & ~found & known), largest(found & ~truth & known)
    return (missing, 1) if missing.sum() >= extra.sum() else (extra, 0)


def start(
    truth: Area, known: Area, rng: np.random.Generator, odds: NDArray[np.float64] | None = None
) -> Wish:
    """What a user may say first of an object; `truth` must not be empty. `odds` replaces `KINDS`."""
    wish = Wish((truth.shape[0], truth.shape[1]))
    kind = int(rng.choice(len(KINDS), p=KINDS if odds is None else odds))
    if kind in (BOX, BOX_CLICK):
        wish.box = _box(truth, rng)
    if kind == SCRIBBLE:
        _scribble(wish, truth, known, rng)
    elif kind == LASSO:
        _lasso(wish, truth, rng)
    elif kind == MASK:
        wish.previous = spoilt(truth, rng)
        if rng.random() < 0.3:
            wish.box = _box(truth, rng)
    if kind in (CLICK, CLICKS, BOX_CLICK) or (kind == MASK and rng.random() < 0.7):
        _click(wish, truth, 1, rng)
    if kind == CLICKS:
        for _ in range(int(rng.integers(1, 4))):
            _click(wish, truth, 1, rng, 0.0)
        for _ in range(int(rng.integers(0, 3))):
            _click(wish, _around(truth, known), 0, rng, 0.0)
    return wish


def go_on(wish: Wish, found: Floats, truth: Area, known: Area, rng: np.random.Generator) -> None:
    """One more click into what is wrong in the mask `found` (0..1), which becomes the previous one."""
    taken = found > 0.5
    if rng.random() < 0.15:
        region, label = ((truth & ~taken & known), 1) if rng.random() < 0.5 else ((taken & ~truth & known), 0)
    else:
        region, label = wrong(taken, truth, known)
    if not region.any():
        region, label = (truth, 1) if rng.random() < 0.5 else (_around(truth, known), 0)
    wish.previous = found
    _click(wish, region, label, rng, 0.7)


def _click(wish: Wish, area: Area, label: int, rng: np.random.Generator, middle: float = 0.5) -> None:
    """A click in the middle of an area, or (more seldom near the edge) anywhere in it."""
    if not area.any():
        return
    if rng.random() < middle:
        x, y = innermost(area)
    else:
        weights = np.sqrt(depth(area)).ravel().astype(np.float64)
        place = int(rng.choice(weights.size, p=weights / weights.sum()))
        y, x = divmod(place, area.shape[1])
    wish.clicks.append((x + float(rng.random()), y + float(rng.random()), label))


def _around(truth: Area, known: Area) -> Area:
    """What lies about as far around an object as it is wide."""
    reach = max(2, round(0.5 * float(np.sqrt(truth.sum()))))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    near = np.asarray(cv2.dilate(truth.astype(np.uint8), kernel) > 0) & ~truth & known
    return near if near.any() else ~truth & known


def _bounds(area: Area) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _box(truth: Area, rng: np.random.Generator) -> tuple[float, float, float, float]:
    left, top, right, bottom = _bounds(truth)
    loose = abs(rng.normal(0, 0.06))
    shift = rng.normal(0, 0.04, 4) + np.array([-loose, -loose, loose, loose])
    moved = shift * np.array([right - left, bottom - top] * 2)
    return left + moved[0], top + moved[1], right + moved[2], bottom + moved[3]


def _scribble(wish: Wish, truth: Area, known: Area, rng: np.random.Generator) -> None:
    """A stroke through two to four places inside, and sometimes one around it."""
    for area, label in ((truth, 1), (_around(truth, known), 0)):
        if not area.any() or (label == 0 and rng.random() < 0.6):
            continue
        inside = np.argwhere(area)
        corners = inside[rng.integers(len(inside), size=int(rng.integers(2, 5)))]
        for a, b in itertools.pairwise(corners):
            steps = max(2, int(np.hypot(*(b - a)) / 2))
            for y, x in np.round(np.linspace(a, b, min(steps, 10))).astype(int):
                if area[y, x]:
                    wish.clicks.append((x + 0.5, y + 0.5, label))


def _lasso(wish: Wish, truth: Area, rng: np.random.Generator) -> None:
    """A rough outline around the object: its box, and all inside the outline as the previous mask."""
    points = np.argwhere(truth)[:, ::-1].astype(np.int32)
    hull = cv2.convexHull(np.ascontiguousarray(points))
    inside = np.zeros(truth.shape, np.uint8)
    cv2.fillPoly(inside, [np.asarray(hull, np.int32)], 1)
    if rng.random() < 0.5:
        inside = np.maximum(truth, _grow(inside > 0, -int(rng.integers(0, 4)))).astype(np.uint8)
    grown = _grow(inside > 0, 1 + int(rng.integers(0, 5)))
    wish.previous, wish.box = grown.astype(np.float32), _bounds(grown)


def spoilt(truth: Area, rng: np.random.Generator) -> Floats:
    """A mask that is nearly the true one: coarser, thicker or thinner, moved, with bites and bulges."""
    h, w = truth.shape
    mask = truth.astype(np.float32)
    size = float(np.sqrt(truth.sum()))
    if rng.random() < 0.6:  # as a look at the whole photo sees what is then looked at more closely
        small = max(1, round(w / rng.uniform(1.5, 5))), max(1, round(h / rng.uniform(1.5, 5)))
        coarse = cv2.resize(mask, small, interpolation=cv2.INTER_AREA)
        mask = np.asarray(cv2.resize(coarse, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)
    if rng.random() < 0.5:
        reach = max(1, round(size * rng.uniform(0.01, 0.06)))
        mask = _grow(mask > 0.5, reach if rng.random() < 0.5 else -reach).astype(np.float32)
    if rng.random() < 0.3:
        move = np.array([[1, 0, rng.normal(0, 0.04 * size)], [0, 1, rng.normal(0, 0.04 * size)]])
        mask = np.asarray(cv2.warpAffine(mask, move, (w, h)), np.float32)
    for _ in range(int(rng.integers(0, 3))):
        area = truth if rng.random() < 0.6 else _grow(truth, 3) & ~truth
        places = np.argwhere(area)
        if len(places):
            y, x = places[rng.integers(len(places))]
            axes = tuple(max(1, round(size * rng.uniform(0.05, 0.35))) for _ in range(2))
            cv2.ellipse(mask, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360,
                        float(rng.random() < 0.5), -1)  # fmt: skip
    if not (mask > 0.5).any():
        mask = truth.astype(np.float32)
    return np.asarray(mask, np.float32)


def _grow(area: Area, reach: int) -> Area:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(reach) + 1, 2 * abs(reach) + 1))
    change = cv2.dilate if reach > 0 else cv2.erode
    return np.asarray(change(area.astype(np.uint8), kernel) > 0)
