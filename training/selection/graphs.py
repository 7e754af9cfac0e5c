"""The network for clicks, as the editor runs it: a photo is seen once, prompts are answered many times."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.common.onnx import Traced
from training.selection.clicks import CELL, Asked, ClickNetwork, Seen

SIDE, POINTS = 448, 2
"""Of the photo that is traced, by which devices are measured, and the prompts on it."""
LEVELS = {"level4": 4, "level8": 8, "level16": 16, "level32": 32, "alike4": 4, "alike16": 16}
"""What is seen, and the stride of each map."""


class See(nn.Module):
    """N×3×h×w, normalised → the maps of `LEVELS`."""

    def __init__(self, network: ClickNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, photo: Tensor) -> tuple[Tensor, ...]:
        seen = self.network.see(photo)
        return (*seen.levels, *seen.alike)


class Answering(nn.Module):
    """The maps, points with labels, a box and a mask, as `clicks.Asked` → chances and quality, both 0..1."""

    def __init__(self, network: ClickNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, *given: Tensor) -> tuple[Tensor, Tensor]:
        levels, alike, asked = given[:4], given[4:6], given[6:]
        seen = Seen((levels[0], levels[1], levels[2], levels[3]), (alike[0], alike[1]))
        answer = self.network.answer(seen, Asked(*asked))
        return answer.masks.float().sigmoid(), answer.quality.float().sigmoid()


def graphs(network: ClickNetwork) -> dict[str, Traced]:
    """`see`: `photo` → the maps of `LEVELS`; `answer`: these, `points`, `labels`, `box`, `previous`."""
    photo = torch.zeros(1, 3, SIDE, SIDE)
    with torch.inference_mode():
        maps = dict(zip(LEVELS, See(network.eval())(photo), strict=True))
    axes = {name: {2: f"rows{stride}", 3: f"columns{stride}"} for name, stride in LEVELS.items()}
    asked = {
        "points": torch.full((1, POINTS, 2), 20.0), "labels": torch.ones(1, POINTS),
        "box": torch.tensor([[4.0, 4.0, 40.0, 40.0]]),
        "previous": torch.zeros(1, 1, SIDE // CELL, SIDE // CELL),
    }  # fmt: skip
    shared = {"points": {1: "points"}, "labels": {1: "points"}, "previous": axes["level4"]}
    lengths = {f"{side}{stride}": SIDE // stride for side in ("rows", "columns") for stride in (4, 8, 16, 32)}
    sides = axes | {"photo": {2: "height", 3: "width"}}
    return {
        "see": Traced(
            See(network), {"photo": photo}, tuple(LEVELS), sides, {"height": SIDE, "width": SIDE}
        ),
        "answer": Traced(
            Answering(network), maps | asked, ("chances", "quality"),
            axes | shared | {"chances": axes["level4"]}, lengths | {"points": POINTS},
        ),
    }  # fmt: skip
