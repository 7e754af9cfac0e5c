"""FC-DenseNet: S. Jégou et al., "The One Hundred Layers Tiramisu" (CVPR workshops 2017), in plain torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = 48
"""Channels of the first convolution."""
DROPOUT = 0.2

# name: growth, layers of each block on the way down, layers in the middle
_VARIANTS = {
    "fc-densenet56": (12, (4, 4, 4, 4, 4), 4),
    "fc-densenet67": (16, (5, 5, 5, 5, 5), 5),
    "fc-densenet103": (16, (4, 5, 7, 10, 12), 15),
}


def _layer(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(inputs),
        nn.ReLU(inplace=True),
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.Dropout(DROPOUT),
    )


class _Dense(nn.ModuleList):
    """A dense block: every layer sees the block's input and what all layers before it made."""

    def __init__(self, inputs: int, growth: int, layers: int) -> None:
        super().__init__(_layer(inputs + growth * index, growth, 3) for index in range(layers))

    def forward(self, x: Tensor) -> list[Tensor]:
        """The block's input, then what each layer made."""
        seen = [x]
        for layer in self:
            seen.append(layer(torch.cat(seen, 1)))
        return seen


class FCDenseNet(nn.Module):
    """N×3×H×W float, normalised, H and W multiples of 32 → N×classes×H×W logits.

    On the way up a block hands on what its layers made, without its input, so that the maps stay narrow.
    """

    def __init__(self, classes: int, growth: int, layers: Sequence[int], middle: int) -> None:
        """`growth` channels a layer, `layers` of each block on the way down, `middle` in the deepest."""
        super().__init__()
        self.first = nn.Conv2d(3, FIRST, 3, padding=1, bias=False)
        self.down, self.pool = nn.ModuleList(), nn.ModuleList()
        channels, skips = FIRST, []
        for count in layers:
            self.down.append(_Dense(channels, growth, count))
            channels += growth * count
            skips.append(channels)
            self.pool.append(nn.Sequential(*_layer(channels, channels, 1), nn.MaxPool2d(2)))
        self.middle = _Dense(channels, growth, middle)
        self.widen, self.up = nn.ModuleList(), nn.ModuleList()
        made = growth * middle
        for count, skip in zip(reversed(layers), reversed(skips), strict=True):
            self.widen.append(nn.ConvTranspose2d(made, made, 3, stride=2, padding=1, output_padding=1))
            self.up.append(_Dense(skip + made, growth, count))
            channels, made = skip + made + growth * count, growth * count
        self.head = nn.Conv2d(channels, classes, 1)
        for part in self.modules():
            if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_uniform_(part.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        return self.look(x)[0]

    def look(self, x: Tensor) -> tuple[Tensor, None]:
        """The logits at the input's size; this network does not say whether it sees a street."""
        x = self.first(x)
        skips = []
        for block, pool in zip(self.down, self.pool, strict=True):
            skips.append(torch.cat(block(x), 1))
            x = pool(skips[-1])
        seen = self.middle(x)
        for widen, block in zip(self.widen, self.up, strict=True):
            seen = block(torch.cat((skips.pop(), widen(torch.cat(seen[1:], 1))), 1))
        return self.head(torch.cat(seen, 1)), None


def fc_densenet(name: str, classes: int) -> FCDenseNet:
    """The variant of the paper called `name`, fc-densenet56, 67 or 103, with random weights."""
    growth, layers, middle = _VARIANTS[name]
    return FCDenseNet(classes, growth, layers, middle)
