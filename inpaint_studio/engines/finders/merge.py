"""Makes one list of what finders saw: no object twice, no pixel in two of them, no slivers, ranked."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, Progress, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.finders.instances import Sketch, widest
from inpaint_studio.engines.finders.naming import INSIDE, SAME, common, is_same
from inpaint_studio.engines.guided_filter import carry_up

WORK_SIDE = 480
"""Longer side at which objects are told apart before their masks are sharpened at full size."""
MOST_OBJECTS = 60
"""More than this many objects in one photo are noise."""

LOOK_SIDE = 1024
"""Longer side at which the parts of a mask are looked for."""
CRUMB = 0.1
"""A separate part of a mask is dropped if it is less than this share of the largest part."""
_LEFT = 0.4
"""An object of which less than this share is left, because others lie before it, is dropped."""
_SHARPENED = 0.5
"""Sharpening may leave an object this share of the least area and width that its rule asks for."""

_WHOLES = {("cyclist", "person"), ("cyclist", "bicycle"), ("cyclist", "motorbike")}
"""The second is what some finders call a part of the first."""
_KINDS = {("bus", "car"), ("train", "car"), ("bus", "train")}
"""The first is the narrower word for what finders that lack it call the second."""


def work_size(image: Array) -> tuple[int, int]:
    """(w, h) at which the objects of an H×W×3 photo are told apart."""
    height, width = image.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    return max(1, round(width * scale)), max(1, round(height * scale))


def merged(seen: list[Sketch]) -> list[Sketch]:
    """One sketch an object: things before areas, each by size and certainty; no two share a pixel.

    All masks have one size. Where several show the same object, the whole wins over its part, the pieces
    that a finder told apart win over one that holds several of them, and else the surer mask wins.
    """
    return _ranked(_apart(_once(seen)))


def sharpened(image: Array, seen: list[Sketch], progress: Progress = NO_PROGRESS) -> list[FoundObject]:
    """The objects with masks along the edges of the full photo, in the order given.

    `image` is H×W×3 uint8 RGB. No two masks share a pixel, and none has crumbs.
    """
    shape = image.shape[0], image.shape[1]
    masks = []
    for index, sketch in enumerate(seen):
        masks.append(carry_up(image, sketch.mask))
        progress.report(0.9 * (index + 1) / len(seen), message("job.sharpening_edges"))
    found = []
    for mask, sketch in zip(without_overlaps(masks, shape), seen, strict=True):
        kept = without_crumbs(mask, sketch.rule.area * shape[0] * shape[1])
        if _is_large(kept, sketch, shape):
            found.append(FoundObject(kept, sketch.rule.label, sketch.score, sketch.rule.kind))
    progress.report(1.0)
    return found


def without_overlaps(masks: list[Mask], shape: tuple[int, int]) -> list[Mask]:
    """Each pixel stays only in the mask that covers it most; the earlier one where they are equal."""
    most = np.zeros(shape, np.uint8)
    owner = np.zeros(shape, np.uint16)
    for number, mask in enumerate(masks, 1):
        x, y, w, h = mask.box
        window = most[y : y + h, x : x + w]
        better = mask.crop > window
        window[better] = mask.crop[better]
        owner[y : y + h, x : x + w][better] = number
    kept = []
    for number, mask in enumerate(masks, 1):
        x, y, w, h = mask.box
        own = owner[y : y + h, x : x + w] == number
        kept.append(Mask.place(np.where(own, mask.crop, np.uint8(0)), x, y))
    return kept


def without_crumbs(mask: Mask, large: float) -> Mask:
    """The mask's main parts: those of `large` pixels, or of `CRUMB` of the largest part.

    A large mask is looked at reduced, so that parts a few pixels apart count as one.
    """
    if not mask:
        return mask
    covered = (mask.crop > 0).astype(np.uint8) * np.uint8(255)
    height, width = covered.shape
    step = -(-max(height, width) // LOOK_SIDE)
    framed = cv2.copyMakeBorder(covered, 0, -height % step, 0, -width % step, cv2.BORDER_CONSTANT, value=0)
    size = framed.shape[1] // step, framed.shape[0] // step
    small = cv2.resize(framed, size, interpolation=cv2.INTER_AREA) if step > 1 else framed
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(
        np.asarray(small > 0, np.uint8), connectivity=8, ltype=cv2.CV_32S
    )
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = np.append(False, areas >= min(large / step**2, CRUMB * areas.max()))
    if count <= 2 or kept[1:].all():
        return mask
    chosen = kept[numbers].astype(np.uint8).repeat(step, axis=0).repeat(step, axis=1)
    return Mask.place(mask.crop * chosen[:height, :width], mask.x, mask.y)


def _is_large(mask: Mask, sketch: Sketch, shape: tuple[int, int]) -> bool:
    rule = sketch.rule
    if mask.area < max(1.0, _SHARPENED * rule.area * shape[0] * shape[1]):
        return False
    reduced = min(1.0, 2 * WORK_SIDE / max(shape))
    _, _, w, h = mask.box
    size = max(1, round(w * reduced)), max(1, round(h * reduced))
    small = np.asarray(cv2.resize(mask.crop, size, interpolation=cv2.INTER_AREA), np.uint8)
    covered = (small > 127).astype(np.uint8) * np.uint8(255)
    return widest(covered) > max(2.0, _SHARPENED * rule.width * max(shape) * reduced)


def _once(seen: list[Sketch]) -> list[Sketch]:
    """What is left when each object is kept once; the largest are looked at first."""
    left = sorted(seen, key=lambda sketch: -sketch.area)
    kept: list[Sketch] = []
    while left:
        first, *left = left
        inside = [other for other in left if _is_inside(other, first)]
        pieces = [other for other in inside if other.rule.label == first.rule.label]
        if len(pieces) > 1 and sum(common(p, first) for p in pieces) >= INSIDE * first.area:
            continue
        for other in inside:
            first = _of_both(first, other)
        left = [other for other in left if other not in inside]
        kept.append(first)
    return kept


def _is_inside(small: Sketch, large: Sketch) -> bool:
    """Whether two sketches show one object, or the smaller one a part of the larger."""
    if small.rule.kind != large.rule.kind:
        return False
    if is_same(small, large):
        return True
    pair = {(small.rule.label, large.rule.label), (large.rule.label, small.rule.label)}
    related = small.rule.label == large.rule.label or bool(pair & (_WHOLES | _KINDS))
    return related and common(small, large) >= INSIDE * small.area


def _of_both(large: Sketch, small: Sketch) -> Sketch:
    """The better of two sketches of one object, under the narrower word."""
    words = large.rule.label, small.rule.label
    if words in _WHOLES or words[::-1] in _WHOLES:
        return large if words in _WHOLES or small.score < large.score else small
    alike = common(large, small) >= SAME * (large.area + small.area)
    better = small if alike and small.score > large.score else large
    if words in _KINDS or words[::-1] in _KINDS:
        return replace(better, rule=large.rule if words in _KINDS else small.rule)
    return better


def _apart(seen: list[Sketch]) -> list[Sketch]:
    """Each pixel only in what stands in front: things before areas, the smaller first."""
    if not seen:
        return []
    order = sorted(seen, key=lambda s: (s.rule.kind == "thing", not s.rule.behind, -s.area))
    owner = np.zeros(seen[0].mask.shape, np.uint16)
    for number, sketch in enumerate(order, 1):
        owner[sketch.mask > 0] = number
    kept = []
    for number, sketch in enumerate(order, 1):
        mask = np.where(owner == number, np.uint8(255), np.uint8(0))
        least = sketch.rule.area * mask.size
        left = without_crumbs(Mask.place(mask), least).full((mask.shape[0], mask.shape[1]))
        behind = sketch.rule.kind == "area" or sketch.rule.behind
        if np.count_nonzero(left) >= max(1.0, least, 0.0 if behind else _LEFT * sketch.area):
            kept.append(replace(sketch, mask=left))
    return kept


def _ranked(seen: list[Sketch]) -> list[Sketch]:
    return sorted(seen, key=lambda s: (s.rule.kind == "area", -s.weight))[:MOST_OBJECTS]
