"""Alpha by the network of soft edges: from a small picture, where it looks far, to the full one.

The first answer is for a picture so small that the widest edge lies within the network's sight. Larger ones
follow colours from the last answer, enlarged, and only where that was neither inside nor outside.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Progress, StudioError, SubProgress, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import Floats
from inpaint_studio.engines.matting.blur import hairiness, plain_blur
from inpaint_studio.engines.matting.closed_form import PULL, find_hairs, follow_colours
from inpaint_studio.engines.matting.features import AROUND, GIVEN, OBJECT, features
from inpaint_studio.engines.networks.card import Card, read_card
from inpaint_studio.engines.networks.places import has_network
from inpaint_studio.engines.networks.sessions import session

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "edges"
FORM = "edges"
"""The `form` of cards whose graph `cover` makes `coverage` of `planes`."""
_CORE, _RIM, _AROUND = 64, 8, 16
"""Side of a tile, how far the network looks beyond it, and how far beyond that colours are averaged."""
_BATCH = 4
_BLUR, _STEP = 2.0, 0.8
"""Sigma in pixels of an edge that is all blur, and how much less one is that is not."""
_ALIKE = np.float32(0.002)
"""Squared distance of two colours of 0..1 that are hard to tell apart."""


def installed() -> bool:
    """Whether there is such a network."""
    return has_network(NAME)


@lru_cache(maxsize=1)
def card() -> Card:
    """The network's card; StudioError if it is damaged or of another version."""
    found = read_card(NAME)
    if found.form != FORM:
        raise StudioError(message("network.no_edges", id=found.id))
    return found


def answer(planes: Floats) -> Floats:
    """The network's coverage, N×h×w, for N×h×w×12 planes. StudioError if its file is damaged."""
    inputs = np.ascontiguousarray(planes.transpose(0, 3, 1, 2))
    made: Floats = session(card(), "cover").run({"planes": inputs})["coverage"][:, 0]
    return made


def alpha_level(image: Array, given: Array, unknown: NDArray[np.bool_], progress: Progress,
                ask: Callable[[Floats], Floats] | None = None) -> Array:  # fmt: skip
    """Coverage 0..255 of one picture, H×W uint8: `given` with the unknown pixels worked out anew.

    `ask` takes the place of the network's `answer`.
    """
    out = given.copy()
    tiles = _tiles(unknown)
    for first in range(0, len(tiles), _BATCH):
        progress.report(first / len(tiles))
        some = tiles[first : first + _BATCH]
        answers = _answers(ask or answer, [_planes(image, given, place) for place in some])
        for (top, left), cover in zip(some, answers, strict=True):
            part = np.s_[top : top + _CORE, left : left + _CORE]
            here = unknown[part]
            found = np.asarray(np.clip(cover[: here.shape[0], : here.shape[1]], 0, 1) * 255 + 0.5, np.uint8)
            out[part][here] = found[here]
    return out


def _tiles(unknown: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Top left corners of the tiles with unknown pixels, moved along their row to lie around them."""
    found = []
    for top in range(0, unknown.shape[0], _CORE):
        columns = np.flatnonzero(unknown[top : top + _CORE].any(axis=0))
        while len(columns):
            left = int(columns[0])
            found.append((top, left))
            columns = columns[columns >= left + _CORE]
    return found


def _planes(image: Array, given: Array, place: tuple[int, int]) -> Floats:
    """The network's input for a tile, with its rim: side × side × 12."""
    side, reach = _CORE + 2 * (_RIM + _AROUND), _RIM + _AROUND
    (top, left), (height, width) = place, given.shape
    y0, x0 = max(0, top - reach), max(0, left - reach)
    y1, x1 = min(height, top - reach + side), min(width, left - reach + side)
    part = np.s_[y0:y1, x0:x1]
    planes = features(image[part], given[part].astype(np.float32) * np.float32(1 / 255))
    before = y0 - (top - reach), x0 - (left - reach)
    edges = (before[0], side - before[0] - (y1 - y0)), (before[1], side - before[1] - (x1 - x0)), (0, 0)
    whole = np.pad(planes, edges, "edge") if any(map(any, edges)) else planes
    return whole[_AROUND:-_AROUND, _AROUND:-_AROUND]


def _answers(ask: Callable[[Floats], Floats], planes: list[Floats]) -> Floats:
    """Coverage of the tiles without their rims; what was given, where colours can't tell."""
    inputs = np.stack(planes)
    found = ask(inputs)
    across = np.square(inputs[..., OBJECT] - inputs[..., AROUND]).sum(axis=-1)
    alike = np.square(_ALIKE / (across + _ALIKE))
    out: Floats = found + alike * (inputs[..., GIVEN] + np.float32(0.5) - found)
    return out[:, _RIM:-_RIM, _RIM:-_RIM]


def solve(
    image: Array, coverage: Array, unknown: NDArray[np.bool_], factor: int, progress: Progress
) -> Array:
    """Alpha 0..255, H×W uint8, for rough coverage of an H×W×3 uint8 picture.

    `unknown` are the pixels that may change, `factor` is how many times smaller the first picture is.
    """
    hard = np.where(coverage > 127, 255, 0).astype(np.uint8)
    found: Array | None = None
    steps = _factors(factor)
    for number, step in enumerate(steps):
        small, known, may = (_shrunk(p, step) for p in (image, hard, unknown.astype(np.uint8)))
        part = SubProgress(progress, number / len(steps), (number + 1) / len(steps))
        wanted = np.asarray(may > 0)
        if found is None:
            found = _first_answer(small, np.where(known > 127, 255, 0).astype(np.uint8), wanted, part)
        else:
            size = known.shape[1], known.shape[0]
            last = np.where(wanted, cv2.resize(found, size, interpolation=cv2.INTER_LINEAR), known)
            wanted = np.asarray(wanted & _undecided(found, size))
            found = follow_colours(
                small, last.astype(np.uint8), wanted, PULL, 25, SubProgress(part, 0.0, 0.6)
            )
            hairy = np.where(wanted, hairiness(found), np.float32(0))
            found = _with_hairs(small, found, found, hairy, 12, SubProgress(part, 0.6, 1.0))
    assert found is not None
    return np.where(unknown, found, hard).astype(np.uint8)


def _first_answer(image: Array, given: Array, wanted: NDArray[np.bool_], progress: Progress) -> Array:
    """Coverage 0..255 of the smallest picture: by colours where it is hairy or crisp, elsewhere a blur."""
    prior = alpha_level(image, given, wanted, SubProgress(progress, 0.0, 0.4))
    followed = follow_colours(image, prior, wanted, PULL, 60, SubProgress(progress, 0.4, 0.7))
    blurred, sigma = plain_blur(image, given, followed, SubProgress(progress, 0.7, 0.85))
    # A crisp edge is where colours say, and not where a rough mask has it.
    crisp = np.clip((_BLUR - sigma) / _STEP, 0, 1)
    solved = np.where(wanted, np.maximum(crisp, hairiness(followed)), np.float32(0))
    plain = np.where(wanted, blurred * np.float32(255), followed)
    return _with_hairs(image, followed, plain, solved, 20, SubProgress(progress, 0.85, 1.0))


def _with_hairs(
    image: Array, followed: Array, plain: Floats, share: Floats, steps: int, progress: Progress
) -> Array:
    """Coverage 0..255 that is `plain`, and so far as `share` says what more of following colours finds."""
    hairs = find_hairs(image, followed, share > 0, steps, progress)
    return np.asarray(plain + share * (hairs - np.asarray(plain, np.float32)) + np.float32(0.5), np.uint8)


def _factors(factor: int) -> list[int]:
    """From the smallest picture to the full one, none more than four times larger than the one before."""
    steps = [factor]
    while steps[-1] > 1:
        steps.append(max(1, steps[-1] // 4))
    return steps


def _shrunk(picture: Array, factor: int) -> Array:
    if factor == 1:
        return picture
    size = tuple(max(1, -(-side // factor)) for side in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _undecided(found: Array, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where a smaller picture's answer was on an edge, or next to one."""
    inside = (found > 250).astype(np.uint8)
    near = np.ones((5, 5), np.uint8)
    outside = (found < 5).astype(np.uint8)
    unsettled = (cv2.erode(inside, near) == 0) & (cv2.erode(outside, near) == 0)
    return np.asarray(cv2.resize(unsettled.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0)
