"""The network of soft edges, as the editor runs it."""

from __future__ import annotations

import torch

from training.common.onnx import Traced
from training.matting.edges import CHANNELS, EdgeNetwork

SIDE, TILES = 80, 4
"""Of the tiles that the editor asks about, and how many at once."""


def graphs(network: EdgeNetwork) -> dict[str, Traced]:
    """`planes` (N×12×h×w, sides multiples of 16) → `coverage` (N×1×h×w)."""
    axes = {0: "tiles", 2: "height", 3: "width"}
    return {
        "cover": Traced(
            network, {"planes": torch.zeros(TILES, CHANNELS, SIDE, SIDE)}, ("coverage",),
            {"planes": axes, "coverage": axes}, {"tiles": TILES, "height": SIDE, "width": SIDE},
        )
    }  # fmt: skip
