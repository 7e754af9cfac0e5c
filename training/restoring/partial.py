"""A U-Net of partial convolutions, which look at known pixels only and say what they know afterwards.

G. Liu et al., "Image Inpainting for Irregular Holes Using Partial Convolutions" (ECCV 2018). Input and
output are those of `restorer.RestorerNetwork` with holes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inpaint_studio.basics import StudioError


@dataclass(frozen=True)
class PartialShape:
    """The `widths` of the steps down, each to half the size, and the size of the first steps' kernels."""

    widths: tuple[int, ...]
    kernels: tuple[int, ...]

    def __post_init__(self) -> None:
        sound = 0 < len(self.widths) == len(self.kernels) < 9
        if not sound or not all(type(value) is int and 0 < value <= 512 for value in self.widths):
            raise StudioError("The network of partial convolutions is of a size that is not known.")
        if not all(value in (3, 5, 7) for value in self.kernels):
            raise StudioError("The network of partial convolutions has kernels that are not known.")

    @property
    def holes(self) -> bool:
        """Partial convolutions are for nothing else."""
        return True

    @property
    def stride(self) -> int:
        """Sides of the input are multiples of this."""
        return 1 << len(self.widths)


PARTIAL_INPAINT = PartialShape((48, 96, 160, 192, 192, 192), (7, 5, 5, 3, 3, 3))


class Seen(NamedTuple):
    """Values N×C×H×W and how much of them is known, N×1×H×W: 0 or 1."""

    values: Tensor
    known: Tensor


class PartialConv(nn.Module):
    """A convolution over known places only, made larger by what is missing; known where one of them is."""

    def __init__(self, inputs: tuple[int, ...], outputs: int, kernel: int, stride: int = 1) -> None:
        """`inputs` are the channels of each part that is looked at together, such as a skip connection."""
        super().__init__()
        self.inputs, self.stride = inputs, stride
        self.conv = nn.Conv2d(sum(inputs), outputs, kernel, stride, kernel // 2, bias=False)
        self.bias = nn.Parameter(torch.zeros(outputs, 1, 1))

    def forward(self, parts: tuple[Seen, ...]) -> Seen:
        kernel = self.conv.kernel_size[0]
        weighed = [part.known * channels for part, channels in zip(parts, self.inputs, strict=True)]
        there = torch.stack(weighed).sum(0)
        area = torch.ones(1, 1, kernel, kernel, dtype=there.dtype, device=there.device)
        count = F.conv2d(there, area, stride=self.stride, padding=kernel // 2)
        known = (count > 0).to(there.dtype)
        out = self.conv(torch.cat([part.values * part.known for part in parts], 1))
        share = sum(self.inputs) * kernel**2 / count.clamp_min(1)
        return Seen((out * share + self.bias) * known, known)


class _Step(nn.Module):
    """Partial convolution, batch norm unless `plain`, and ReLU, leaky with a slope."""

    def __init__(self, conv: PartialConv, slope: float, *, norm: bool = True) -> None:
        super().__init__()
        self.conv, self.slope = conv, slope
        self.norm = nn.BatchNorm2d(conv.conv.out_channels) if norm else nn.Identity()

    def forward(self, *parts: Seen) -> Seen:
        values, known = self.conv(parts)
        return Seen(F.leaky_relu(self.norm(values), self.slope), known)


class PartialUNet(nn.Module):
    """N×4×H×W, RGB 0..1 and a hole plane → N×3×H×W RGB 0..1, not clamped."""

    def __init__(self, shape: PartialShape) -> None:
        super().__init__()
        self.shape = shape
        sizes = (3, *shape.widths)
        pairs = list(zip(sizes, sizes[1:], shape.kernels, strict=False))
        self.down = nn.ModuleList(
            _Step(PartialConv((a,), b, kernel, 2), 0.0, norm=place > 0)
            for place, (a, b, kernel) in enumerate(pairs)
        )
        self.up = nn.ModuleList(_Step(PartialConv((b, a), a, 3), 0.2) for a, b, _ in reversed(pairs[1:]))
        self.last = PartialConv((sizes[1], 3), 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        levels = [Seen(x[:, :3] - 0.5, 1 - x[:, 3:])]
        for step in self.down:
            levels.append(step(levels[-1]))
        out = levels.pop()
        for step in self.up:
            out = step(_doubled(out), levels.pop())
        change: Tensor = self.last((_doubled(out), levels.pop())).values
        return change.to(x.dtype) + 0.5


def _doubled(seen: Seen) -> Seen:
    return Seen(*(F.interpolate(part, scale_factor=2.0, mode="nearest") for part in seen))
