"""The first colours of a hole at its smallest size: from the border inwards, each by what fits there.

Beginning with smooth colours, a hole becomes smooth: what is smooth is matched with what is smooth, and edges
that run into the hole end there. After Criminisi, Perez, Toyama: Region Filling and Object Removal by
Exemplar-Based Image Inpainting (2004), ring by ring as in Newson et al., Video Inpainting of Complex Scenes
(2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.engines.inpainting.descriptors import REACH

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.engines.inpainting.pyramid import Array, Flags
    from inpaint_studio.engines.inpainting.where import Index

Reals = NDArray[np.float32]

_FADE = 0.8
"""How much less sure a ring is than the one around it."""
_AT_ONCE = 500
"""Patches of a ring that are compared at once."""


class Peeling:
    """Patches to take, and a hole being painted with them; indices are flat, frame included."""

    def __init__(self, colours: Array, known: Flags, sources: Index, weights: tuple[float, float]) -> None:
        """`colours` H×W×4 uint8 is painted in place; `known` H×W says where it may be compared with.

        `sources` are the centres of the patches that may be taken, `weights` how much unlike (down, across;
        in levels) patches are that lie as far apart as the picture is long.
        """
        self._flat = colours.reshape(-1, 4)
        self._stride, self._side = known.shape[1], max(known.shape)
        steps = np.arange(-REACH, REACH + 1)
        self._moves = (steps[:, None] * self._stride + steps).ravel()
        self._sure = known.astype(np.float32)
        self._weights, self._sources = np.array(weights, np.float32), sources
        theirs = self._patches(sources)
        self._squares = np.ascontiguousarray((theirs**2).sum(axis=2).T)
        self._theirs = np.ascontiguousarray(theirs.reshape(len(sources), -1).T)
        self._places = self._placed(sources)

    def paint(self, hole: Flags, echo: tuple[Index, Index], pause: Callable[[], None]) -> None:
        """Paints the hole. The pixels `echo[0]` always show the colours of `echo[1]`."""
        left, sure, depth = hole.copy(), self._sure.ravel(), 0
        while left.any():
            depth += 1
            # The border of the picture is none of the hole: nothing is known beyond it.
            wide = left.copy()
            wide.ravel()[echo[0]] = left.ravel()[echo[1]]
            inner = cv2.erode(wide.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
            ring = left & ~inner if (left & ~inner).any() else left
            at = np.flatnonzero(ring)
            found = np.concatenate([
                self._fitting(at[start : start + _AT_ONCE], pause) for start in range(0, len(at), _AT_ONCE)
            ])  # fmt: skip
            self._flat[at], sure[at] = self._flat[found], _FADE**depth
            self._flat[echo[0]], sure[echo[0]] = self._flat[echo[1]], sure[echo[1]]
            left &= ~ring

    def _fitting(self, at: Index, pause: Callable[[], None]) -> Index:
        """The sources whose patches fit best, counting only what is there already."""
        pause()
        weight = self._sure.ravel()[at[:, None] + self._moves]
        mine = (self._patches(at) * weight[..., None]).reshape(len(at), -1)
        costs = weight @ self._squares - 2 * (mine @ self._theirs)
        apart = ((self._placed(at)[:, None] - self._places) ** 2).sum(axis=2)
        costs += 3 * weight.sum(axis=1)[:, None] * apart
        return np.asarray(self._sources[costs.argmin(axis=1)], np.int64)

    def _patches(self, at: Index) -> Reals:
        return np.asarray(self._flat[at[:, None] + self._moves][..., :3], np.float32)

    def _placed(self, at: Index) -> Reals:
        """Where patches lie, in levels."""
        places = np.stack(np.divmod(at, self._stride), axis=1).astype(np.float32)
        return np.asarray(places * (self._weights / self._side), np.float32)
