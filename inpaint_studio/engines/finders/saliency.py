"""What stands out in a photo, by a network that a user added: one soft mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress, StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.contracts import FoundObject
from inpaint_studio.engines.networks.card import Card
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import Floats, as_input, resized

if TYPE_CHECKING:
    from pathlib import Path

FORM: Final = "subject"
"""The `form` of cards whose graph `look` makes a plane of a square photo: how much each pixel stands out."""
_LEAST: Final = 0.002
"""Share of the photo below which nothing stands out."""
_SURE: Final = 0.5


class SaliencyFinder:
    """Finder contract by a network of the form “subject”; its card is read at first use, any thread.

    Its card's option `answer` says what comes out: "probability" 0..1, "logits" to be brought there, or
    "stretched", of which the smallest is 0 and the largest 1.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self._network = NamedNetwork(name, folder, _size)

    def coverage(self, image: Array) -> Array:
        """How much each pixel of an H×W×3 uint8 photo stands out, H×W uint8, soft at hair and blur."""
        card = self._network.card
        graph = card.graphs["look"]
        values = as_input(resized(image, self._network.settings), card.picture)
        made = self._network.session("look").run({graph.inputs[0]: values})[graph.outputs[0]]
        plane: Floats = np.squeeze(made)
        match card.options.get("answer", "probability"):
            case "logits":
                plane = np.asarray(1 / (1 + np.exp(-plane)), np.float32)
            case "stretched":
                plane = (plane - plane.min()) / max(float(plane.max() - plane.min()), 1e-6)
        grey = np.rint(np.clip(plane, 0, 1) * 255).astype(np.uint8)
        return resized(grey, (image.shape[1], image.shape[0]))

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """One thing, "subject", with a soft mask; nothing where hardly anything stands out."""
        progress.report(0.1)
        coverage = self.coverage(image)
        progress.report(0.9)
        if (coverage > 127).mean() < _LEAST:
            return []
        # How decided the network is where it saw something.
        sure = float(np.abs(coverage[coverage > 12].astype(np.float32) / 255 - _SURE).mean() * 2)
        return [FoundObject(Mask.place(coverage), "subject", sure)]


def _size(card: Card) -> tuple[int, int]:
    """Width and height at which the network looks."""
    if card.form != FORM or card.picture.size is None or "look" not in card.graphs:
        raise StudioError(message("network.no_subject", name=card.id))
    return card.picture.size


def is_net() -> SaliencyFinder:
    """IS-Net (X. Qin et al., ECCV 2022)."""
    return SaliencyFinder("is-net")


def birefnet() -> SaliencyFinder:
    """BiRefNet lite (P. Zheng et al., 2024)."""
    return SaliencyFinder("birefnet")
