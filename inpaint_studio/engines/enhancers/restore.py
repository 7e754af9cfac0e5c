"""Noise, JPEG blocks and blur taken out of a picture by a network, tile by tile."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError
from inpaint_studio.basics.mask import Array
from inpaint_studio.basics.memory import out_of_memory
from inpaint_studio.engines.networks.library import import_torch
from inpaint_studio.engines.networks.views import as_input
from inpaint_studio.engines.networks.weights import REPAIR, load_network, read_card
from inpaint_studio.engines.tiles import Floats, in_tiles

if TYPE_CHECKING:
    from torch import nn

SIDE = 288
"""Of a tile: one takes about a tenth of a second on one core, so that cancelling is felt."""
OVERLAP = 48
SMALLEST = 64
"""Tiles are not made smaller than this where memory is short."""
STEP = 16
"""Tiles begin at multiples of this, and are continued to multiples of it where they are smaller."""


class RestoreEnhancer:
    """Enhancer contract by the network “enhance”: a residual U-Net that was trained on spoiled photos.

    Card and weights are read at first use; calls from several threads wait for each other between tiles.
    """

    def __init__(
        self, name: str = "enhance", folder: Path | None = None, *,
        network: nn.Module | None = None, side: int = SIDE,
    ) -> None:  # fmt: skip
        """`network`, ready to run, takes the place of the card's; `side` of a tile is a multiple of 16."""
        self._name, self._folder = name, folder
        self._network, self._side = network, side
        self._lock = threading.RLock()

    def enhance(self, image: Array, *, strength: float = 1.0, progress: Progress = NO_PROGRESS) -> Array:
        """The picture without its noise, blocks and blur: H×W×3 uint8, a new array.

        `strength` 0..1 is how far the picture goes from what it was to what the network makes of it. The same
        picture always gives the same answer. Where memory is short tiles are made smaller. Raises StudioError
        if the network is missing or damaged or `strength` is out of its range, MemoryError if even small
        tiles are too large.
        """
        if not 0 <= strength <= 1:
            raise StudioError("The strength must be a number from 0 to 1.")
        if strength == 0:
            return image.copy()
        network, side = self._loaded(), self._side

        def work(view: Array) -> Floats:
            return self._restored(network, view, strength)

        while True:
            try:
                return in_tiles(
                    image, work, side=side, overlap=min(OVERLAP, side // 2), step=STEP, progress=progress
                )
            except Exception as error:
                if not out_of_memory(error):
                    raise
                if side <= SMALLEST:
                    raise MemoryError("not enough memory for the smallest tile") from error
            side //= 2
            gc.collect()

    def _restored(self, network: nn.Module, view: Array, strength: float) -> Floats:
        """One tile: h×w×3 uint8 → h×w×3 float32 0..255."""
        import torch

        height, width = view.shape[:2]
        values = as_input(view, STEP, 0.0, 1.0).contiguous(memory_format=torch.channels_last)
        with self._lock, torch.inference_mode():
            made = network(values)[0, :, :height, :width].float().clamp(0, 1)
        out: Floats = np.asarray(made.permute(1, 2, 0).numpy(), np.float32) * np.float32(255)
        return out if strength == 1 else np.float32(1 - strength) * view + np.float32(strength) * out

    def _loaded(self) -> nn.Module:
        import_torch()
        with self._lock:
            if self._network is None:
                import torch
                from torch.nn.utils import convert_conv2d_weight_memory_format

                from inpaint_studio.engines.networks.restorer import RestorerNetwork

                made = load_network(read_card(self._name, self._folder), self._folder)
                if not isinstance(made, RestorerNetwork) or made.shape.holes or STEP % made.shape.stride:
                    raise StudioError(f"The network “{self._name}” can't enhance pictures. {REPAIR}")
                # A sixth less time on a CPU than with the channels one after the other.
                self._network = convert_conv2d_weight_memory_format(made, torch.channels_last)
            return self._network
