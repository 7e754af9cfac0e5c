"""Edge-aware filtering: the guided filter, and masks of a small picture carried to the full one.

He, Sun, Tang, "Guided Image Filtering" (ECCV 2010); He, Sun, "Fast Guided Filter" (2015).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress
from inpaint_studio.basics.mask import Array, grow_box

Floats = NDArray[Any]
"""float32: the type stubs of NumPy and OpenCV do not agree on anything narrower."""

MIDDLE_SIDE = 1024
"""Longer side in pixels at which the linear models of a large crop are fitted."""


def box_mean(values: Floats, radius: int, kind: int = cv2.CV_32F) -> Floats:
    """Mean of each (2·radius+1)² window, per channel; the rim is repeated outward."""
    side = 2 * radius + 1
    mean: Floats = cv2.boxFilter(values, kind, (side, side), borderType=cv2.BORDER_REPLICATE)
    return mean


def unit(image: Array) -> Floats:
    """uint8 colours as float32 −0.5..0.5: centred, so that single precision holds small variances."""
    return image.astype(np.float32) * np.float32(1 / 255) - np.float32(0.5)


class ColourGuide:
    """A local linear model `value = a · colour + b` in each window of a colour image.

    `image` is H×W×3 float32, `radius` the half side of a window in pixels, `epsilon` the variance
    below which a window counts as flat (squared colour units of 0..1). Below 1e-5 the windows'
    covariances need `exact`, which takes longer to prepare and no longer to use.
    """

    def __init__(self, image: Floats, radius: int, epsilon: float, *, exact: bool = False) -> None:
        self.image, self.radius = image, radius
        kind = cv2.CV_64F if exact else cv2.CV_32F
        wide = image.astype(np.float64) if exact else image
        mean = box_mean(wide, radius, kind)
        self._colours = cv2.split(image)
        self._below = cv2.split(np.negative(mean, dtype=np.float32))
        """The windows' mean colours, negative."""
        r, g, b = (wide[..., i] for i in range(3))
        moments = box_mean(cv2.merge([r * r, r * g, r * b, g * g, g * b, b * b]), radius, kind)
        inverse = _inverse(moments, mean, mean.dtype.type(epsilon))
        self._inverse = [entry.astype(np.float32, copy=False) for entry in inverse]

    def fit(self, values: Floats) -> Floats:
        """H×W×4 float32: a (three channels) and b for H×W values."""
        return cv2.merge(self._models(values))

    def filter(self, values: Floats) -> Floats:
        """The values smoothed along the image's edges, H×W float32."""
        *slopes, out = (box_mean(plane, self.radius) for plane in self._models(values))
        for slope, colour in zip(slopes, self._colours, strict=True):
            cv2.accumulateProduct(slope, colour, out)
        return out

    def _models(self, values: Floats) -> list[Floats]:
        """The planes of a and b; planes by themselves take a third of the time of whole pictures."""
        offset = box_mean(values, self.radius)
        along = []
        for colour, below in zip(self._colours, self._below, strict=True):
            along.append(box_mean(colour * values, self.radius))
            cv2.accumulateProduct(offset, below, along[-1])
        rr, rg, rb, gg, gb, bb = self._inverse
        slopes = [_weighted(row, along) for row in ((rr, rg, rb), (rg, gg, gb), (rb, gb, bb))]
        for slope, below in zip(slopes, self._below, strict=True):
            cv2.accumulateProduct(slope, below, offset)
        return [*slopes, offset]


def _weighted(weights: tuple[Floats, ...], planes: list[Floats]) -> Floats:
    total: Floats = weights[0] * planes[0]
    for weight, plane in zip(weights[1:], planes[1:], strict=True):
        cv2.accumulateProduct(weight, plane, total)
    return total


def apply_models(models: Floats, image: Floats) -> Floats:
    """a · colour + b for H×W×4 models and an H×W×3 image."""
    return np.asarray(np.einsum("hwc,hwc->hw", models[..., :3], image) + models[..., 3], np.float32)


def _inverse(moments: Floats, mean: Floats, epsilon: Any) -> list[Floats]:
    """The six entries of the inverse of each window's 3×3 covariance + epsilon."""
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    rr, rg, rb, gg, gb, bb = (
        moments[..., n] - mean[..., i] * mean[..., j] + (epsilon if i == j else mean.dtype.type(0))
        for n, (i, j) in enumerate(pairs)
    )
    minors = [gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb]
    minors += [rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg]
    scale = 1 / (rr * minors[0] + rg * minors[1] + rb * minors[2])
    return [m * scale for m in minors]


def carry_up(image: Array, small: Array, progress: Progress = NO_PROGRESS) -> Mask:
    """A mask of a reduced picture, sharpened along the edges of the full one.

    `image` is H×W×3 uint8 RGB, `small` h×w uint8 0 or 255 for the same picture. Only the crop around
    the mask is looked at and only a band around its edge is computed at full size.
    """
    height, width = image.shape[:2]
    factor = max(height / small.shape[0], width / small.shape[1])
    found = Mask.place(small)
    if not found:
        return Mask.empty()
    sx, sy = width / small.shape[1], height / small.shape[0]
    x0, y0 = int(found.x * sx), int(found.y * sy)
    x1, y1 = int(np.ceil((found.x + found.box[2]) * sx)), int(np.ceil((found.y + found.box[3]) * sy))
    box = grow_box((x0, y0, x1 - x0, y1 - y0), int(np.ceil(4 * factor)) + 2, width, height)
    x, y, w, h = box
    crop = image[y : y + h, x : x + w]
    shrink = min(1.0, MIDDLE_SIDE / max(w, h), max(1.5 / factor, MIDDLE_SIDE / max(height, width)))
    size = (max(1, round(w * shrink)), max(1, round(h * shrink)))
    rough = _resample(small, box, (sx, sy), size)
    progress.report(0.3)
    # A few pixels are plenty for the mean: reading all of a large photo would take longest of all.
    stride = max(1, int(0.8 / shrink))
    middle = np.asarray(cv2.resize(crop[::stride, ::stride], size, interpolation=cv2.INTER_AREA), np.uint8)
    radius = max(2, round(1.5 * factor * size[0] / w))
    guide = ColourGuide(unit(middle), radius, 3e-4)
    models = box_mean(guide.fit(rough), radius)
    progress.report(0.6)
    if size == (w, h):
        return Mask.place(_coverage(apply_models(models, guide.image)), x, y)
    return Mask.place(_apply_large(crop, models, apply_models(models, guide.image)), x, y)


def _resample(small: Array, box: tuple[int, int, int, int], scale: tuple[float, float],
              size: tuple[int, int]) -> Floats:  # fmt: skip
    """The part of a small mask under a box of the full picture, as 0..1 at another size."""
    x, y, w, h = box
    step_x, step_y = w / size[0] / scale[0], h / size[1] / scale[1]
    to_small = np.array(
        [[step_x, 0, x / scale[0] + step_x / 2 - 0.5], [0, step_y, y / scale[1] + step_y / 2 - 0.5]]
    )
    values: Floats = cv2.warpAffine(
        small.astype(np.float32) / 255, to_small, size, None,
        cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return values


def _coverage(values: Floats) -> Array:
    """Filtered values as coverage with an edge one or two pixels soft."""
    return np.asarray(np.clip((values - 0.5) * 3 + 0.5, 0, 1) * 255 + 0.5).astype(np.uint8)


def _apply_large(crop: Array, models: Floats, values: Floats) -> Array:
    """Coverage of the full crop: models applied in the tiles that an edge runs through."""
    height, width = crop.shape[:2]
    mh, mw = values.shape
    inside = (values > 0.5).astype(np.uint8) * 255
    settled = np.asarray(cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    edge = cv2.dilate(((values > 0.1) & (values < 0.9)).astype(np.uint8), np.ones((3, 3), np.uint8))
    step = 32
    for top in range(0, mh, step):
        for left in range(0, mw, step):
            part = edge[top : top + step, left : left + step]
            if part.any():
                _apply_tile(crop, models, settled, (left, top, part.shape[1], part.shape[0]))
    return settled


def _apply_tile(crop: Array, models: Floats, out: Array, tile: tuple[int, int, int, int]) -> None:
    fx, fy = crop.shape[1] / models.shape[1], crop.shape[0] / models.shape[0]
    x0, y0 = round(tile[0] * fx), round(tile[1] * fy)
    x1, y1 = round((tile[0] + tile[2]) * fx), round((tile[1] + tile[3]) * fy)
    to_model = np.array([[1 / fx, 0, (x0 + 0.5) / fx - 0.5], [0, 1 / fy, (y0 + 0.5) / fy - 0.5]])
    local = cv2.warpAffine(
        models, to_model, (x1 - x0, y1 - y0), None,
        cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE,
    )  # fmt: skip
    out[y0:y1, x0:x1] = _coverage(apply_models(local, unit(crop[y0:y1, x0:x1])))
