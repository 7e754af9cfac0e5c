"""Pictures as networks take them: resized, framed to whole strides, normalised."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.networks.card import Picture

Floats = NDArray[np.float32]


def resized(image: Array, size: tuple[int, int]) -> Array:
    """An H×W or H×W×3 uint8 picture brought to (w, h): by area where it shrinks in width, else bilinear."""
    if size == (image.shape[1], image.shape[0]):
        return image
    shrinks = size[0] < image.shape[1]
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8
    )


def as_input(view: Array, picture: Picture) -> Floats:
    """An H×W×C uint8 picture as 1×C×h×w float32: at its own size, framed.

    The rim added on the right and below, up to the network's stride or size, mirrors the picture. Channels
    beyond the three colours, such as a hole, are brought to 0..1 and left so.
    """
    height, width = view.shape[:2]
    if picture.size is None:
        down, right = -height % picture.stride, -width % picture.stride
    else:
        down, right = picture.size[1] - height, picture.size[0] - width
    framed = cv2.copyMakeBorder(view, 0, down, 0, right, cv2.BORDER_REFLECT)
    colours = list(zip(picture.mean, picture.std, strict=True))
    levels = np.arange(256, dtype=np.float32)
    planes = cv2.split(framed)
    out = np.empty((1, len(planes), *framed.shape[:2]), np.float32)
    for number, plane in enumerate(planes):
        gain, shift = np.float32(1 / 255), np.float32(0)
        if number < len(colours):
            mean, std = colours[number]
            gain, shift = np.float32(picture.white / 255 / std), np.float32(mean / std)
        cv2.LUT(plane, levels * gain - shift, out[0, number])
    return out
