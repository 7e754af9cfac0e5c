"""Noise, JPEG blocks and blur taken out of a picture by a network, tile by tile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.networks.card import Card
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import as_input
from inpaint_studio.engines.networks.sessions import Session
from inpaint_studio.engines.tiles import Floats, in_tiles

FORM = "tiles"
"""The `form` of cards whose graph `restore` makes `restored` of `photo`, of any size."""
SIDE = 288
"""Of a tile: one takes about a tenth of a second on one core, so that cancelling is felt."""
OVERLAP = 48
SMALLEST = 64
"""Tiles are not made smaller than this where memory is short."""
STEP = 16
"""Tiles begin at multiples of this, and are continued to multiples of it where they are smaller."""


class RestoreEnhancer:
    """Enhancer contract by the network “enhance”: a residual U-Net that was trained on spoiled photos.

    The card is read at first use; calls from several threads wait for each other between tiles.
    """

    def __init__(self, name: str = "enhance", folder: Path | None = None, *, side: int = SIDE) -> None:
        """`side` of a tile is a multiple of 16; `folder` holds card and graph (default: as `folder_of`)."""
        self._network, self._side = NamedNetwork(name, folder, _check), side

    def enhance(self, image: Array, *, strength: float = 1.0, progress: Progress = NO_PROGRESS) -> Array:
        """The picture without its noise, blocks and blur: H×W×3 uint8, a new array.

        `strength` 0..1 is how far the picture goes from what it was to what the network makes of it. The same
        picture always gives the same answer. Where memory is short tiles are made smaller, and at last the
        CPU works on them. Raises StudioError if the network is missing or damaged, `strength` is out of its
        range, or memory does not suffice for small tiles on the CPU.
        """
        if not 0 <= strength <= 1:
            raise StudioError(message("enhance.wrong_strength"))
        if strength == 0:
            return image.copy()
        card, network = self._network.card, self._network.session("restore")

        def with_tiles(side: int) -> Array:
            return in_tiles(
                image,
                lambda view: _restored(network, card, view, strength),
                side=side,
                overlap=min(OVERLAP, side // 2),
                step=STEP,
                progress=progress,
            )

        return network.with_less(with_tiles, _sides(self._side))


def _check(card: Card) -> None:
    if card.form != FORM or STEP % card.picture.stride:
        raise StudioError(message("network.no_enhancing", name=card.id))


def _sides(side: int) -> list[int]:
    """Sides of tiles to try, each half of the one before, as long as that is not too small."""
    sides = [side]
    while sides[-1] > SMALLEST:
        sides.append(sides[-1] // 2)
    return sides


def _restored(network: Session, card: Card, view: Array, strength: float) -> Floats:
    """One tile: h×w×3 uint8 → h×w×3 float32 0..255. MemoryError where memory does not suffice."""
    height, width = view.shape[:2]
    values = as_input(view, replace(card.picture, stride=STEP))
    made = network.attempt({"photo": values})["restored"][0, :, :height, :width]
    out: Floats = cv2.merge([np.multiply(plane, np.float32(255)) for plane in made])
    return out if strength == 1 else np.float32(1 - strength) * view + np.float32(strength) * out
