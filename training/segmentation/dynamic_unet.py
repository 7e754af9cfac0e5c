"""The U-Net over ResNet34 that fastai calls DynamicUnet, in plain torch.

Encoder: K. He et al., "Deep Residual Learning" (CVPR 2016), without its head.
Decoder: as fastai's `unet_learner` builds it by default: pixel shuffle (W. Shi et al., CVPR 2016), no batch
norm but on the skip connections, and a last block that sees the photo itself again.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# blocks and channels of each stage; all but the first halve the size
_STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
# channels of the skip connections and of what each step up makes, from the deepest on
_STEPS = ((256, 512), (128, 384), (64, 256), (64, 96))


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return [conv, nn.BatchNorm2d(outputs)]


def _pair(inputs: int, between: int, outputs: int) -> list[nn.Module]:
    first, second = nn.Conv2d(inputs, between, 3, padding=1), nn.Conv2d(between, outputs, 3, padding=1)
    return [first, nn.ReLU(inplace=True), second]


def _smooth(inputs: int, between: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.ReLU(inplace=True), *_pair(inputs, between, outputs), nn.ReLU(inplace=True))


def _grow(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size: each pixel becomes four from four times the channels."""
    return nn.Sequential(nn.Conv2d(inputs, 4 * outputs, 1), nn.ReLU(inplace=True), nn.PixelShuffle(2))


class _Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_conv(inputs, outputs, 3, stride), nn.ReLU(inplace=True), *_conv(outputs, outputs, 3)
        )
        changes = stride > 1 or inputs != outputs
        self.shortcut = nn.Sequential(*_conv(inputs, outputs, 1, stride) if changes else [])

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


class _Encoder(nn.Module):
    """ResNet34; features at strides 2, 4, 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_conv(3, 64, 7, 2), nn.ReLU(inplace=True))
        self.stages = nn.ModuleList()
        inputs = 64
        for index, (count, outputs) in enumerate(_STAGES):
            blocks = [_Residual(inputs, outputs, 2 if index else 1)]
            blocks += [_Residual(outputs, outputs, 1) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(*blocks))
            inputs = outputs

    def forward(self, x: Tensor) -> list[Tensor]:
        features = [self.stem(x)]
        x = F.max_pool2d(features[0], 3, 2, 1)
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features


class _Step(nn.Module):
    """Twice the size, joined with the encoder's features of that size."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.grow = _grow(inputs, inputs // 2)
        self.norm = nn.BatchNorm2d(skip)
        self.join = _smooth(inputs // 2 + skip, outputs, outputs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        out: Tensor = self.join(torch.cat((self.grow(x), self.norm(skip)), 1))
        return out


class DynamicUNet(nn.Module):
    """N×3×H×W float, normalised, H and W multiples of 32 → N×classes×H×W logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.encoder = _Encoder()
        deepest = _STAGES[-1][1]
        self.norm = nn.BatchNorm2d(deepest)
        self.middle = _smooth(deepest, 2 * deepest, deepest)
        self.steps = nn.ModuleList()
        inputs = deepest
        for skip, outputs in _STEPS:
            self.steps.append(_Step(inputs, skip, outputs))
            inputs = outputs
        self.grow = _grow(inputs, inputs)
        last = inputs + 3
        self.cross = nn.Sequential(*_pair(last, last, last))
        self.head = nn.Conv2d(last, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.look(x)[0]

    def look(self, x: Tensor) -> tuple[Tensor, None]:
        """The logits at the input's size; this network does not say whether it sees a street."""
        *skips, out = self.encoder(x)
        out = self.middle(self.norm(out))
        for step, skip in zip(self.steps, reversed(skips), strict=True):
            out = step(out, skip)
        out = torch.cat((self.grow(out), x), 1)
        return self.head(F.relu(out + self.cross(out))), None
