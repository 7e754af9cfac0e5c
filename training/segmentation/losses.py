"""What is made small while a segmentation network is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from training.common.samples import Sample

SMOOTHING = 0.02
"""Share of the certainty that the labels leave to the other classes."""


def class_weights(samples: Sequence[Sample], classes: int, power: float) -> NDArray[np.float32]:
    """A weight per class, frequency to the power of −`power`, whose mean over all pixels is 1."""
    counts = sum(np.bincount(s.labels.ravel(), minlength=classes + 1)[:classes] for s in samples)
    share = np.maximum(np.asarray(counts, float), 1) / max(1, np.sum(counts))
    weights = share**-power
    return np.asarray(weights / np.sum(weights * share), np.float32)


class SegmentationLoss(nn.Module):
    """Cross-entropy of the softmax with class weights, plus `jaccard` times the soft Jaccard distance.

    Logits are N×n×H×W float, targets N×H×W int64; the target n counts for nothing. Jaccard is taken over the
    batch and the classes in it: M. Rahman and Y. Wang, "Optimizing Intersection-Over-Union in Deep Neural
    Networks" (2016).
    """

    weights: Tensor

    def __init__(self, weights: NDArray[np.float32], jaccard: float) -> None:
        super().__init__()
        self.register_buffer("weights", torch.from_numpy(weights))
        self.jaccard = jaccard

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        void = logits.shape[1]
        known = target != void
        if not known.any():
            return logits.sum() * 0  # a mean over nothing would be no number
        loss = F.cross_entropy(logits, target, self.weights, ignore_index=void, label_smoothing=SMOOTHING)
        if not self.jaccard:
            return loss
        chances = logits.softmax(1) * known.unsqueeze(1)
        truth = F.one_hot(target, void + 1)[..., :void].permute(0, 3, 1, 2).to(chances.dtype)
        common = (chances * truth).sum((0, 2, 3))
        union = chances.sum((0, 2, 3)) + truth.sum((0, 2, 3)) - common
        present = truth.sum((0, 2, 3)) > 0
        return loss + self.jaccard * (1 - common[present] / union[present].clamp_min(1)).mean()
