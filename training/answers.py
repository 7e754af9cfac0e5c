"""Pictures that start from what colours said after an answer of the network itself.

So the network learns what to make of hairs that colours found, and of doubts that they left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS
from inpaint_studio.engines.matting.closed_form import PULL, follow_colours
from inpaint_studio.engines.matting.matte import REACH
from inpaint_studio.engines.matting.network import alpha_level
from inpaint_studio.engines.matting.trimap import strip_along
from inpaint_studio.engines.networks.edges import EdgeNetwork
from training.composites import Sample

if TYPE_CHECKING:
    from torch import Tensor

_KEPT, _RENEWED, _ONCE_MORE, _STEPS = 2000, 100, 0.3, 60


class Answers:
    """A pool of such pictures, as a solution takes longer than a step of the network.

    `weights` are the running average, which changes in place: every 100 steps the pool asks with them anew.
    """

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._weights, self._kept, self._steps = weights, list[Sample](), 0
        self._network = EdgeNetwork().eval()

    def take(self, count: int, fresh: Sample, rng: np.random.Generator) -> list[Sample]:
        """So many samples, each turned at random, after one more was made of `fresh` or of an older one."""
        if self._steps % _RENEWED == 0:
            self._network.load_state_dict(self._weights)
        self._steps += 1
        older = bool(self._kept) and rng.random() < _ONCE_MORE
        made = self._solved(self._kept[rng.integers(len(self._kept))] if older else fresh)
        if len(self._kept) < _KEPT:
            self._kept.append(made)
        else:
            self._kept[rng.integers(_KEPT)] = made
        return [_turned(self._kept[n], rng) for n in rng.integers(len(self._kept), size=count)]

    def _solved(self, start: Sample) -> Sample:
        given = np.asarray(start.given * 255 + 0.5).astype(np.uint8)
        unknown = strip_along(given, REACH)
        prior = alpha_level(start.picture, given, unknown, NO_PROGRESS, self._network)
        found = follow_colours(start.picture, prior, unknown, PULL, _STEPS, NO_PROGRESS)
        return Sample(start.picture, start.alpha, found.astype(np.float32) / np.float32(255))


def _turned(made: Sample, rng: np.random.Generator) -> Sample:
    """Turned by a multiple of 90°, mirrored or not, its colour channels in another order."""
    turns, way = int(rng.integers(4)), int(rng.choice((-1, 1)))
    picture, alpha, given = (
        np.ascontiguousarray(np.rot90(p, turns)[:, ::way]) for p in (made.picture, made.alpha, made.given)
    )
    return Sample(np.ascontiguousarray(picture[..., rng.permutation(3)]), alpha, given)
