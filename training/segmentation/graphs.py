"""A network that names pixels, as the editor runs it."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from training.common.onnx import Traced
from training.segmentation.segmenters import Segmenter

HEIGHT, WIDTH = 320, 480
"""Of the photo that is traced, and by which devices are measured."""


class Look(nn.Module):
    """N×3×h×w, normalised → certainties of the classes, and of a street where the network knows streets."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, photo: Tensor) -> tuple[Tensor, ...]:
        logits, street = cast("Segmenter", self.network).look(photo)
        # Softmax step by step: ONNX Runtime's own turns the planes round and back, which takes longer.
        shares = (logits - logits.amax(1, keepdim=True)).exp()
        certainty = shares / shares.sum(1, keepdim=True)
        return (certainty,) if street is None else (certainty, street.sigmoid())


def graphs(network: nn.Module, *, street: bool) -> dict[str, Traced]:
    """The one graph of a segmenter: `photo` → `certainty`, and `street` where it has that unit."""
    sides = {2: "height", 3: "width"}
    return {
        "look": Traced(
            Look(network), {"photo": torch.zeros(1, 3, HEIGHT, WIDTH)},
            ("certainty", "street") if street else ("certainty",),
            {"photo": sides, "certainty": {2: "rows", 3: "columns"}},
            {"height": HEIGHT, "width": WIDTH},
        )
    }  # fmt: skip
