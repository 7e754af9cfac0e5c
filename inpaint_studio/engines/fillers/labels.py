"""What the parts of a photo are, as a guide: sky is filled from sky, road from road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.engines.fillers.descriptors import PER_COST
from inpaint_studio.engines.fillers.pyramid import diffuse

if TYPE_CHECKING:
    from inpaint_studio.engines.fillers.descriptors import Rows
    from inpaint_studio.engines.fillers.pyramid import Array, Flags

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

    def __init__(self, labels: Array, chosen: list[int]) -> None:
        """`labels` H×W uint8 of the crop at full size; those not in `chosen` are to be guessed."""
        self._labels, self._chosen = labels, chosen
        self._guess = self._guessed()

    @classmethod
    def around(cls, labels: Array, known: Flags, shape: tuple[int, int]) -> Labels | None:
        """The guide for a crop, None where there are not two labels to tell apart.

        `labels` H×W uint8, 0 where there is none; `known` H×W bool, what lies outside has none. `shape` is
        the height and width of the crop's largest level, which may be larger.
        """
        seen = np.zeros(shape, np.uint8)
        seen[: labels.shape[0], : labels.shape[1]][known] = labels[known]
        counts = np.bincount(seen.ravel(), minlength=256)
        counts[0] = 0
        order = [int(label) for label in np.argsort(-counts, kind="stable")[:_MOST]]
        chosen = [label for label in order if counts[label] > _LEAST * counts.sum()]
        return cls(seen, chosen) if len(chosen) > 1 else None

    def rows(self, shape: tuple[int, int], pad: int) -> Rows:
        """Numbers to compare patches by beside their colours, as `descriptors.described` takes them.

        `shape` is the height and width of a level, which `pad` pixels on each side are added to.
        """
        size = shape[1], shape[0]
        parts = self._parts(size)
        missing = 255 - np.minimum(parts.astype(np.uint16).sum(axis=2), 255)
        guess = cv2.resize(self._guess, size, interpolation=cv2.INTER_LINEAR)
        whole = parts + missing[..., None] / np.float32(255) * guess
        unit = _WEIGHT / 255 / float(np.sqrt(2 * PER_COST))
        rows = np.rint(whole * np.float32(unit)).astype(np.int16)
        return np.pad(rows, ((pad, pad), (pad, pad), (0, 0)), mode="edge")

    def _parts(self, size: tuple[int, int]) -> Array:
        """How much of each pixel of a smaller picture has each label, H×W×labels, 0..255."""
        flags = (np.where(self._labels == label, np.uint8(255), np.uint8(0)) for label in self._chosen)
        return np.dstack([cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in flags])

    def _guessed(self) -> Array:
        """For each place of a reduced picture its likeliest label, h×w×labels, 0 or 255."""
        height, width = self._labels.shape
        scale = min(1.0, _SIDE / max(height, width))
        parts = self._parts((max(1, round(width * scale)), max(1, round(height * scale)))) / np.float32(255)
        covered = parts.sum(axis=2)
        values = parts / np.maximum(covered, np.float32(1e-6))[..., None]
        weights = np.minimum(covered, 1).astype(np.float32)
        spread = [
            diffuse(np.ascontiguousarray(values[..., i : i + 1]), weights) for i in range(len(self._chosen))
        ]
        best = np.dstack(spread).argmax(axis=2)
        return np.asarray(np.eye(len(self._chosen), dtype=np.uint8)[best] * np.uint8(255), np.uint8)
