"""Sharp texture for a hole from a coarse layout: where each pixel is copied from, level by level.

A field says for each hole pixel which source pixel it copies. At the coarse level it is found by matching
the layout to the photo; at each finer level it is doubled and refined by a few pixels, and the colours are
voted by all patches that overlap a pixel. So time grows with the hole and never with the search space.
Barnes et al., PatchMatch (2009), and Wexler, Shechtman, Irani, Space-Time Completion of Video (2007),
here in steps over all pixels at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.basics import Progress
    from inpaint_studio.engines.inpainting.pyramid import Array, Flags, Level

Index = NDArray[np.int64]
Costs = NDArray[np.float32]

_PAD = 8
"""Pixels of unknown border around every level, so that no patch or jump leaves the arrays."""
ANYWHERE = 1 << 20
"""A reach that stands for all sources."""
_CHUNK = 8192
_DIRECTIONS = 6
_FAR = np.float32(3e38)
# Neighbours' offsets count as a little better than they are: larger pieces copied whole look sharper.
_COHERENCE = np.float32(0.92)
_NOT_SOURCE = 0.75
"""Weight of the flag channel (0 or 255) against the colour channels in a patch comparison."""


def _square(radius: int, step: int) -> list[tuple[int, int]]:
    steps = range(-radius, radius + 1, step)
    return [(dx, dy) for dy in steps for dx in steps]


_COMPARED = _square(3, 2)
_COMPARED_FINE = [(0, 0), *_square(3, 3)[:4], *_square(3, 3)[5:], *_square(1, 2)]


@dataclass(frozen=True, slots=True)
class Search:
    """How hard a level is searched: rounds of search and vote, propagation steps, random reach."""

    rounds: int
    jumps: tuple[int, ...]
    reach: tuple[int, ...]
    vote_radius: int
    sharpness: float = 4.0


def _packed(pixels: Array, flags: Flags) -> NDArray[np.uint32]:
    """Padded RGB + flag (0 or 255) as one number a pixel, so that a pixel is one memory access."""
    height, width = flags.shape
    padded = np.zeros((height + 2 * _PAD, width + 2 * _PAD, 4), np.uint8)
    inner = padded[_PAD : _PAD + height, _PAD : _PAD + width]
    inner[..., :3] = pixels
    np.multiply(flags, np.uint8(255), out=inner[..., 3])
    return padded.view(np.uint32)[..., 0]


class Resynthesis:
    """The hole of one level being painted.

    `box` is x, y, width, height of the part of the level that holds the hole; `layout` H×W×3 uint8 of
    that box holds the first colours of the hole.
    """

    def __init__(self, level: Level, box: tuple[int, int, int, int], layout: Array, seed: int) -> None:
        x, y, w, h = box
        part = (slice(y, y + h), slice(x, x + w))
        self.box, self.hole = box, level.hole[part]
        self._random = np.random.default_rng(seed)
        source = _packed(level.pixels, level.source)
        self._source, self._stride = source.ravel(), source.shape[1]
        around = _packed(*self._around(level))
        self._around_shape, self._colours = around.shape, around.ravel()
        self._where: Index = np.flatnonzero(np.pad(self.hole, _PAD))
        self._field: Index = np.zeros(around.size, np.int64)
        self._costs: Costs = np.full(around.size, _FAR, np.float32)
        self._paint(layout[self.hole])

    def _around(self, level: Level) -> tuple[Array, Flags]:
        """Colours and comparability of the box; the hole counts as comparable."""
        x, y, w, h = self.box
        part = (slice(y, y + h), slice(x, x + w))
        return level.pixels[part], level.known[part] | level.hole[part]

    @cached_property
    def _valid(self) -> Index:
        return np.flatnonzero(self._source >> 24)

    def _paint(self, colours: Array) -> None:
        four = np.full((len(colours), 4), 255, np.uint8)
        four[:, :3] = colours
        self._colours[self._where] = four.view(np.uint32)[:, 0]

    @property
    def pixels(self) -> Array:
        """The painted hole pixels, N×3 uint8, in the order of `box` row by row."""
        return self._colours[self._where].view(np.uint8).reshape(-1, 4)[:, :3]

    @property
    def error(self) -> float:
        """Mean colour difference (levels, 0..255) between painted patches and what they are copied from."""
        costs = self._costs[self._where]
        return float(np.sqrt(np.minimum(costs, 255.0**2).mean()))

    def border_jump(self, pixels: Array, known: Flags) -> tuple[Index, NDArray[np.int16]]:
        """How the fill's continuation over its border differs from the photo there.

        `pixels` H×W×3 and `known` H×W are those of the box. Returns N×2 rows and columns of known pixels
        up to 3 px from the hole (some more than once) and N×3 differences in levels.
        """
        width = self._around_shape[1]
        rim = self.hole & ~cv2.erode(self.hole.view(np.uint8), np.ones((7, 7), np.uint8)).view(np.bool_)
        where: Index = np.flatnonzero(np.pad(rim, _PAD))
        padded = np.pad(known, _PAD).ravel()
        places, jumps = [], []
        for dx, dy in [(d, 0) for d in (-3, -2, -1, 1, 2, 3)] + [(0, d) for d in (-3, -2, -1, 1, 2, 3)]:
            outside = where + dy * width + dx
            beyond = self._field[where] + dy * self._stride + dx
            kept = padded[outside] & self._is_source(beyond)
            place = np.stack(np.divmod(outside[kept], width), axis=1) - _PAD
            copied = self._source[beyond[kept]].view(np.uint8).reshape(-1, 4)[:, :3]
            places.append(place)
            jumps.append(np.subtract(pixels[place[:, 0], place[:, 1]], copied, dtype=np.int16))
        return np.concatenate(places), np.concatenate(jumps)

    def begin_by_matching(self, search: Search, progress: Progress) -> None:
        """Finds where the layout was copied from, without changing it; for the coarsest level.

        A patch and its copy lie side by side when all patches are sorted along a random direction; a few
        directions find most, propagation the rest (as in Korman, Avidan: Coherency Sensitive Hashing).
        """
        picks = self._random.integers(0, len(self._valid), len(self._where))
        self._field[self._where] = self._valid[picks]
        self._try(None, progress, 0.0)
        directions = self._random.normal(size=(len(_COMPARED), 4, _DIRECTIONS)).astype(np.float32)
        theirs = self._projected(self._source, self._valid, self._stride, directions)
        mine = self._projected(self._colours, self._where, self._around_shape[1], directions)
        for turn in range(_DIRECTIONS):
            progress.report(turn / _DIRECTIONS)
            order = np.argsort(theirs[:, turn])
            rank = np.searchsorted(theirs[order, turn], mine[:, turn])
            for near in (-2, -1, 0, 1):
                found = self._valid[order[np.clip(rank + near, 0, len(order) - 1)]]
                self._take(self._where, found, np.float32(1))
            for move in self._moves(search):
                self._try(move, progress, turn / _DIRECTIONS)

    def _projected(self, flat: NDArray[np.uint32], at: Index, stride: int, directions: Costs) -> Costs:
        total = np.zeros((len(at), directions.shape[2]), np.float32)
        for (dx, dy), weights in zip(_COMPARED, directions, strict=True):
            four = flat.take(at + dy * stride + dx, mode="clip").view(np.uint8).reshape(-1, 4)
            total += four.astype(np.float32) @ weights
        return total

    def begin_from(self, coarser: Resynthesis) -> None:
        """Starts from the doubled field of a level of half the size whose box is half of this one."""
        rows, columns = np.nonzero(self.hole)
        parents = ((rows >> 1) + _PAD) * coarser._around_shape[1] + (columns >> 1) + _PAD
        y, x = np.divmod(coarser._field[parents], coarser._stride)
        y, x = 2 * (y - _PAD) + (rows & 1) + _PAD, 2 * (x - _PAD) + (columns & 1) + _PAD
        found = y * self._stride + x
        stray = ~self._is_source(found)
        if stray.any():
            found[stray] = self._valid[self._random.integers(0, len(self._valid), int(stray.sum()))]
        self._field[self._where] = found
        self._paint(self._source[found].view(np.uint8).reshape(-1, 4)[:, :3])

    def improve(self, search: Search, progress: Progress) -> None:
        """Rounds of search and vote. Raises Cancelled from `progress`."""
        steps = search.rounds * (4 * len(search.jumps) + len(search.reach) + 2)
        done = 0
        for _ in range(search.rounds):
            tries = [None, *self._moves(search)]
            for move in tries:
                self._try(move, progress, done / steps)
                done += 1
            self._vote(search, progress, done / steps)
            done += 1

    def _moves(self, search: Search) -> Iterator[tuple[int, int] | int]:
        for jump in search.jumps:
            yield from ((jump, 0), (-jump, 0), (0, jump), (0, -jump))
        yield from search.reach

    def _chunks(self, progress: Progress, fraction: float) -> Iterator[Index]:
        for start in range(0, len(self._where), _CHUNK):
            progress.report(fraction)
            yield self._where[start : start + _CHUNK]

    def _try(self, move: tuple[int, int] | int | None, progress: Progress, fraction: float) -> None:
        """Takes a candidate where it is better: the offset of a neighbour (dx, dy), a random source within
        a reach in pixels, or (None) the present one, whose cost has changed with the colours."""
        before = self._field.copy() if isinstance(move, tuple) else self._field
        for where in self._chunks(progress, fraction):
            if move is None:
                self._costs[where] = self._compare(where, self._field[where])
                continue
            bonus = np.float32(1)
            if isinstance(move, tuple):
                dx, dy = move
                found = before[where + dy * self._around_shape[1] + dx] - (dy * self._stride + dx)
                bonus = _COHERENCE
            else:
                found = self._jittered(self._field[where], move)
            self._take(where, found, bonus)

    def _take(self, where: Index, found: Index, bonus: np.float32) -> None:
        fresh = self._is_source(found) & (found != self._field[where])
        where, found = where[fresh], found[fresh]
        if not len(where):
            return
        costs = self._compare(where, found)
        better = costs * bonus < self._costs[where]
        self._field[where[better]] = found[better]
        self._costs[where[better]] = costs[better]

    def _jittered(self, found: Index, reach: int) -> Index:
        if reach >= ANYWHERE:
            return self._valid[self._random.integers(0, len(self._valid), len(found))]
        shift = self._random.integers(-reach, reach + 1, (2, len(found)))
        return np.asarray(found + shift[0] * self._stride + shift[1], np.int64)

    def _is_source(self, found: Index) -> Flags:
        return np.asarray(self._source.take(found, mode="clip") >> 24 > 0)

    def _compare(self, where: Index, found: Index) -> Costs:
        """Mean squared colour difference of the patches; what is not comparable does not count."""
        offsets = np.array(_COMPARED if len(self._where) < 40_000 else _COMPARED_FINE)
        mine = self._patches(self._colours, where, offsets, self._around_shape[1])
        theirs = self._patches(self._source, found, offsets, self._stride)
        comparable = mine[..., 3] > 0
        difference = np.subtract(mine, theirs, dtype=np.int16).astype(np.float32)
        difference *= difference
        total = difference @ np.array([1 / 3, 1 / 3, 1 / 3, _NOT_SOURCE / 9], np.float32)
        total *= comparable
        return np.asarray(total.sum(axis=1) / np.maximum(comparable.sum(axis=1), 1), np.float32)

    @staticmethod
    def _patches(flat: NDArray[np.uint32], centres: Index, offsets: Index, stride: int) -> Array:
        index = centres[:, None] + (offsets[:, 1] * stride + offsets[:, 0])[None, :]
        return flat.take(index, mode="clip").view(np.uint8).reshape(*index.shape, 4)

    def _vote(self, search: Search, progress: Progress, fraction: float) -> None:
        """Each pixel becomes the mean of what all patches over it propose, surer patches counting more."""
        scale = float(np.median(self._costs[self._where])) + 4.0
        weights = np.zeros(len(self._costs), np.float32)
        weights[self._where] = np.exp(-search.sharpness * self._costs[self._where] / scale) + 1e-6
        offsets = np.array(_square(search.vote_radius, 1))
        mine = offsets[:, 1] * self._around_shape[1] + offsets[:, 0]
        theirs = offsets[:, 1] * self._stride + offsets[:, 0]
        colours = []
        for where in self._chunks(progress, fraction):
            patches = where[:, None] - mine[None, :]
            index = self._field[patches] + theirs[None, :]
            proposed = self._source.take(index, mode="clip").view(np.uint8).reshape(*index.shape, 4)
            weight = weights[patches] * (proposed[..., 3] > 0)
            mean = np.einsum("nk,nkc->nc", weight, proposed[..., :3].astype(np.float32))
            colours.append(mean / weight.sum(axis=1)[:, None])
        self._paint(np.clip(np.concatenate(colours) + 0.5, 0, 255).astype(np.uint8))
