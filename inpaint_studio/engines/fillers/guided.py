"""The filler that works from the whole to the detail: structure at a small size, texture at the full one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, SubProgress
from inpaint_studio.engines.contracts import Array, Fill
from inpaint_studio.engines.fillers.pyramid import diffused_pixels, shrinking
from inpaint_studio.engines.fillers.steps import cropped, in_steps
from inpaint_studio.engines.fillers.synthesis import Search, Synthesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.engines.fillers.holes import Areas, Group

_NOTE = "Guided: structure at a small size first, then texture copied from the surroundings"
_PAIRS = 15_000_000
"""Most comparisons of a level that is matched exactly."""
_NOISE = 2.0
"""Levels of noise on the first smooth colours, drawn from the seed."""
_PLACE = (20.0, 10.0)
"""How much places as far apart as the photo is long count as unlike, down and across, in levels: road lies
beside road and sky above."""
_SHARP = 8.0
"""Sharpness of the fine levels' votes: there texture counts, before that agreement."""
_FIRST = Search(rounds=8, exact=True)
_EXACT = Search(rounds=4, exact=True)
_SMALL = Search(rounds=3, jumps=(8, 2, 1), reach=(16, 4, 1), sharpness=_SHARP)
_MIDDLE = Search(rounds=2, jumps=(4, 1), reach=(4, 1), sharpness=_SHARP)
_LARGE = Search(rounds=1, jumps=(4, 1), reach=(2,), sharpness=_SHARP)
_COARSE_HOLE = 1_500
"""Hole pixels of the level that is shown as a preview before the finer ones are done."""


class GuidedFiller:
    """Fills holes of any size with texture from the same photo, the whole before the detail."""

    def fill(
        self,
        image: Array,
        hole: Array,
        *,
        sample_from: Array | None = None,
        keep_out: Array | None = None,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """A smooth preview, a coarse one for each large group of holes, then one final fill.

        As `Filler.fill`; the score is 1 for a perfectly coherent fill, towards 0 for one that fits badly.
        Raises StudioError for an empty hole, wrong sizes and when there is nothing to copy from.
        """

        def begin(areas: Areas, group: Group, share: Progress) -> _Work:
            return _Work(image, areas, group, seed, share)

        return in_steps(image, hole, sample_from, keep_out, begin, _NOTE, progress)


class _Work:
    """One group being filled: its crop at all scales."""

    def __init__(self, image: Array, areas: Areas, group: Group, seed: int, progress: Progress) -> None:
        full, self._inside = cropped(image, areas, group, progress)
        self._levels = shrinking(full, SubProgress(progress, 0.0, 0.05))
        self._seed, self._group, self._progress = seed % 2**32, group, progress
        self.error = 0.0

    def steps(self) -> Iterator[tuple[Array, bool]]:
        """The colours of the hole, N×3, and whether they stay: once coarse if the hole is large."""
        sizes = [int(level.hole.sum()) for level in self._levels]
        state, done, shown = None, 0, False
        for index in range(len(sizes) - 1, -1, -1):
            low, high = (0.05 + 0.9 * part / sum(sizes) for part in (done, done + sizes[index]))
            state = self._level(index, state, SubProgress(self._progress, low, high))
            done += sizes[index]
            if index > 1 and sizes[index] > _COARSE_HOLE and not shown:
                shown = True
                yield self._enlarged(state, index), False
        assert state is not None
        self.error = state.error
        yield state.joined(SubProgress(self._progress, 0.95, 1.0))[self._inside][self._group.hole], True

    def _level(self, index: int, coarser: Synthesis | None, progress: Progress) -> Synthesis:
        state = Synthesis(self._levels[index], self._seed, _PLACE, progress, coarser)
        if coarser is None:
            state.begin(_NOISE, _PAIRS, progress)
        else:
            state.begin_from(coarser, progress)
        if state.pairs <= _PAIRS:
            search = _FIRST if coarser is None else _EXACT
        else:
            search = _SMALL if state.size < 40_000 else _MIDDLE if state.size < 120_000 else _LARGE
        state.improve(search, progress)
        return state

    def _enlarged(self, state: Synthesis, index: int) -> Array:
        level, scale = self._levels[index], 2**index
        smooth = diffused_pixels(state.pixels, level.known | level.hole)
        size = (level.hole.shape[1] * scale, level.hole.shape[0] * scale)
        big = cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(big[self._inside][self._group.hole], np.uint8)
