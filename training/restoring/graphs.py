"""The networks that restore, as the editor runs them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from training.common.onnx import Traced

TILE = 288
"""Side of the tiles in which the editor enhances."""


class Clamped(nn.Module):
    """The restored colours within 0..1."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, photo: Tensor) -> Tensor:
        made: Tensor = self.network(photo)
        return made.float().clamp(0, 1)


def graphs(network: Any, side: int) -> dict[str, Traced]:
    """`photo` → `restored`: tiles of any size to enhance; with holes always a square of `side` pixels.

    How often a network that fills holes halves the picture depends on its size.
    """
    holes: bool = network.shape.holes
    length = side if holes else TILE
    sides = {} if holes else {2: "height", 3: "width"}
    return {
        "restore": Traced(
            Clamped(network), {"photo": torch.zeros(1, 3 + holes, length, length)}, ("restored",),
            {"photo": sides, "restored": sides} if sides else {},
            {} if holes else {"height": length, "width": length},
        )
    }  # fmt: skip
