"""The network of soft edges: what a picture, a rough mask and colours near by say about coverage.

A small U-Net (Ronneberger, Fischer, Brox, 2015). It works at half the size with four pixels to a place, so
that a hair of one pixel is not lost, and at a sixteenth for what lies on either side of the edge.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pixel_shuffle, pixel_unshuffle

ARCH = "unet-edges"
CHANNELS = 12
"""Planes of `engines.matting.features.features`."""
STRIDE = 16
"""Height and width of the input must be multiples of this."""
WIDTHS = (24, 40, 56, 64)


def _unit(before: int, after: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(before, after, 3, stride, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(after), nn.ReLU())


class EdgeNetwork(nn.Module):
    """N×12×H×W planes → N×1×H×W coverage, from a little below 0 to a little above 1."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        steps = list(pairwise(widths))
        self.stem = nn.Sequential(_unit(4 * CHANNELS, widths[0]), _unit(widths[0], widths[0]))
        self.down = nn.ModuleList(nn.Sequential(_unit(a, b, 2), _unit(b, b)) for a, b in steps)
        self.up = nn.ModuleList(_unit(a + b, a) for a, b in reversed(steps))
        self.out = nn.Conv2d(widths[0], 4, 3, 1, 1)

    def logits(self, x: Tensor) -> Tensor:
        """N×1×H×W; `coverage` makes coverage of them."""
        x = self.stem(pixel_unshuffle(x, 2))
        passed = [x]
        for down in self.down:
            x = down(x)
            passed.append(x)
        passed.pop()
        for up in self.up:
            beside = passed.pop()
            x = interpolate(x, size=beside.shape[-2:], mode="bilinear", align_corners=False)
            x = up(torch.cat((x, beside), 1))
        return pixel_shuffle(self.out(x).float(), 2)

    def forward(self, x: Tensor) -> Tensor:
        return coverage(self.logits(x))


MARGIN = 0.02
"""A sigmoid reaches neither 0 nor 1, as the inside of an object must: so it is stretched by this."""


def coverage(logits: Tensor) -> Tensor:
    """Coverage from −MARGIN to 1 + MARGIN."""
    return torch.sigmoid(logits) * (1 + 2 * MARGIN) - MARGIN
