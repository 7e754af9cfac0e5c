"""Things cut out of photos with soft edges and colours of their own, to be pasted elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS
from inpaint_studio.engines.matting.colours import clean_colours
from training.common.samples import Array
from training.objects.components import UNKNOWN
from training.objects.scenes import Scene

LEAST = 24
"""Shorter side of the box of a cutout in pixels; smaller ones show too little."""
_REACH = 9
"""Soft edges reach at most about this far beyond the half-covered outline."""
_CUT, _BESIDE = 0.05, 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """Colours (h×w×3 uint8) and coverage (h×w uint8) of a thing.

    It is `grounded` if the lower rim of its photo cuts it.
    """

    colours: Array
    alpha: Array
    grounded: bool = False


def cutouts_of(scene: Scene) -> Iterator[Cutout]:
    """The things of a clear scene that are whole, but for what the lower rim of the photo cuts off."""
    if not scene.clear:
        return
    for number in range(1, scene.count + 1):
        own = (scene.instances == number).astype(np.uint8)
        if not own.any() or not _whole(own) or _touches_others(scene.instances, number, own):
            continue
        near = cv2.dilate(own, np.ones((_REACH, _REACH), np.uint8)) > 0
        alpha = np.where(near, scene.alpha, 0).astype(np.uint8)
        ys, xs = np.nonzero(alpha > 8)
        top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
        if min(bottom - top, right - left) < LEAST:
            continue
        part = np.ascontiguousarray(alpha[top:bottom, left:right])
        photo = np.ascontiguousarray(scene.photo[top:bottom, left:right])
        clean = clean_colours(photo, part, (part > 0) & (part < 255), NO_PROGRESS)
        yield Cutout(clean, part, bool(bottom == own.shape[0]))


def _whole(own: Array) -> bool:
    """Whether next to nothing is cut off by the photo's left, right and upper rim."""
    rims = (own[0], own[:, 0], own[:, -1])
    side = float(np.sqrt(own.sum()))
    return all(float(rim.sum()) <= _CUT * side for rim in rims)


def _touches_others(instances: Array, number: int, own: Array) -> bool:
    """Whether other things lie so close that they would be cut out with it."""
    ring = cv2.dilate(own, np.ones((_REACH, _REACH), np.uint8)) - own
    others = (instances != 0) & (instances != number) & (instances != UNKNOWN)
    return float((others & (ring > 0)).sum()) > _BESIDE * float(ring.sum())
