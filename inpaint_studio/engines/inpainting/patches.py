"""A hole filled by copied texture: a layout by PyPatchMatch at a small size, sharpened step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import Progress, SubProgress
from inpaint_studio.basics.mask import grow_box
from inpaint_studio.engines.contracts import Array, FillTask
from inpaint_studio.engines.inpainting.pieces import Piece, Runner
from inpaint_studio.engines.inpainting.pyramid import diffused_pixels, pyramid
from inpaint_studio.engines.inpainting.resynth import ANYWHERE, Resynthesis, Search
from inpaint_studio.engines.inpainting.seam import matched
from inpaint_studio.engines.inpainting.steps import cropped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.basics.mask import Box
    from inpaint_studio.engines.inpainting.holes import Areas, Group

_LAYOUT_HOLE = 9_000
_LAYOUT_AREA = 60_000
"""Most hole pixels and pixels in all of the layout; PyPatchMatch takes about 50 µs a hole pixel."""
_RADIUS = 3
_COARSEST = Search(rounds=1, jumps=(8, 4, 2, 1), reach=(ANYWHERE, 32, 8, 2), vote_radius=3)
_SMALL = Search(rounds=2, jumps=(4, 1), reach=(4, 1), vote_radius=2)
_MIDDLE = Search(rounds=2, jumps=(3, 1), reach=(2,), vote_radius=2)
_LARGE = Search(rounds=1, jumps=(3, 1), reach=(1,), vote_radius=2)


class PatchedHole:
    """One group being filled: its crop at all scales."""

    def __init__(
        self,
        task: FillTask,
        areas: Areas,
        group: Group,
        seed: int,
        adaptation: float,
        runner: Runner,
        progress: Progress,
    ) -> None:
        self._runner, self._seed, self._progress = runner, seed, progress
        self._adaptation = adaptation
        beginning = SubProgress(progress, 0.0, 0.05)
        full, self._inside = cropped(task.image, areas, group, beginning)
        self._levels = pyramid(full, _LAYOUT_HOLE, _LAYOUT_AREA, beginning)
        self._boxes = self._hole_boxes()
        self.error = 0.0

    def steps(self) -> Iterator[tuple[Array, bool]]:
        """The colours of the hole, N×3, and whether they stay: once coarse if there are finer levels."""
        coarse = self._layout(SubProgress(self._progress, 0.05, 0.2))
        if coarse is not None:
            yield coarse, False
        yield self._sharpen(SubProgress(self._progress, 0.2, 1.0)), True

    def _hole_boxes(self) -> list[Box]:
        """The hole's box with a patch around it at each level, each exactly twice the next coarser one."""
        rows, columns = self._inside
        coarsest = 2 ** (len(self._levels) - 1)
        left, top = columns.start // coarsest, rows.start // coarsest
        box = (left, top, -(-columns.stop // coarsest) - left, -(-rows.stop // coarsest) - top)
        height, width = self._levels[-1].hole.shape
        grown = grow_box(box, _RADIUS + 1, width, height)
        scales = [coarsest // 2**level for level in range(len(self._levels))]
        return [(grown[0] * s, grown[1] * s, grown[2] * s, grown[3] * s) for s in scales]

    def _layout(self, progress: Progress) -> Array | None:
        """Lays the hole out at the coarsest level. Returns a preview, N×3, if there are finer ones."""
        level, box = self._levels[-1], self._boxes[-1]
        smooth = diffused_pixels(level.pixels, level.known)
        if int(level.hole.sum()) <= 4 * _LAYOUT_HOLE:
            excluded = (~level.hole & ~level.source).astype(np.uint8)
            piece = Piece(smooth, level.hole.astype(np.uint8), excluded, _RADIUS, self._seed % 2**32)
            smooth = self._runner.run(piece, SubProgress(progress, 0.0, 0.7))
        x, y, w, h = box
        self._state = Resynthesis(level, box, smooth[y : y + h, x : x + w], self._seed % 2**32)
        self._state.begin_by_matching(_COARSEST, SubProgress(progress, 0.7, 0.9))
        self._state.improve(_COARSEST, SubProgress(progress, 0.9, 1.0))
        return self._enlarged() if len(self._levels) > 2 else None

    def _enlarged(self) -> Array:
        level = len(self._levels) - 1
        x, y, w, h = self._boxes[level]
        smooth = self._levels[level].pixels[y : y + h, x : x + w].copy()
        smooth[self._state.hole] = self._state.pixels
        known = self._levels[level].known[y : y + h, x : x + w] | self._state.hole
        _, _, width, height = self._boxes[0]
        big = cv2.resize(diffused_pixels(smooth, known), (width, height), interpolation=cv2.INTER_CUBIC)
        own = self._levels[0].hole[self._box_slices(0)]
        return np.asarray(big[own], np.uint8)

    def _box_slices(self, level: int) -> tuple[slice, slice]:
        x, y, w, h = self._boxes[level]
        return slice(y, y + h), slice(x, x + w)

    def _sharpen(self, progress: Progress) -> Array:
        """Refines the layout to full size. Returns the colours of the hole, N×3."""
        sizes = [int(level.hole.sum()) for level in self._levels[:-1]]
        done, total = 0, sum(sizes) or 1
        for index in range(len(self._levels) - 2, -1, -1):
            level, size = self._levels[index], sizes[index]
            share = SubProgress(progress, 0.9 * done / total, 0.9 * (done + size) / total)
            share.report(0.0)
            layout = level.pixels[self._box_slices(index)]
            state = Resynthesis(level, self._boxes[index], layout, self._seed % 2**32)
            share.report(0.0)
            state.begin_from(self._state)
            search = _SMALL if size < 40_000 else _MIDDLE if size < 150_000 else _LARGE
            state.improve(search, share)
            self._state, done = state, done + size
        self.error = self._state.error
        progress.report(0.9)
        return self._blended(progress)

    def _blended(self, progress: Progress) -> Array:
        part = self._box_slices(0)
        pixels = self._levels[0].pixels[part].copy()
        pixels[self._state.hole] = self._state.pixels
        places, jumps = self._state.border_jump(pixels, self._levels[0].known[part])
        progress.report(0.95)
        blended = matched(pixels, self._state.hole, places, jumps, self._adaptation)
        return blended[self._state.hole]
