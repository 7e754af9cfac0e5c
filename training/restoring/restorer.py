"""The network that restores pictures: what is missing (holes), or noise, blocks and blur (no holes).

Input: N×4×H×W float32, RGB 0..1 (sRGB) and a hole plane (1 = missing, 0 = known), or N×3×H×W RGB 0..1 where
`Shape.holes` is False; H and W multiples of `Shape.stride`. Output: N×3×H×W RGB 0..1, not clamped: the input
(its holes filled with smooth colours) plus a predicted change. Fresh from the constructor that change is 0.

A U-Net (O. Ronneberger et al., MICCAI 2015) of residual blocks without batch norm (B. Lim et al., "EDSR",
2017) that works on a picture folded by pixel-unshuffle (W. Shi et al., 2016), with dilated convolutions in
the middle (S. Iizuka et al., "Globally and Locally Consistent Image Completion", 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inpaint_studio.basics import StudioError

_LARGEST = 8, 512, 8, 64
"""Of fold, widths, blocks and dilations, so that a made-up card can't take all memory."""

CALM = 0.1
"""Of what goes into the last layer, which adds up hundreds of values: its first steps would overshoot."""


@dataclass(frozen=True)
class Shape:
    """What kinds of layers there are, and how many.

    `fold` pixels a side become one place of the first level; `widths` are the channels of the levels, each
    half the size of the one before, the last being the middle; `blocks` are the residual blocks of each other
    level on the way down, and up again; `dilations` has a block of the middle for each number.
    """

    holes: bool
    fold: int
    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    dilations: tuple[int, ...]

    def __post_init__(self) -> None:
        counts = (*zip(_LARGEST, ((self.fold,), self.widths, self.blocks, self.dilations), strict=True),)
        whole = all(type(value) is int and 0 < value <= most for most, values in counts for value in values)
        if not whole or type(self.holes) is not bool:
            raise StudioError("The restoring network is of a size that this version does not know.")
        if not 0 < len(self.blocks) == len(self.widths) - 1 < 6 or len(self.dilations) > 16:
            raise StudioError("The restoring network has levels that do not fit together.")

    @property
    def stride(self) -> int:
        """Sides of the input are multiples of this; tiles of a picture must start at multiples, too."""
        return self.fold << len(self.blocks)


INPAINT = Shape(True, 4, (64, 128, 192), (1, 1), (1, 2, 4, 8, 2, 1))
ENHANCE = Shape(False, 2, (32, 64, 128), (1, 2), (1, 1, 1))


class _Block(nn.Module):
    """Two convolutions, their result added; the second starts at 0, so a deep stack begins as nothing."""

    def __init__(self, width: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.kaiming_normal_(self.first.weight)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.second(F.relu(self.first(x)))
        return x + change


class _Overview(nn.Module):
    """What the whole picture shows on average, said to each place: holes may be wider than the view."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.second(F.relu(self.first(x.mean((2, 3), keepdim=True))))
        return x + change


def _blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(_Block(width) for _ in range(count)))


class RestorerNetwork(nn.Module):
    """See the module for what goes in and comes out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        *outer, middle = shape.widths
        area = shape.fold**2
        self.stem = nn.Conv2d((3 + shape.holes) * area, outer[0], 3, padding=1)
        self.down = nn.ModuleList(_blocks(w, n) for w, n in zip(outer, shape.blocks, strict=True))
        self.shrink = nn.ModuleList(
            nn.Conv2d(a, b, 2, stride=2) for a, b in zip(outer, shape.widths[1:], strict=True)
        )
        inner: list[nn.Module] = [_Block(middle, dilation) for dilation in shape.dilations]
        if shape.holes:  # not for pictures that are worked on in tiles, which would differ
            inner.insert(len(inner) // 2, _Overview(middle))
        self.middle = nn.Sequential(*inner)
        self.grow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(outer, shape.widths[1:], strict=True))
        self.up = nn.ModuleList(_blocks(w, n) for w, n in zip(outer, shape.blocks, strict=True))
        self.head = nn.Conv2d(outer[0], 3 * area, 3, padding=1)
        for conv in (self.stem, *self.shrink, *self.grow):  # torch's own start would lose two thirds at each
            nn.init.kaiming_normal_(conv.weight)
        for values in self.head.parameters():
            nn.init.zeros_(values)

    def forward(self, x: Tensor) -> Tensor:
        base = self.base(x)
        seen = torch.cat((base, x[:, 3:]), 1) if self.shape.holes else base
        out = self.stem(F.pixel_unshuffle(seen - 0.5, self.shape.fold))
        skips = []
        for blocks, shrink in zip(self.down, self.shrink, strict=True):
            skips.append(blocks(out))
            out = shrink(skips[-1])
        out = self.middle(out)
        for skip, grow, blocks in zip(reversed(skips), reversed(self.grow), reversed(self.up), strict=True):
            out = blocks(skip + F.interpolate(grow(out), scale_factor=2.0, mode="nearest"))
        return base + F.pixel_shuffle(self.head(CALM * out), self.shape.fold).to(base.dtype)

    def base(self, x: Tensor) -> Tensor:
        """N×3×H×W colours that the change is added to; what the input holds in its holes does not count."""
        return smooth_colours(x[:, :3], 1 - x[:, 3:]) if self.shape.holes else x


def smooth_colours(colours: Tensor, known: Tensor) -> Tensor:
    """Known colours as they are, the rest from ever coarser means.

    Push-pull: S. Gortler et al., "The Lumigraph" (SIGGRAPH 1996). `colours` is N×3×H×W, `known` N×1×H×W
    0..1. Where nothing is known at all the result is 0.
    """
    kept = colours * known
    if max(colours.shape[2:]) == 1:
        return kept / known.clamp_min(1e-6)
    mean, share = (F.avg_pool2d(part, 2, ceil_mode=True, count_include_pad=False) for part in (kept, known))
    coarse = smooth_colours(mean / share.clamp_min(1e-6), (2 * share).clamp_max(1))
    size = [colours.shape[2], colours.shape[3]]
    return kept + (1 - known) * F.interpolate(coarse, size, mode="bilinear", align_corners=False)
