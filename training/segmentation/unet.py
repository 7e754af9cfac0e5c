"""A light U-Net over an EfficientNet-Lite0 encoder, in plain torch.

Decoder: O. Ronneberger et al., "U-Net" (MICCAI 2015), with a global context as in ParseNet (2015).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.common.encoder import TAP_CHANNELS, Encoder


def _smooth(inputs: int, outputs: int) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


class LiteUNet(nn.Module):
    """N×3×H×W float, normalised, H and W multiples of 32 → N×classes×H×W logits.

    Each step up is narrowed by a 1×1 convolution before it is joined with the encoder's features: full
    3×3 convolutions over wide maps would cost more than the whole encoder.
    """

    street: nn.Linear | None

    def __init__(
        self, classes: int, *, street: bool = False, widths: tuple[int, ...] = (128, 96, 48, 32)
    ) -> None:
        """With `street` the network also says whether the whole photo is a street (fitted after training)."""
        super().__init__()
        self.encoder = Encoder()
        deepest = TAP_CHANNELS[-1]
        self.context = nn.Conv2d(deepest, deepest, 1)
        self.narrow, self.join = nn.ModuleList(), nn.ModuleList()
        inputs = deepest
        for depth, (skip, width) in enumerate(zip(reversed(TAP_CHANNELS[:-1]), widths, strict=True)):
            self.narrow.append(nn.Conv2d(inputs, width, 1))
            layers = _smooth(width + skip, width)
            if depth < 2:  # a second look is cheap where the map is small
                layers += _smooth(width, width)
            self.join.append(nn.Sequential(*layers))
            inputs = width
        self.dropout = nn.Dropout2d(0.1)
        self.head = nn.Conv2d(inputs, classes, 1)
        self.street = nn.Linear(deepest, 1) if street else None

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.look(x)[0], scale_factor=2.0, mode="bilinear", align_corners=False)

    def look(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """The logits at half the size, and N numbers: how surely each photo is a street (logit)."""
        *skips, out = self.encoder(x)
        mean = out.mean((2, 3))
        street = None if self.street is None else self.street(mean)[:, 0]
        out = out * torch.sigmoid(self.context(mean[..., None, None]))
        for skip, narrow, join in zip(reversed(skips), self.narrow, self.join, strict=True):
            out = join(torch.cat((F.interpolate(narrow(out), scale_factor=2.0, mode="nearest"), skip), 1))
        return self.head(self.dropout(out)), street
