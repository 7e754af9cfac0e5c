"""The EfficientNet-Lite encoders: M. Tan and Q. Le, "EfficientNet" (ICML 2019), with ReLU6 and no squeeze."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

# kernel, stride, expansion, output channels
_STAGES = (
    (3, 1, 1, 16),
    (3, 2, 6, 24),
    (5, 2, 6, 40),
    (3, 2, 6, 80),
    (5, 1, 6, 112),
    (5, 2, 6, 192),
    (3, 1, 6, 320),
)
LITE0, LITE1 = ((1, 2, 2, 3, 3, 4, 1), 1.0), ((1, 3, 3, 4, 4, 5, 1), 1.0)
LITE2 = LITE1[0], 1.1
"""How often each stage repeats its block, and how much wider than Lite0's its output is."""
_TAPS = (0, 1, 2, 4, 6)
TAP_CHANNELS = (16, 24, 40, 112, 320)


class _SamePad(nn.Module):
    """The uneven padding that the ImageNet weights were trained with, for a convolution of stride 2."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.before, self.after = (kernel - 2) // 2, (kernel - 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, (self.before, self.after, self.before, self.after))


def _conv(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, *, act: bool = True
) -> nn.Sequential:
    """Convolution, batch norm with the statistics of the Lite networks, ReLU6."""
    uneven = stride > 1
    layers: list[nn.Module] = [_SamePad(kernel)] if uneven else []
    padding = 0 if uneven else kernel // 2
    layers.append(nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False))
    layers.append(nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01))
    if act:
        layers.append(nn.ReLU6(inplace=True))
    return nn.Sequential(*layers)


class _Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        parts = [_conv(inputs, wide, 1)] if expansion > 1 else []
        parts += [_conv(wide, wide, kernel, stride, groups=wide), _conv(wide, outputs, 1, act=False)]
        self.body = nn.Sequential(*parts)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x)
        return x + out if self.residual else out


class Encoder(nn.Module):
    """EfficientNet-Lite0 without its head; features at strides 2, 4, 8, 16 and 32.

    `LITE1` and `LITE2` make it one of the larger Lite networks.
    """

    def __init__(self, size: tuple[tuple[int, ...], float] = LITE0) -> None:
        super().__init__()
        self.stem = _conv(3, 32, 3, 2)
        self.stages = nn.ModuleList()
        inputs = 32
        repeats, width = size
        for count, (kernel, stride, expansion, plain) in zip(repeats, _STAGES, strict=True):
            outputs = 8 * int(plain * width / 8 + 0.5)
            blocks = [_Block(inputs, outputs, kernel, stride, expansion)]
            blocks += [_Block(outputs, outputs, kernel, 1, expansion) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(*blocks))
            inputs = outputs

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stem(x)
        features = []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in _TAPS:
                features.append(x)
        return features
