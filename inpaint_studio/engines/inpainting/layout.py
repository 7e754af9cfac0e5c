"""A hole filled from the whole to the detail: structure at a small size, texture at the full one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from inpaint_studio.basics import Progress, SubProgress
from inpaint_studio.engines.contracts import Array, Fill, FillTask
from inpaint_studio.engines.inpainting.holes import Areas, groups
from inpaint_studio.engines.inpainting.labels import Labels
from inpaint_studio.engines.inpainting.pyramid import Level, diffused_pixels, shrinking
from inpaint_studio.engines.inpainting.steps import cropped, in_steps
from inpaint_studio.engines.inpainting.synthesis import Search, Synthesis
from inpaint_studio.engines.inpainting.texture import Texture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.engines.inpainting.descriptors import Rows
    from inpaint_studio.engines.inpainting.holes import Group

_PAIRS = 15_000_000
"""Most comparisons of a level that is matched exactly."""
_NOISE = 2.0
"""Levels of noise on the first smooth colours, drawn from the seed."""
_PLACE = (8.0, 4.0)
"""How much places as far apart as the photo is long count as unlike, down and across, in levels: road lies
beside road and sky above."""
_SHARP = 12.0
"""Sharpness of the fine levels' votes: there texture counts, before that agreement."""
_FIRST = Search(rounds=8, exact=True)
_EXACT = Search(rounds=4, exact=True)
_SMALL = Search(rounds=3, jumps=(8, 2, 1), reach=(16, 4, 1), sharpness=_SHARP)
_MIDDLE = Search(rounds=2, jumps=(4, 1), reach=(4, 1), sharpness=_SHARP)
_LARGE = Search(rounds=1, jumps=(4, 1), reach=(2,), sharpness=_SHARP)
_CARRIED = 20_000
"""Hole pixels of a full-size level from which on nothing is matched there: what was found at half the size is
only carried up, which looks the same and saves half of the time."""
_GUIDED = 40_000
"""Hole pixels of a level up to which labels and texture are compared, too: on larger ones nothing moves far
any more."""
_THIN, _THICK = 8.0, 12.0
"""Half the width, in pixels, that holes have at the smallest size."""
_LARGE_SHARE = 0.15
"""Share of its crop from which on a hole is large."""
_COARSE_HOLE = 1_500
"""Hole pixels of the level that is shown as a preview and by which candidates are compared."""


class Variant(NamedTuple):
    """How a candidate is laid out.

    `skip` smallest levels are left out, so larger pieces are copied; `place` is how much heavier places count
    than usual; `mirrored` lets patches be copied from the mirrored photo too.
    """

    note: str
    skip: int = 0
    place: float = 1.0
    mirrored: bool = False


VARIANTS = (
    Variant("Guided: structure at a small size first, then texture copied from the surroundings"),
    Variant("Guided, in larger pieces: less of the structure is invented", skip=1),
    Variant("Guided, from anywhere: places as high up as the hole are not preferred", place=0.0),
    Variant("Guided, mirrored too: texture is also copied turned left to right", mirrored=True),
)
"""The candidates; the first is the best on average (docs/results/fill.md)."""


def laid_out(
    task: FillTask, seed: int, candidates: int, adaptation: float, progress: Progress
) -> Iterator[Fill]:
    """Previews, then the final fills, as `Filler.fill`.

    The first candidate is that of the first variant; the others come in the order of `LaidHole.fit`.
    """
    share = 1 / max(1, candidates)

    def first(areas: Areas, group: Group, part: Progress) -> LaidHole:
        return LaidHole(task, areas, group, VARIANTS[0], seed, adaptation, part)

    yield from in_steps(task, first, VARIANTS[0].note, SubProgress(progress, 0.0, share))
    if candidates > 1:
        yield from _others(task, seed, candidates - 1, adaptation, SubProgress(progress, share, 1.0))


def _others(
    task: FillTask, seed: int, candidates: int, adaptation: float, progress: Progress
) -> Iterator[Fill]:
    """The fills by the other variants, that which fits best at a small size first."""
    areas, parts = Areas.of(task), groups(task.hole)
    laid: list[list[LaidHole]] = []
    for variant in VARIANTS[1:]:
        laid.append([LaidHole(task, areas, group, variant, seed, adaptation, progress) for group in parts])
        for hole in laid[-1]:
            hole.lay_out()
    laid.sort(key=lambda holes: sum(hole.size * hole.fit for hole in holes))
    for done, holes in enumerate(laid[:candidates]):
        share = SubProgress(progress, done / candidates, (done + 1) / candidates)
        yield from in_steps(task, _in_turn(holes), holes[0].variant.note, share, previews=False)


def _in_turn(holes: list[LaidHole]) -> Callable[[Areas, Group, Progress], LaidHole]:
    """Begins the given holes again, one for each group of holes."""
    left = iter(holes)
    return lambda _areas, _group, share: next(left).under(share)


class LaidHole:
    """One group being filled in one way: its crop at all scales."""

    def __init__(
        self,
        task: FillTask,
        areas: Areas,
        group: Group,
        variant: Variant,
        seed: int,
        adaptation: float,
        progress: Progress,
        proposed: Array | None = None,
    ) -> None:
        """`proposed`, the crop with its hole painted by somebody, is where the coarsest level begins."""
        full, self._inside = cropped(task.image, areas, group, progress)
        labels = task.labels
        if labels is not None:
            x, y = (group.box[axis] - self._inside[1 - axis].start for axis in (0, 1))
            labels = labels[y : y + full.hole.shape[0], x : x + full.hole.shape[1]]
        if variant.mirrored:
            full = _with_mirror(full)
            labels = None if labels is None else np.hstack((labels, labels[:, ::-1]))
        levels = shrinking(full, _thickness(full), SubProgress(progress, 0.0, 0.05))
        self._labels: Labels | None = None
        if labels is not None:
            shape = levels[0].hole.shape
            self._labels = Labels.around(labels, full.known, shape, lambda: progress.report(0.05))
        self._texture = Texture(levels[0])
        self._levels = levels[: max(1, len(levels) - variant.skip)]
        self._sizes = [int(level.hole.sum()) for level in self._levels]
        self._seed, self._group, self._progress = seed % 2**32, group, progress
        self._proposed = proposed
        self._adaptation, self._next = adaptation, len(self._levels) - 1
        self._state: Synthesis | None = None
        self.variant, self.size, self.error = variant, int(group.hole.sum()), 0.0

    def under(self, progress: Progress) -> LaidHole:
        """Itself, telling another progress."""
        self._progress = progress
        return self

    @property
    def fit(self) -> float:
        """How badly what is laid out fits, in levels: within itself, and at the border."""
        return 0.0 if self._state is None else self._state.error + self._state.seam

    def lay_out(self) -> None:
        """Works on the levels up to the one of the preview."""
        while self._next >= 0:
            low, high = (
                0.05 + 0.9 * sum(self._sizes[index + 1 :]) / sum(self._sizes)
                for index in (self._next, self._next - 1)
            )
            self._state = self._level(self._next, self._state, SubProgress(self._progress, low, high))
            self._next -= 1
            if self._next > 0 and self._sizes[self._next + 1] > _COARSE_HOLE:
                break

    def steps(self) -> Iterator[tuple[Array, bool]]:
        """The colours of the hole, N×3, and whether they stay: once coarse if the hole is large."""
        if self._state is None:
            self.lay_out()
        assert self._state is not None
        if self._next >= 0:
            yield self._enlarged(self._state, self._next + 1), False
        while self._next >= 0:
            self.lay_out()
        self.error = self._state.error
        ending = SubProgress(self._progress, 0.95, 1.0)
        yield self._state.joined(self._adaptation, ending)[self._inside][self._group.hole], True

    def _level(self, index: int, coarser: Synthesis | None, progress: Progress) -> Synthesis:
        weights = (self.variant.place * _PLACE[0], self.variant.place * _PLACE[1])
        guide = self._guides if self._sizes[index] < _GUIDED else None
        state = Synthesis(self._levels[index], self._seed, weights, progress, coarser, guide)
        if coarser is None and self._proposed is not None:
            state.begin_with(self._seen_at(index, self._proposed))
        elif coarser is None:
            state.begin(_NOISE, _PAIRS, progress)
        else:
            state.begin_from(coarser, progress)
            if index == 0 and state.size > _CARRIED:
                return state
        if state.pairs <= _PAIRS:
            search = _FIRST if coarser is None else _EXACT
        else:
            search = _SMALL if state.size < 40_000 else _MIDDLE if state.size < 120_000 else _LARGE
        state.improve(search, progress)
        return state

    def _guides(self, level: Level, pad: int, pause: Callable[[], None]) -> Rows:
        """What patches are compared by beside their colours: texture, and labels where there are some."""
        rows = self._texture.rows(level, pad, pause)
        return rows if self._labels is None else np.dstack((rows, self._labels.rows(level, pad, pause)))

    def _seen_at(self, index: int, picture: Array) -> Array:
        """A picture of the crop, in the size of a level."""
        height, width = self._levels[index].hole.shape
        size = max(1, picture.shape[1] >> index), max(1, picture.shape[0] >> index)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[:height, :width]
        down, right = height - small.shape[0], width - small.shape[1]
        return np.asarray(cv2.copyMakeBorder(small, 0, down, 0, right, cv2.BORDER_REPLICATE), np.uint8)

    def _enlarged(self, state: Synthesis, index: int) -> Array:
        level, scale = self._levels[index], 2**index
        smooth = diffused_pixels(state.pixels, level.known | level.hole)
        size = (level.hole.shape[1] * scale, level.hole.shape[0] * scale)
        big = cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(big[self._inside][self._group.hole], np.uint8)


def _thickness(full: Level) -> float:
    """How thick the hole is at the smallest size. Of a large hole more must be seen at once."""
    return _THICK if full.hole.mean() > _LARGE_SHARE else _THIN


def _with_mirror(level: Level) -> Level:
    """The level with itself, turned left to right, beside it to copy from."""
    flags = [np.hstack((part, part[:, ::-1])) for part in (level.known, level.source)]
    hole = np.hstack((level.hole, np.zeros_like(level.hole)))
    return Level(np.hstack((level.pixels, level.pixels[:, ::-1])), hole, *flags)
