"""What is made small while the network of objects is trained."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from training.objects.network import Found

MIDDLES, OFFSETS, SLOPES = 60.0, 1.0, 0.5
"""Weights of the losses beside those of the mask."""


class Truth(NamedTuple):
    """The fields of `Target`, as batches: N×1×h×w, `offsets` N×2×h×w."""

    mask: Tensor
    known: Tensor
    middles: Tensor
    seen: Tensor
    offsets: Tensor
    inside: Tensor


class Losses(NamedTuple):
    """Parts of the loss, each a number; their sum is made small."""

    entropy: Tensor
    jaccard: Tensor
    slopes: Tensor
    middles: Tensor
    offsets: Tensor

    def total(self) -> Tensor:
        return torch.stack(tuple(self)).sum()


def losses(found: Found, truth: Truth) -> Losses:
    """Cross entropy, soft Jaccard distance and slopes of the mask, squares of middles, lengths of offsets."""
    logits, known = found.mask.float(), truth.known
    weight = known.sum().clamp_min(1)
    entropy = F.binary_cross_entropy_with_logits(logits, truth.mask, reduction="none")
    chances = logits.sigmoid()
    off = (found.middles.float() - truth.middles) ** 2 * truth.seen
    away = (found.offsets.float() - truth.offsets).abs().sum(1, keepdim=True) * truth.inside
    return Losses(
        (entropy * known).sum() / weight,
        jaccard(chances, truth.mask, known),
        SLOPES * slopes(chances - truth.mask, known, truth.mask),
        MIDDLES * off.sum() / truth.seen.sum().clamp_min(1),
        OFFSETS * away.sum() / truth.inside.sum().clamp_min(1),
    )


def jaccard(chances: Tensor, mask: Tensor, known: Tensor) -> Tensor:
    """Soft Jaccard distance of each picture that shows a thing, their mean; soft masks may reach 0, too."""
    common = (torch.minimum(chances, mask) * known).sum((1, 2, 3))
    union = (torch.maximum(chances, mask) * known).sum((1, 2, 3))
    there = (mask * known).sum((1, 2, 3)) > 4
    if not bool(there.any()):
        return chances.sum() * 0
    return (1 - (common + 1) / (union + 1))[there].mean()


def slopes(off: Tensor, known: Tensor, mask: Tensor) -> Tensor:
    """Differences of the slopes of coverage to those of the truth, to the number of half-covered pixels."""
    sure = (known > 0).to(off.dtype)
    across = (off.diff(dim=-1) * sure[..., 1:]).abs().sum()
    along = (off.diff(dim=-2) * sure[..., 1:, :]).abs().sum()
    soft = (((mask > 0.02) & (mask < 0.98)) * sure).sum().clamp_min(1000)
    return (across + along) / soft
