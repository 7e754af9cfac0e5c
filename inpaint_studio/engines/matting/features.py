"""What the network of soft edges is shown, for training and for use alike."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import Floats, unit

DEPTH = 32.0
"""Pixels from the given edge that count as one unit of depth."""
GIVEN, OBJECT, AROUND = 3, slice(5, 8), slice(8, 11)
"""Which planes hold the coverage given, and the mean colours of the object and of what is around it."""
_COARSE, _NEAR, _FAR = 4, 4.0, 16.0
"""Colours near by are averaged at a quarter of the size, with Gaussians of these sigmas there."""


def features(image: Array, given: NDArray[np.float32]) -> Floats:
    """H×W×12 float32 for an H×W×3 uint8 picture and the coverage given so far, H×W 0..1.

    Colour and coverage (centred), signed depth inside the given edge, mean colours of the object and of
    what is around it, each weighted by depth, and what share of the object these two colours say.
    """
    depth = signed_depth(given)
    shape = given.shape[1], given.shape[0]
    small = tuple(max(1, -(-side // _COARSE)) for side in shape)
    coarse = cv2.resize(unit(image), small, interpolation=cv2.INTER_AREA)
    shrunk = cv2.resize(depth, small, interpolation=cv2.INTER_AREA)
    means = [
        cv2.resize(_mean_colour(coarse, np.clip(side * shrunk / DEPTH, 0, 1)), shape) for side in (1, -1)
    ]
    colours = unit(image)
    across = means[0] - means[1]
    along = np.einsum("hwc,hwc->hw", colours - means[1], across)
    share = along / (np.einsum("hwc,hwc->hw", across, across) + np.float32(0.002))
    planes = (
        colours,
        given - np.float32(0.5),
        np.clip(depth / np.float32(DEPTH), -1.5, 1.5),
        *means,
        np.clip(share, -0.5, 1.5) - np.float32(0.5),
    )
    out: Floats = np.dstack(planes).astype(np.float32, copy=False)
    return out


def signed_depth(given: NDArray[np.float32]) -> Floats:
    """Pixels inside the edge of the given coverage, negative outside of it; H×W float32."""
    inside = np.asarray(given > 0.5, np.uint8)
    deep = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    return np.asarray(deep - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3), np.float32)


def _mean_colour(image: Floats, weight: Floats) -> Floats:
    """The weighted mean around each pixel; where nothing has weight, that of farther away."""
    weighted = np.dstack((image * weight[..., None], weight))
    mean = (
        cv2.GaussianBlur(weighted, (0, 0), _NEAR)
        + 0.05 * cv2.GaussianBlur(weighted, (0, 0), _FAR)
        + 1e-4 * weighted.mean(axis=(0, 1))
    )
    out: Floats = mean[..., :3] / (mean[..., 3:] + np.float32(1e-7))
    return np.ascontiguousarray(out, np.float32)
