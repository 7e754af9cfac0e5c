"""The network of objects, as the editor runs it."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from training.common.onnx import Traced
from training.objects.network import ObjectNetwork

HEIGHT, WIDTH = 256, 320
"""Of the photo that is traced, and by which devices are measured."""


class Look(nn.Module):
    """N×3×h×w, normalised → coverage N×1×h×w; middles N×1×h/4×w/4 and offsets N×2×h/4×w/4."""

    def __init__(self, network: ObjectNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return cast("tuple[Tensor, Tensor, Tensor]", self.network(photo))


def graphs(network: ObjectNetwork) -> dict[str, Traced]:
    """The one graph: `photo` → `alpha`, `middles`, `offsets`, for sides of any multiple of 32."""
    sides, cells = {2: "height", 3: "width"}, {2: "rows", 3: "columns"}
    return {
        "look": Traced(
            Look(network), {"photo": torch.zeros(1, 3, HEIGHT, WIDTH)}, ("alpha", "middles", "offsets"),
            {"photo": sides, "alpha": sides, "middles": cells, "offsets": cells},
            {"height": HEIGHT, "width": WIDTH},
        )
    }  # fmt: skip
