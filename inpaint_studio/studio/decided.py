"""What belongs to an object under a brush, decided anew by colours; what the mask said there is a hint."""

from __future__ import annotations

import math

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Array, grow_box, unite_boxes

_ROOM = 48
"""Pixels around the strokes whose colours are known to belong to the object, or not to."""
_MOST = 1 << 19
"""Pixels that are looked at; a larger area is looked at smaller."""
_ROUNDS = 4


def decided(image: Array, mask: Mask, strokes: Mask) -> Mask:
    """A mask of an H×W×3 uint8 picture, hard and decided anew under `strokes`, as it was elsewhere.

    Without anything around that is known to belong, or known not to, it stays as it is.
    """
    import cv2

    height, width = image.shape[:2]
    x, y, w, h = box = grow_box(strokes.box, _ROOM, width, height)
    step = max(1, math.ceil(math.sqrt(w * h / _MOST)))
    own, under = mask.window(box)[::step, ::step], strokes.window(box)[::step, ::step] > 0
    labels = np.where(own > 127, cv2.GC_FGD, cv2.GC_BGD).astype(np.uint8)
    labels[under] = np.where(own[under] > 127, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    known = labels[~under]
    if not (known == cv2.GC_FGD).any() or not (known == cv2.GC_BGD).any():
        return mask
    crop = np.ascontiguousarray(image[y : y + h : step, x : x + w : step, ::-1])
    # The same answer each time.
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(crop, labels, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    inside = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8) * np.uint8(255)
    enlarged = cv2.resize(np.asarray(inside, np.uint8), (w, h), interpolation=cv2.INTER_LINEAR)
    whole = unite_boxes((mask.box, box))
    out = mask.window(whole)
    part = out[y - whole[1] : y - whole[1] + h, x - whole[0] : x - whole[0] + w]
    painted = strokes.window(box) > 0
    part[painted] = np.where(enlarged > 127, 255, 0)[painted]
    return Mask.place(out, whole[0], whole[1])
