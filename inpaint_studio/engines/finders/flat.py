"""Finds letters, logos and signs: even-coloured shapes with a crisp outline on an even ground; no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Progress, SubProgress, message
from inpaint_studio.engines.finders.instances import Rule, Sketch
from inpaint_studio.engines.finders.merge import MOST_OBJECTS, merged, sharpened, work_size
from inpaint_studio.engines.finders.objects import UNNAMED
from inpaint_studio.engines.networks.pictures import resized

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array

RULE = Rule(UNNAMED, "thing", 0.0002, 0.003)
SMALLEST, LARGEST = 0.0003, 0.2
"""Share of the photo that a shape covers."""
WINDOWS = 0.06, 0.16, 0.4
"""Sides of the windows whose median is the ground, to the longer side of the photo: shapes of up to half of
that are found."""
_EVEN, _ALONE = 0.08, 0.045
"""Spread of colours (mean distance from the median) up to which shape and ground count as even, as a share of
how far they are apart: of a shape in a row of others like it, and of one that stands alone."""
_MOST = 0.8
"""Share of a shape, and of the ground, that must be even: letters lie on signs, and beside each other."""
_APART = 30.0
"""Least distance in Lab of their colours."""
_CRISP = 0.9
"""Share of the outline on which the colour changes by half of that distance within three pixels."""
_ROW, _LIKE, _NEAR = 2, 1.8, 3.0
"""A row has so many others, up to so many times as high, within so many heights, of about one colour."""
_ONE_COLOUR = 20.0
_RING = 0.3
"""Width of the ground that is looked at, to the side of the shape; three pixels at least."""


class _Shape(NamedTuple):
    """A candidate that was judged: `mask` is h×w uint8, 0 or 1, in its box in the reduced photo.

    `spread` is the larger one of shape and ground, as a share of how far their colours are apart.
    """

    box: tuple[int, int, int, int]
    mask: Array
    colour: NDArray[np.float32]
    spread: float
    score: float


class FlatFinder:
    """Finder contract: even-coloured shapes. Needs no network."""

    def sketch(self, image: Array, size: tuple[int, int], progress: Progress = NO_PROGRESS) -> list[Sketch]:
        """The shapes in an H×W×3 uint8 RGB photo, at the size (w, h), none of them in another."""
        found = [_sketched(shape, size) for shape in shapes(resized(image, size))]
        progress.report(1.0, message("job.looking_at_photo"))
        return found

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All shapes in an H×W×3 uint8 RGB photo, by size and certainty; no two masks share a pixel."""
        seen = self.sketch(image, work_size(image), SubProgress(progress, 0.0, 0.4))
        return sharpened(image, merged(seen), SubProgress(progress, 0.4, 1.0))


def shapes(small: Array) -> list[_Shape]:
    """The shapes of an h×w×3 uint8 RGB picture, those within others left out, the surest first."""
    if min(small.shape[:2]) < 16:
        return []
    unit = small.astype(np.float32) * np.float32(1 / 255)
    lab = np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB), np.float32)
    judged = [shape for candidate in _candidates(small) if (shape := _judged(lab, candidate)) is not None]
    judged = [shape for shape in judged if shape.spread <= _ALONE or _in_a_row(shape, judged)]
    taken = np.zeros(small.shape[:2], bool)
    kept: list[_Shape] = []
    # A shape within another lies before it or is a part of it: the outer one is the thing.
    for shape in sorted(judged, key=lambda shape: -int(_filled(shape.mask).sum())):
        x, y, w, h = shape.box
        inside = shape.mask > 0
        if taken[y : y + h, x : x + w][inside].mean() < 0.3:
            kept.append(shape)
            taken[y : y + h, x : x + w] |= _filled(shape.mask) > 0
    return sorted(kept, key=lambda shape: -shape.score)[:MOST_OBJECTS]


def _candidates(small: Array) -> list[tuple[tuple[int, int, int, int], Array]]:
    """Boxes and masks of what differs from the ground around it, for shapes of several sizes.

    The ground is the median of a window, so that slopes of light do not matter; a shape goes as far as half
    its difference from it, so that soft rims do not either.
    """
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.uint8)
    area = lab.shape[0] * lab.shape[1]
    found = []
    for share in WINDOWS:
        side = 2 * round(share * max(lab.shape[:2]) / 2) + 1
        away = _difference(lab, _median(lab, side))
        most = cv2.dilate(away, np.ones((side // 2, side // 2), np.uint8))
        differs = ((away > 0.5 * most) & (away > _APART * 0.5)).astype(np.uint8)
        count, numbers, stats, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
        for number in range(1, count):
            x, y, w, h, size = (int(value) for value in stats[number])
            if SMALLEST * area <= size <= LARGEST * area and max(w, h) <= 1.2 * side:
                found.append(((x, y, w, h), (numbers[y : y + h, x : x + w] == number).astype(np.uint8)))
    return found


def _median(lab: Array, side: int) -> Array:
    """Median of windows of about `side` pixels, of a picture reduced where they are large."""
    step = max(1, side // 40)
    size = max(1, lab.shape[1] // step), max(1, lab.shape[0] // step)
    reduced = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    blurred = cv2.medianBlur(reduced, min(255, max(3, side // step | 1)))
    return np.asarray(
        cv2.resize(blurred, (lab.shape[1], lab.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8
    )


def _difference(one: Array, other: Array) -> NDArray[np.float32]:
    """Distance of 8-bit Lab colours, in units of Lab, H×W float32."""
    apart = one.astype(np.float32) - other
    apart[..., 0] *= np.float32(100 / 255)
    return np.asarray(np.sqrt(np.einsum("ijk,ijk->ij", apart, apart)), np.float32)


def _judged(lab: NDArray[np.float32], candidate: tuple[tuple[int, int, int, int], Array]) -> _Shape | None:
    """The candidate with its certainty; None if it is not even, not crisp, or cut off by the rim."""
    (x, y, w, h), mask = candidate
    high, wide = lab.shape[:2]
    if x <= 0 or y <= 0 or x + w >= wide or y + h >= high:
        return None
    reach = max(4, round(_RING * min(w, h)) + 1)
    left, top = max(0, x - reach), max(0, y - reach)
    window = lab[top : y + h + reach, left : x + w + reach]
    whole = np.zeros(window.shape[:2], np.uint8)
    whole[y - top : y - top + h, x - left : x - left + w] = mask
    inner = cv2.erode(whole, np.ones((3, 3), np.uint8)) > 0
    if np.count_nonzero(inner) < 6:
        inner = whole > 0
    near = cv2.dilate(whole, np.ones((5, 5), np.uint8)) > 0
    ring = (cv2.dilate(whole, np.ones((2 * reach - 1, 2 * reach - 1), np.uint8)) > 0) & ~near
    if np.count_nonzero(ring) < 12:
        return None
    colour, spread = _even(window[inner])
    ground, ground_spread = _even(window[ring])
    apart = float(np.linalg.norm(colour - ground))
    if apart < _APART or max(spread, ground_spread) > _EVEN * apart:
        return None
    crisp = _crispness(window, whole, (colour - ground) / apart, apart)
    if crisp < _CRISP:
        return None
    most = max(spread, ground_spread) / apart
    return _Shape((x, y, w, h), mask, colour, most, crisp * min(1.0, 0.5 + apart / 100) * (1 - 2 * most))


def _in_a_row(shape: _Shape, others: list[_Shape]) -> bool:
    """Whether shapes of about the same height and colour stand beside it, as letters do."""
    x, y, w, h = shape.box
    beside = 0
    for other in others:
        left, top, wide, high = other.box
        like = (
            max(h, high) <= _LIKE * min(h, high) and np.linalg.norm(shape.colour - other.colour) < _ONE_COLOUR
        )
        centres = abs(left + wide / 2 - x - w / 2), abs(top + high / 2 - y - h / 2)
        apart = max(centres) > 0.3 * h  # else it is the same shape, seen with another window
        beside += bool(like and apart and max(centres) <= _NEAR * max(h, w))
    return beside >= _ROW


def _even(colours: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """Median of N×3 colours, and the mean distance from it of the nearest `_MOST` of them."""
    middle = np.median(colours, axis=0).astype(np.float32)
    away = np.linalg.norm(colours - middle, axis=1)
    most = max(1, round(_MOST * len(away)))
    return middle, float(np.partition(away, most - 1)[:most].mean())


def _crispness(window: NDArray[np.float32], mask: Array, way: NDArray[np.float32], apart: float) -> float:
    """Share of the outline across which the colour goes at least half the way from ground to shape."""
    along = window @ way
    highest = cv2.dilate(along, np.ones((3, 3), np.uint8))
    lowest = cv2.erode(along, np.ones((3, 3), np.uint8))
    outline = (cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0) & (mask == 0)
    return float(((highest - lowest)[outline] >= 0.5 * apart).mean()) if outline.any() else 0.0


def _filled(mask: Array) -> Array:
    """The mask with its holes filled, 0 or 1."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, -1), np.uint8)


def _sketched(shape: _Shape, size: tuple[int, int]) -> Sketch:
    x, y, w, h = shape.box
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[y : y + h, x : x + w] = shape.mask * np.uint8(255)
    return Sketch(mask, RULE, shape.score)
