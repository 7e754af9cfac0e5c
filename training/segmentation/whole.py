"""A network's answers on whole photos, counted while it is trained."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import nn

from training.common.samples import Sample, normalise
from training.common.scores import Counts, confusion


def whole_photo_counts(network: nn.Module, samples: Sequence[Sample], classes: int, stride: int) -> Counts:
    """Counts of a network's answers on whole photos at their own size, one pass each, no flips."""
    table = np.zeros((classes, classes), np.int64)
    device = next(network.parameters()).device
    network.eval()
    with torch.inference_mode():
        for sample in samples:
            rows, columns = sample.labels.shape
            photo = cv2.copyMakeBorder(
                sample.photo, 0, -rows % stride, 0, -columns % stride, cv2.BORDER_REFLECT
            )
            x = torch.from_numpy(normalise(np.asarray(photo, np.uint8)))[None].to(device)
            logits = network(x.contiguous(memory_format=torch.channels_last))
            ids = logits[0, :, :rows, :columns].argmax(0).to(torch.uint8).cpu().numpy()
            table += confusion(sample.labels, ids, classes)
    return table
