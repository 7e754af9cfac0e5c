"""The network of objects, in the manner of B. Cheng et al., "Panoptic-DeepLab" (CVPR 2020), but light."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.common.encoder import TAP_CHANNELS
from training.segmentation.unet import LiteUNet

ARCH = "objects-efficientnet-lite0"
STRIDE = 32
"""Sides of the input are multiples of this."""
CELL = 4
"""Pixels of the input along a side of a cell of middles and offsets."""
REACH = 64
"""Pixels of the input that an offset of 1 spans."""
_WIDTH = 64


class Found(NamedTuple):
    """For N×3×H×W: `mask` N×1×H/2×W/2 logits of "belongs to a thing"; on cells, `middles` N×1×H/4×W/4, about
    0 to 1, and `offsets` N×2×H/4×W/4 (x, y) to the middle of the thing, in units of `REACH` pixels."""

    mask: Tensor
    middles: Tensor
    offsets: Tensor


class ObjectNetwork(LiteUNet):
    """The U-Net of `things` with one class, and a second, shorter way up for middles and offsets.

    The two ways up part at stride 8: what a thing is and where its middle lies ask for different features.
    """

    def __init__(self) -> None:
        super().__init__(1)
        self.narrow_things = nn.Conv2d(96, _WIDTH, 1)
        skip = TAP_CHANNELS[1]
        self.join_things = nn.Sequential(*_smooth(_WIDTH + skip, _WIDTH), *_smooth(_WIDTH, _WIDTH, spread=2))
        self.middles = nn.Conv2d(_WIDTH, 1, 1)
        self.offsets = nn.Conv2d(_WIDTH, 2, 1)

    def find(self, x: Tensor) -> Found:
        """N×3×H×W float, normalised, H and W multiples of `STRIDE`."""
        *skips, out = self.encoder(x)
        out = out * torch.sigmoid(self.context(out.mean((2, 3), keepdim=True)))
        for depth, (skip, narrow, join) in enumerate(
            zip(reversed(skips), self.narrow, self.join, strict=True)
        ):
            out = join(torch.cat((_doubled(narrow(out)), skip), 1))
            if depth == 1:
                shared = out
        mask = self.head(self.dropout(out))
        apart = self.join_things(torch.cat((_doubled(self.narrow_things(shared)), skips[1]), 1))
        return Found(mask, self.middles(apart), self.offsets(apart))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # type: ignore[override]
        """Coverage N×1×H×W, 0 to 1, middles and offsets: what is exported."""
        found = self.find(x)
        whole = F.interpolate(found.mask, scale_factor=2.0, mode="bilinear", align_corners=False)
        return torch.sigmoid(whole), found.middles, found.offsets


def _smooth(inputs: int, outputs: int, spread: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, 3, padding=spread, dilation=spread, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


def _doubled(x: Tensor) -> Tensor:
    return cast("Tensor", F.interpolate(x, scale_factor=2.0, mode="nearest"))
