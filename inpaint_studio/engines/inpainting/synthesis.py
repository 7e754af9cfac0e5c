"""Texture for a hole, level by level: where each patch over the hole is copied from, and what they vote.

After Wexler, Shechtman, Irani, Space-Time Completion of Video (2007) and Barnes et al., PatchMatch (2009), in
steps over all pixels at once. The smallest levels are matched exactly; a finer one starts from the doubled
field of the coarser one and is refined by what neighbours found and by small random steps. All patches that
overlap the hole take part, those around known pixels too, so the fill agrees with its border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS
from inpaint_studio.engines.inpainting.chunks import in_parts
from inpaint_studio.engines.inpainting.descriptors import (
    FEW,
    MANY,
    PER_COST,
    REACH,
    ROUGHNESS,
    Rows,
    described,
    place,
)
from inpaint_studio.engines.inpainting.grain import with_grain
from inpaint_studio.engines.inpainting.peeling import Peeling
from inpaint_studio.engines.inpainting.pyramid import diffuse, diffused_pixels
from inpaint_studio.engines.inpainting.seam import joined
from inpaint_studio.engines.inpainting.where import Index, bounds, copyable, echoes, mirrored, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics import Progress
    from inpaint_studio.engines.inpainting.pyramid import Array, Level

Costs = NDArray[np.float32]

_PAD = 8
"""Pixels around every level, so that no patch or jump leaves the arrays."""
_BLOCK = 4_000_000
"""Most pairs of patches that are compared at once where all are."""
_FAR = np.float32(3e38)
# Neighbours' offsets count as a little better than they are: larger pieces copied whole look sharper.
_COHERENCE = np.float32(0.9)
# A vote counts that much less for each pixel that its patch lies deeper in the hole, at the coarsest level.
_TRUST = 8.0
_LEAST_TRUST = 1e-31
_SHARPNESS = 2.0
_LARGEST = 24
"""Levels. Where the border may not be copied, a larger step is wanted there."""
_PEELED = 3_000
"""Most patches that a hole is begun with."""
_SMALL_LEVEL = 20_000
"""Hole pixels up to which a level's patches are told apart by all they hold."""


@dataclass(frozen=True, slots=True)
class Search:
    """How a level is worked on: rounds of matching and voting, steps of neighbours asked, random reaches.

    `exact` compares with all sources instead; `sharpness` is how much better a surer patch's vote counts.
    """

    rounds: int
    jumps: tuple[int, ...] = ()
    reach: tuple[int, ...] = ()
    exact: bool = False
    sharpness: float = _SHARPNESS


class Synthesis:
    """One level being painted. `weights` are those of the patches' place (descriptors.place).

    With a `guide` (`described` takes its rows) patches also differ by that. Without `coarser`, a level of
    half the size, it begins by itself (`begin`).
    """

    def __init__(
        self,
        level: Level,
        seed: int,
        weights: tuple[float, float],
        progress: Progress,
        coarser: Synthesis | None = None,
        guide: Callable[[Level, int, Callable[[], None]], Rows | None] | None = None,
    ) -> None:
        self._random = np.random.default_rng(seed)
        hole, inner = np.pad(level.hole, _PAD), np.pad(np.ones_like(level.hole), _PAD)
        flags = [hole, mirrored(level.known, _PAD), mirrored(level.source, _PAD)]
        progress.report(0.0)
        self._shape: tuple[int, int] = flags[0].shape
        self._stride = self._shape[1]
        self._reach, valid = copyable(flags[2])
        valid &= inner
        self._valid, self._source = valid.ravel(), flags[2].ravel()
        self._sources: Index = np.flatnonzero(self._valid)
        progress.report(0.0)
        kernel = np.ones((2 * self._reach + 1,) * 2, np.uint8)
        near = cv2.dilate(flags[0].view(np.uint8), kernel).view(np.bool_) & (flags[0] | flags[1]) & inner
        self._hole: Index = np.flatnonzero(flags[0])
        self._domain: Index = np.flatnonzero(near)
        progress.report(0.0)
        self._colours = _whole(level, coarser, progress)
        progress.report(0.0)
        self._flat = self._colours.reshape(-1, 4).view(np.uint32)[:, 0]
        self._place, self._known, self._level, self._guide = weights, flags[1], level, guide
        self._guiding: Rows | None = None
        self._echo = echoes(flags[0], _PAD)
        self._rows: Rows = np.zeros((0, 1), np.int16)
        self._field: Index = np.zeros(near.size, np.int64)
        self._costs: Costs = np.full(near.size, _FAR, np.float32)
        self._box = bounds(near)
        self._trust: Costs = np.ones(len(self._domain), np.float32)
        self._mine: Rows = self._rows
        self._roughness: Costs = self._trust

    def _describe(self, progress: Progress) -> None:
        """Describes the level once, where patches are to be compared."""
        if not len(self._rows):
            if self._guide is not None:
                self._guiding = self._guide(self._level, _PAD, lambda: progress.report(0.0))
            self._rows = self._described(0, 0, *self._shape, progress, 0.0)
            self._roughness = self._expected()

    def _described(
        self, top: int, left: int, height: int, width: int, progress: Progress, fraction: float
    ) -> Rows:
        part = slice(top, top + height), slice(left, left + width)
        colours = np.ascontiguousarray(self._colours[part][..., :3])
        more = None if self._guiding is None else self._guiding[part]
        waves = MANY if self.size < _SMALL_LEVEL else FEW
        rows = described(colours, lambda: progress.report(fraction), waves, more)
        place(rows, (top, left), max(self._shape), self._place)
        return rows.reshape(-1, rows.shape[2])

    def _expected(self) -> Costs:
        """How rough patches should be: as those around the hole. The fill cannot tell: votes are smooth."""
        top, left, height, width = self._box
        margin = 4 * REACH
        rows = slice(max(0, top - margin), top + height + margin)
        columns = slice(max(0, left - margin), left + width + margin)
        seen = cv2.erode(self._known[rows, columns].view(np.uint8), np.ones((2 * REACH + 1,) * 2, np.uint8))
        values = self._rows.reshape(*self._shape, -1)[rows, columns, ROUGHNESS].astype(np.float32)
        spread = np.zeros(self._shape, np.float32)
        spread[rows, columns] = diffuse(values[..., None], seen.astype(np.float32))[..., 0]
        return spread.ravel()[self._domain]

    @property
    def size(self) -> int:
        return len(self._hole)

    @property
    def pairs(self) -> int:
        """Comparisons that exact matching takes."""
        return len(self._domain) * len(self._sources)

    @property
    def pixels(self) -> Array:
        """The level's pixels with the hole painted, H×W×3 uint8."""
        return self._colours[_PAD:-_PAD, _PAD:-_PAD, :3]

    @property
    def error(self) -> float:
        """Mean colour difference (levels, 0..255) between painted patches and what they are copied from."""
        costs = self._costs[self._domain]
        return float(np.sqrt(np.minimum(costs, 255.0**2).mean()))

    @property
    def seam(self) -> float:
        """Mean difference (levels) of the known colours at the border and what the fill would put there."""
        rim, would = self._rim()
        if not len(rim):
            return 0.0
        return float(np.abs(self._colours.reshape(-1, 4)[rim, :3].astype(np.float32) - would).mean())

    def begin(self, noise: float, most: int, progress: Progress) -> None:
        """Starts from what fits at the border, with some noise (levels), matched to the photo.

        Patches near the border are trusted more. Of more than `most` pairs only so many are compared.
        """
        flags = self._hole_flags()
        wide = flags.copy()
        wide.ravel()[self._echo[0]] = 1
        depth = cv2.distanceTransform(wide, cv2.DIST_L2, 3).ravel()
        # Deep inside it must not become nothing: a mean by weights of 0 is no colour.
        self._trust = np.maximum(_TRUST ** -depth[self._domain], _LEAST_TRUST).astype(np.float32)
        known = self._known & (flags == 0)
        peeling = Peeling(self._colours, known, self._some(_PEELED), self._place)
        peeling.paint(flags > 0, self._echo, lambda: progress.report(0.0))
        shaken = self._colours.reshape(-1, 4)[self._hole, :3] + self._random.normal(0, noise, (self.size, 3))
        self._colours.reshape(-1, 4)[self._hole, :3] = np.clip(shaken, 0, 255).astype(np.uint8)
        self._describe(progress)
        if self.pairs <= most:
            return
        self._describe_hole(progress, 0.0)
        self._match(self._some(max(1, most // len(self._domain))), progress, 0.0)
        self._vote(0.0, progress, 0.0)

    def _some(self, most: int) -> Index:
        """At most that many of the places that patches may be copied from, drawn at random."""
        if len(self._sources) <= most:
            return self._sources
        return np.sort(self._random.choice(self._sources, most, replace=False))

    def begin_with(self, painted: Array) -> None:
        """Starts from a picture of the level, H×W×3 uint8, whose hole somebody painted."""
        inside = np.pad(painted, ((_PAD, _PAD), (_PAD, _PAD), (0, 0)), mode="edge").reshape(-1, 3)
        self._colours.reshape(-1, 4)[self._hole, :3] = inside[self._hole]

    def begin_from(self, coarser: Synthesis, progress: Progress) -> None:
        """Starts from the doubled field of a level of half the size."""
        y, x = np.divmod(self._domain, self._stride)
        y, x = y - _PAD, x - _PAD
        progress.report(0.0)
        inside = np.zeros(coarser._shape, np.uint8)
        inside.ravel()[coarser._domain] = 1
        parents = nearest(inside)[(y >> 1) + _PAD, (x >> 1) + _PAD]
        progress.report(0.0)
        # An offset is carried, not a place: a parent that stands in for a missing one lies elsewhere.
        rows, columns = np.divmod(coarser._field[parents], coarser._stride)
        own = np.divmod(parents, coarser._stride)
        rows, columns = 2 * (rows - own[0]) + y + _PAD, 2 * (columns - own[1]) + x + _PAD
        rows = np.clip(rows, 0, self._shape[0] - 1)
        columns = np.clip(columns, 0, self._shape[1] - 1)
        found = rows * self._stride + columns
        stray = ~self._valid[found]
        if stray.any():
            found[stray] = nearest(self._valid.reshape(self._shape).view(np.uint8)).ravel()[found[stray]]
        progress.report(0.0)
        self._field[self._domain] = found
        self._costs[self._domain] = 1.0
        self._vote(0.0, progress, 0.0)

    def improve(self, search: Search, progress: Progress) -> None:
        """Rounds of matching and voting. Raises Cancelled from `progress`."""
        self._describe(progress)
        steps = search.rounds * (4 * len(search.jumps) + len(search.reach) + 3)
        done = 0
        for _ in range(search.rounds):
            self._describe_hole(progress, done / steps)
            if search.exact:
                self._match(self._sources, progress, done / steps)
            else:
                self._refresh(progress, done / steps)
                for move in self._moves(search):
                    self._try(move, progress, done / steps)
                    done += 1
            self._vote(search.sharpness, progress, done / steps)
            done += 3

    def _moves(self, search: Search) -> list[tuple[int, int] | int]:
        found: list[tuple[int, int] | int] = []
        for jump in search.jumps:
            found += [(jump, 0), (-jump, 0), (0, jump), (0, -jump)]
        return [*found, *search.reach]

    def _describe_hole(self, progress: Progress, fraction: float) -> None:
        top, left, height, width = self._box
        rows = self._described(top, left, height, width, progress, fraction)
        y, x = np.divmod(self._domain, self._stride)
        self._mine = rows[(y - top) * width + (x - left)]
        self._mine[:, ROUGHNESS] = self._roughness

    def _match(self, sources: Index, progress: Progress, fraction: float) -> None:
        theirs = self._rows[sources].astype(np.float32)
        lengths = np.einsum("nk,nk->n", theirs, theirs)
        many = max(1, _BLOCK // len(theirs))
        for start in range(0, len(self._domain), many):
            progress.report(fraction)
            mine = self._mine[start : start + many].astype(np.float32)
            distances = mine @ theirs.T
            distances *= -2
            distances += lengths
            best = distances.argmin(axis=1)
            where = self._domain[start : start + many]
            self._field[where] = sources[best]
            own = np.einsum("nk,nk->n", mine, mine)
            least = distances[np.arange(len(best)), best] + own
            self._costs[where] = np.maximum(least * PER_COST, 0)

    def _refresh(self, progress: Progress, fraction: float) -> None:
        def work(part: slice) -> None:
            where = self._domain[part]
            self._costs[where] = self._compare(self._mine[part], self._field[where])

        in_parts(len(self._domain), work, progress, fraction)

    def _try(self, move: tuple[int, int] | int, progress: Progress, fraction: float) -> None:
        """Takes a candidate where it is better: the offset of a neighbour (dx, dy), or a random step."""
        if isinstance(move, tuple):
            step = move[1] * self._stride + move[0]
            found, bonus = self._field[self._domain + step] - step, _COHERENCE
        else:
            shift = self._random.integers(-move, move + 1, (2, len(self._domain)))
            found, bonus = self._field[self._domain] + shift[0] * self._stride + shift[1], np.float32(1)

        def work(part: slice) -> None:
            self._take(part, found[part], bonus)

        in_parts(len(self._domain), work, progress, fraction)

    def _take(self, part: slice, found: Index, bonus: np.float32) -> None:
        where = self._domain[part]
        fresh = np.flatnonzero(self._valid.take(found, mode="clip") & (found != self._field[where]))
        where, found = where[fresh], np.clip(found[fresh], 0, len(self._valid) - 1)
        costs = self._compare(self._mine[part][fresh], found)
        better = costs * bonus < self._costs[where]
        self._field[where[better]] = found[better]
        self._costs[where[better]] = costs[better]

    def _compare(self, mine: Rows, found: Index) -> Costs:
        difference = (mine - self._rows[found]).astype(np.float32)
        return np.asarray(np.einsum("nk,nk->n", difference, difference) * PER_COST, np.float32)

    def _vote(self, sharpness: float, progress: Progress, fraction: float) -> None:
        self._flat[self._hole] = self._voted(self._hole, sharpness, progress, fraction).view(np.uint32)[:, 0]
        self._flat[self._echo[0]] = self._flat[self._echo[1]]

    def _voted(self, at: Index, sharpness: float, progress: Progress, fraction: float) -> Array:
        """The mean of what all patches over each pixel propose, surer patches counting more; N×4."""
        costs = self._costs[self._domain]
        weights = np.zeros(len(self._costs), np.float32)
        weights[self._domain] = self._trust * (np.exp(-sharpness * costs / (np.median(costs) + 4)) + 1e-6)
        reach = range(-self._reach, self._reach + 1)
        moves = [dy * self._stride + dx for dy in reach for dx in reach]
        out = np.empty((len(at), 4), np.uint8)

        def work(part: slice) -> None:
            where = at[part]
            total, whole = np.zeros((len(where), 4), np.float32), np.zeros(len(where), np.float32)
            for move in moves:
                weight = weights[where - move]
                proposed = self._flat.take(self._field[where - move] + move, mode="clip")
                total += proposed.view(np.uint8).reshape(-1, 4) * weight[:, None]
                whole += weight
            out[part] = np.clip(total / whole[:, None] + 0.5, 0, 255)

        in_parts(len(at), work, progress, fraction)
        return out

    def _grain(self, progress: Progress) -> None:
        """Gives the hole the grain of what it is copied from."""
        top, left, height, width = self._box
        part = (slice(top, top + height), slice(left, left + width))
        copied = self._colours.copy()
        copied.reshape(-1, 4)[self._hole] = self._colours.reshape(-1, 4)[self._field[self._hole]]
        flags = self._hole_flags()[part] > 0
        voted = self._colours[part][..., :3]
        out = with_grain(voted, copied[part][..., :3], flags, lambda: progress.report(0.0))
        self._colours[part][..., :3] = out

    def _hole_flags(self) -> Array:
        flags = np.zeros(self._shape, np.uint8)
        flags.ravel()[self._hole] = 1
        return flags

    def _rim(self, progress: Progress = NO_PROGRESS) -> tuple[Index, Array]:
        """The known pixels next to the hole, and the colours that the fill would have there, N×3."""
        flags = self._hole_flags()
        rim = self._domain[cv2.dilate(flags, np.ones((3, 3), np.uint8)).ravel()[self._domain] > 0]
        rim = rim[flags.ravel()[rim] == 0]
        if not self._reach:
            rim = rim[:0]
        return rim, self._voted(rim, _SHARPNESS, progress, 0.0)[:, :3]

    def joined(self, adaptation: float, progress: Progress) -> Array:
        """The level's pixels with the hole painted so that it joins its border, H×W×3 uint8.

        `adaptation` 0..1 is how much of the difference at the border is carried inwards.
        """
        self._grain(progress)
        rim, would = self._rim(progress)
        if not len(rim):
            return self.pixels
        flags = self._hole_flags()
        jumps = self._colours.reshape(-1, 4)[rim, :3].astype(np.float32) - would
        top, left, height, width = self._box
        source = self._source[rim]
        alike = source | (np.abs(jumps).max(axis=1) <= _LARGEST)
        rim, jumps = rim[alike], jumps[alike] * np.float32(adaptation)
        y, x = np.divmod(rim, self._stride)
        part = (slice(top, top + height), slice(left, left + width))
        out = self._colours[..., :3].copy()
        border = y - top, x - left
        out[part] = joined(out[part], flags[part] > 0, border, jumps, lambda: progress.report(0.5))
        return out[_PAD:-_PAD, _PAD:-_PAD]


def _whole(level: Level, coarser: Synthesis | None, progress: Progress) -> Array:
    """The level's pixels, with what is not known from the level of half the size, or smooth.

    With a border on all sides, and a fourth channel to make one pixel one number.
    """
    if coarser is None:
        smooth = diffused_pixels(level.pixels, level.known)
    else:
        size = level.hole.shape[::-1]
        smooth = np.asarray(cv2.resize(coarser.pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        cv2.copyTo(level.pixels, level.known.view(np.uint8), smooth)
    progress.report(0.0)
    framed = cv2.copyMakeBorder(smooth, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_REFLECT)
    return np.asarray(cv2.cvtColor(framed, cv2.COLOR_RGB2RGBA), np.uint8)
