"""The network behind clicks, boxes and scribbles: a photo is seen once, then a light head answers prompts.

In the manner of K. Sofiiuk et al., "Reviving Iterative Training with Mask Guidance for Interactive
Segmentation" (ICIP 2022), and A. Kirillov et al., "Segment Anything" (ICCV 2023): the last mask is a
prompt, too, and three masks with a guess of their own quality come at once. Pyramid: T.-Y. Lin et al.,
"Feature Pyramid Networks" (CVPR 2017).
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.common.encoder import TAP_CHANNELS, Encoder

ARCH = "clicks-efficientnet-lite0"
"""What checkpoints and cards call this network."""
STRIDE = 32
"""Height and width of the input must be multiples of this."""
CELL = 4
"""Pixels of the input along a side of one cell of prompts and masks."""
SLOTS = ("object", "part", "group")
"""What the three masks are. With more than one prompt the first is simply what was meant."""

_WIDTH = 64
_LEVELS = (32, 48, 96, 128)
"""Channels at strides 4, 8, 16 and 32."""
_ALIKE = 32
"""Numbers that tell how alike two places are."""
_MAPS = 10
_NEAR, _REACHES = 1.2, (6.0, 24.0)
_FAR = 1e4


class Seen(NamedTuple):
    """A batch of photos as the head needs them: `levels` are N×c×h×w at strides 4, 8, 16 and 32.

    `alike` are unit vectors (N×32×h×w) at strides 4 and 16, close to each other where two places are of
    the same thing.
    """

    levels: tuple[Tensor, Tensor, Tensor, Tensor]
    alike: tuple[Tensor, Tensor]

    def repeat(self, times: int) -> Seen:
        """Each photo so many times in a row."""

        def each(x: Tensor) -> Tensor:
            return x.repeat_interleave(times, 0)

        return Seen(
            cast("tuple[Tensor, Tensor, Tensor, Tensor]", tuple(map(each, self.levels))),
            (each(self.alike[0]), each(self.alike[1])),
        )


class Asked(NamedTuple):
    """A batch of prompts, all in cells (`CELL` pixels of the input), whose centres lie at .5.

    `points` N×P×2 as x, y, with `labels` N×P: 1 belongs, 0 does not, −1 no point. `box` N×4 as left, top,
    right, bottom, all NaN where there is none. `previous` N×1×h×w, 0..1, all 0 where there is none.
    """

    points: Tensor
    labels: Tensor
    box: Tensor
    previous: Tensor


class Answer(NamedTuple):
    """`masks` N×3×h×w logits in the order of `SLOTS`; `quality` N×3 logits of the IoU of each."""

    masks: Tensor
    quality: Tensor


class ClickNetwork(nn.Module):
    """`see` once a photo, `answer` once a prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.pyramid = Pyramid()
        self.head = Head()

    def see(self, photo: Tensor) -> Seen:
        """N×3×H×W float, normalised, H and W multiples of `STRIDE`."""
        return cast("Seen", self.pyramid(self.encoder(photo)))

    def answer(self, seen: Seen, asked: Asked) -> Answer:
        return cast("Answer", self.head(seen, asked))


def without_task(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a `training.selection.trainer.ClickTask` as that of its network."""
    return {key.removeprefix("network."): value for key, value in state.items()}


def _bn(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Pyramid(nn.Module):
    """The encoder's features joined from the top down, brought to the head's widths."""

    def __init__(self) -> None:
        super().__init__()
        taps = TAP_CHANNELS[1:]
        self.context = nn.Linear(taps[-1], _WIDTH)
        self.lateral = nn.ModuleList(_bn(channels, _WIDTH, 1) for channels in taps)
        self.out = nn.ModuleList(_bn(_WIDTH, channels, 3) for channels in _LEVELS)
        self.alike = nn.ModuleList(nn.Conv2d(_WIDTH, _ALIKE, 1) for _ in range(2))

    def forward(self, taps: list[Tensor]) -> Seen:
        above: Tensor | None = self.context(taps[-1].mean((2, 3)))[..., None, None]
        joined: list[Tensor] = []
        for tap, lateral in zip(reversed(taps[1:]), reversed(list(self.lateral)), strict=True):
            here = lateral(tap)
            if joined:
                above = F.interpolate(joined[-1], scale_factor=2.0, mode="nearest")
            joined.append(F.relu(here + above))
        joined.reverse()
        levels = [out(x) for out, x in zip(self.out, joined, strict=True)]
        alike = [F.normalize(to(joined[i]).float(), dim=1) for to, i in zip(self.alike, (0, 2), strict=True)]
        return Seen((levels[0], levels[1], levels[2], levels[3]), (alike[0], alike[1]))


class _Residual(nn.Module):
    """Norm, ReLU, convolution, twice. Group norm: rounds of clicks differ too much for batch statistics."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(2):
            norm = nn.GroupNorm(8, channels)
            layers += [norm, nn.ReLU(inplace=True), nn.Conv2d(channels, channels, 3, padding=1, bias=False)]
        self.body = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + cast("Tensor", self.body(x))


class _Attention(nn.Module):
    """Every place of the smallest map looks at every other."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, channels)
        self.ask = nn.Conv2d(channels, 3 * channels, 1)
        self.tell = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        asked = self.ask(self.norm(x)).reshape(n, 3, self.heads, c // self.heads, h * w)
        q, k, v = asked.transpose(3, 4).unbind(1)
        told = F.scaled_dot_product_attention(q, k, v).transpose(2, 3).reshape(n, c, h, w)
        return x + cast("Tensor", self.tell(told))


def _step(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
    return nn.Sequential(nn.GroupNorm(8, inputs), nn.ReLU(inplace=True), conv)


class Head(nn.Module):
    """Prompts and a seen photo → masks: a small U whose way down meets the pyramid at every stride."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = _LEVELS
        self.take = nn.Conv2d(_MAPS + 2, a, 3, padding=1)
        self.take_deep = nn.Conv2d(2, c, 1)
        self.down = nn.ModuleList((_step(a, b, 3, 2), _step(b, c, 3, 2), _step(c, d, 3, 2)))
        self.inner = nn.ModuleList((_Residual(b), _Residual(c), _Residual(d)))
        self.attention = nn.ModuleList((_Attention(d), _Attention(d)))
        self.up = nn.ModuleList((_step(d, c, 1), _step(c, b, 1), _step(b, a, 1)))
        self.outer = nn.ModuleList((_Residual(c), _Residual(b)))
        self.last = _step(a, a, 3)
        self.masks = _step(a, len(SLOTS), 1)
        self.quality = nn.Sequential(
            nn.Linear(b + d + 3, 64), nn.ReLU(inplace=True), nn.Linear(64, len(SLOTS))
        )

    def forward(self, seen: Seen, asked: Asked) -> Answer:
        fine, deep = (likeness(vectors, asked) for vectors in seen.alike)
        maps = torch.cat((prompt_maps(asked), fine), 1)
        x = seen.levels[0] + self.take(maps)
        kept = [x]
        for index, (down, inner) in enumerate(zip(self.down, self.inner, strict=True)):
            x = down(x) + seen.levels[index + 1]
            if index == 1:
                x = x + self.take_deep(deep)
            x = inner(x)
            kept.append(x)
        for attention in self.attention:
            x = attention(x)
        mean = x.mean((2, 3))
        for index, up in enumerate(self.up):
            x = F.interpolate(up(x), scale_factor=2.0, mode="bilinear") + kept[2 - index]
            if index < 2:
                x = self.outer[index](x)
            if index == 1:
                half = x
        masks = self.masks(x + self.last(x))
        return Answer(masks, self._quality(masks.detach(), half, mean))

    def _quality(self, masks: Tensor, half: Tensor, mean: Tensor) -> Tensor:
        """One guess for each mask from what lies under it; all three share the layers but the last row."""
        chances = F.avg_pool2d(masks.float().sigmoid(), 2)
        area = chances.mean((2, 3))
        under = torch.einsum("nshw,nchw->nsc", chances, half.float())
        under = under / (area[..., None] * half.shape[2] * half.shape[3] + 1)
        sure = (chances * chances).mean((2, 3)) / (area + 1e-3)
        own = torch.stack((area, sure, area.sqrt()), 2)
        joined = torch.cat((under, mean.float()[:, None].expand(-1, len(SLOTS), -1), own), 2)
        return torch.diagonal(self.quality(joined), dim1=1, dim2=2)


def likeness(vectors: Tensor, asked: Asked) -> Tensor:
    """N×2×h×w: how alike each place is to the likest wanted, and to the likest unwanted point; 0 if none."""
    n, c, h, w = vectors.shape
    scale = h / asked.previous.shape[2]
    spots = (asked.points * scale).long()
    columns, rows = spots[..., 0].clamp(0, w - 1), spots[..., 1].clamp(0, h - 1)
    flat = vectors.flatten(2)
    own = flat.gather(2, (rows * w + columns)[:, None].expand(-1, c, -1))
    alike = torch.einsum("ncp,ncl->npl", own, flat)

    def best(label: int) -> Tensor:
        chosen = (asked.labels == label)[..., None]
        most = alike.masked_fill(~chosen, -2.0).amax(1)
        return most.where(chosen.any(1), torch.zeros_like(most))

    return torch.stack((best(1), best(0)), 1).reshape(n, 2, h, w)


def prompt_maps(asked: Asked) -> Tensor:
    """N×10×h×w: closeness to wanted and to unwanted points at three reaches, the box, the previous mask."""
    h, w = asked.previous.shape[2:]
    ys = torch.arange(h, device=asked.points.device) + 0.5
    xs = torch.arange(w, device=asked.points.device) + 0.5
    across = (asked.points[..., 0, None] - xs) ** 2
    along = (asked.points[..., 1, None] - ys) ** 2
    square = along[..., None] + across[..., None, :]
    maps: list[Tensor] = []
    for label in (1, 0):
        beside = (asked.labels != label)[..., None, None]
        nearest = square.masked_fill(beside, _FAR**2).amin(1)
        maps.append(torch.exp(-nearest / (2 * _NEAR**2)))
        maps += [torch.exp(-nearest.sqrt() / reach) for reach in _REACHES]
    left, top, right, bottom = (asked.box[:, i, None] for i in range(4))
    beyond = torch.minimum(
        torch.minimum(xs - left, right - xs)[:, None, :], torch.minimum(ys - top, bottom - ys)[:, :, None]
    )
    maps += [(beyond + 0.5).clamp(0, 1).nan_to_num(0), torch.tanh(beyond / 8).nan_to_num(0)]
    previous = asked.previous[:, 0]
    maps += [previous, (previous.amax((1, 2), keepdim=True) > 0).expand_as(previous).to(previous.dtype)]
    return torch.stack(maps, 1)
