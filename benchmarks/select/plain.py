"""OpenCV's GrabCut as its manual uses it, without anything around it: the yardstick for selectors.

Rother, Kolmogorov, Blake 2004. It sees the whole photo at its own size. A box is OpenCV's rectangle. Clicks
are discs that are sure; at first a larger disc around a click on the object is likely to belong, later ones
start from the mask so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress
from inpaint_studio.engines.contracts import Proposal

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.engines.contracts import Prompts

ROUNDS = 5
SURE, LIKELY = 0.01, 0.15
"""Radii of the discs around a click, as shares of the photo's longer side; of 0, 0.08, 0.15 and 0.25 the one
that did best for GrabCut on 14 objects of photos that are not held out."""


class PlainGrabCut:
    """Selector contract for clicks and a box."""

    def prepare(self, image: Array, *, progress: Progress = NO_PROGRESS) -> tuple[Array, dict[int, Array]]:
        """The photo, H×W×3 uint8, and the states after the clicks so far, by a hash of these."""
        return np.ascontiguousarray(image), {}

    def select(self, prepared: tuple[Array, dict[int, Array]], prompts: Prompts) -> list[Proposal]:
        """One mask; the same for the same prompts, however they came about."""
        image, known = prepared
        if prompts.box is not None:
            state = _from_box(image, prompts.box)
        else:
            clicks = [
                (int(x), int(y), bool(label))
                for (x, y), label in zip(prompts.points, prompts.labels, strict=True)
            ]
            state = _from_clicks(image, clicks, known)
        inside = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
        return [Proposal(Mask.place(inside.astype(np.uint8) * np.uint8(255)), 1.0)]


def _from_box(image: Array, box: tuple[float, float, float, float]) -> Array:
    height, width = image.shape[:2]
    left, top = max(1, round(box[0])), max(1, round(box[1]))
    right, bottom = min(width - 1, round(box[0] + box[2])), min(height - 1, round(box[1] + box[3]))
    state = np.full((height, width), cv2.GC_BGD, np.uint8)
    state[top:bottom, left:right] = cv2.GC_PR_FGD
    return _cut(image, state)


def _from_clicks(image: Array, clicks: list[tuple[int, int, bool]], known: dict[int, Array]) -> Array:
    state = np.full(image.shape[:2], cv2.GC_PR_BGD, np.uint8)
    side = max(image.shape[:2])
    for number, (x, y, belongs) in enumerate(clicks, 1):
        key = hash(tuple(clicks[:number]))
        if key not in known:
            state = state.copy()
            if number == 1 and belongs:
                cv2.circle(state, (x, y), round(LIKELY * side), cv2.GC_PR_FGD, -1)
            for x_sure, y_sure, sure in clicks[:number]:
                cv2.circle(
                    state, (x_sure, y_sure), round(SURE * side), cv2.GC_FGD if sure else cv2.GC_BGD, -1
                )
            known[key] = _cut(image, state)
        state = known[key]
    return state


def _cut(image: Array, state: Array) -> Array:
    """GrabCut from a state of cv2.GC_ values; the state itself where one side has too few pixels."""
    front = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
    if min(front.sum(), (~front).sum()) < 5:  # OpenCV fits five colours to each side
        return state
    cv2.setRNGSeed(0)
    out, models = state.copy(), (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(image, out, (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return out
