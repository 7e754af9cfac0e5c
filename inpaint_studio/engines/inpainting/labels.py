"""What the parts of a photo are, as a guide: sky is filled from sky, road from road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.engines.inpainting.descriptors import PER_COST
from inpaint_studio.engines.inpainting.pyramid import diffuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.engines.inpainting.descriptors import Rows
    from inpaint_studio.engines.inpainting.pyramid import Array, Flags, Level

_WEIGHT = 20.0
"""How much more patches of two labels differ than by their colours, in levels."""
_MOST = 8
"""Most labels that are told apart; the smallest ones are left out."""
_LEAST = 0.003
"""Share of the pixels that a label must have."""
_SIDE = 256
"""Longer side at which is guessed what is not labelled."""


class Labels:
    """The labels around a hole, and a guess of those inside it from these alone.

    A pixel without a label gets the one that spreads the furthest to it from those around.
    """

    def __init__(self, labels: Array, chosen: list[int], pause: Callable[[], None]) -> None:
        """`labels` H×W uint8 of the crop at full size; those not in `chosen` are to be guessed.

        `pause` is called now and then, and may raise.
        """
        self._labels, self._chosen = labels, chosen
        self._guess = self._guessed(pause)

    @classmethod
    def around(
        cls, labels: Array, known: Flags, shape: tuple[int, int], pause: Callable[[], None] = lambda: None
    ) -> Labels | None:
        """The guide for a crop, None where there are not two labels to tell apart.

        `labels` H×W uint8, 0 where there is none; `known` H×W bool, what lies outside has none. `shape` is
        the height and width of the crop's largest level, which may be larger.
        """
        seen = np.zeros(shape, np.uint8)
        seen[: labels.shape[0], : labels.shape[1]][known] = labels[known]
        pause()
        counts = cv2.calcHist([seen], [0], None, [256], [0, 256]).ravel()
        counts[0] = 0
        order = [int(label) for label in np.argsort(-counts, kind="stable")[:_MOST]]
        chosen = [label for label in order if counts[label] > _LEAST * counts.sum()]
        return cls(seen, chosen, pause) if len(chosen) > 1 else None

    def rows(self, level: Level, pad: int, pause: Callable[[], None] = lambda: None) -> Rows:
        """Numbers to compare patches by beside their colours, as `descriptors.described` takes them.

        For a level, which `pad` pixels on each side are added to.
        """
        size = level.hole.shape[1], level.hole.shape[0]
        parts = self._parts(size, pause)
        missing = np.maximum(255 - np.sum(parts, axis=0, dtype=np.float32), 0)
        unit = np.float32(_WEIGHT / 255 / np.sqrt(2 * PER_COST))
        planes = []
        for part, guess in zip(parts, self._guess, strict=True):
            pause()
            spread = cv2.resize(guess, size, interpolation=cv2.INTER_LINEAR) * missing
            plane = np.rint((part + spread) * unit).astype(np.int16)
            planes.append(cv2.copyMakeBorder(plane, pad, pad, pad, pad, cv2.BORDER_REFLECT))
        return np.asarray(cv2.merge(planes), np.int16)

    def _parts(self, size: tuple[int, int], pause: Callable[[], None]) -> list[Array]:
        """How much of each pixel of a smaller picture has each label, H×W, 0..255."""
        found = []
        for label in self._chosen:
            pause()
            flags = np.where(self._labels == label, np.uint8(255), np.uint8(0))
            found.append(np.asarray(cv2.resize(flags, size, interpolation=cv2.INTER_AREA), np.uint8))
        return found

    def _guessed(self, pause: Callable[[], None]) -> list[NDArray[np.float32]]:
        """For each label where in a reduced picture it is the likeliest, h×w, 0 or 1."""
        height, width = self._labels.shape
        scale = min(1.0, _SIDE / max(height, width))
        parts = self._parts((max(1, round(width * scale)), max(1, round(height * scale))), pause)
        covered = np.sum(parts, axis=0, dtype=np.float32) / 255
        weights = np.minimum(covered, 1).astype(np.float32)
        spread = []
        for part in parts:
            pause()
            share = part[..., None] / np.maximum(255 * covered, np.float32(1e-3))[..., None]
            spread.append(diffuse(share.astype(np.float32), weights)[..., 0])
        best = np.argmax(spread, axis=0)
        return [(best == number).astype(np.float32) for number in range(len(parts))]
