"""The network for clicks in torch, asked as the editor asks it, to be scored while it is trained."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.networks.card import Picture
from inpaint_studio.engines.networks.pictures import Floats, as_input
from inpaint_studio.engines.selectors.clicks import Asked, Maps, Settings
from training.common.samples import MEAN, STD
from training.selection.clicks import STRIDE
from training.selection.graphs import LEVELS, Answering, See

PICTURE = Picture(MEAN, STD, stride=STRIDE)


class TorchClicks:
    """`ClickNetwork` of the editor, by a `training.selection.clicks.ClickNetwork` that is ready to run."""

    settings = Settings()

    def __init__(self, network: nn.Module) -> None:
        made: Any = network
        self._see, self._answer = See(made), Answering(made)

    def see(self, view: Array) -> Maps:
        with torch.inference_mode():
            maps = self._see(torch.from_numpy(as_input(view, PICTURE)))
        return {name: values.numpy() for name, values in zip(LEVELS, maps, strict=True)}

    def answer(self, seen: Maps, asked: Asked) -> tuple[Floats, Floats]:
        given = [torch.from_numpy(values) for values in (*seen.values(), *asked)]
        with torch.inference_mode():
            chances, quality = self._answer(*given)
        return chances[0].numpy(), quality[0].numpy()
