"""Pictures as networks take them: resized, framed to whole strides, normalised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics.mask import Array

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor


def resized(image: Array, size: tuple[int, int]) -> Array:
    """An H×W×3 uint8 picture brought to (w, h): by area where it shrinks in width, else bilinear."""
    if size == (image.shape[1], image.shape[0]):
        return image
    shrinks = size[0] < image.shape[1]
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8
    )


def as_input(view: Array, stride: int, mean: ArrayLike, std: ArrayLike) -> Tensor:
    """An H×W×3 uint8 picture as 1×3×h×w float32, h and w the next multiples of `stride`.

    The rim added on the right and below mirrors the picture; `mean` and `std` are of colours 0..1.
    """
    import torch

    height, width = view.shape[:2]
    framed = cv2.copyMakeBorder(view, 0, -height % stride, 0, -width % stride, cv2.BORDER_REFLECT)
    values = (framed.astype(np.float32) / 255 - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
    return torch.from_numpy(values).permute(2, 0, 1)[None]
