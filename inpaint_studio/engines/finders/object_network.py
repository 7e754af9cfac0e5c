"""The network that tells objects apart without naming them: how it looks at a photo, once or more closely."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

import cv2
import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.finders.grouping import Answer
from inpaint_studio.engines.networks.card import Card, damaged
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import as_input, resized

if TYPE_CHECKING:
    from pathlib import Path

FORM = "objects"
"""The `form` of cards whose graph `look` makes `alpha`, `middles` and `offsets` of `photo`."""
_STEEPEST = 100.0
SIDE = 320
"""Longer side at which a photo is looked at, unless the card says another."""


class Viewer(Protocol):
    """What looks at a picture."""

    def answer(self, view: Array) -> Answer:
        """For an H×W×3 uint8 RGB picture whose sides are multiples of `stride`."""
        ...

    @property
    def stride(self) -> int: ...


class _Settings(NamedTuple):
    cell: int
    reach: float
    side: int
    certainty: tuple[float, float]


class OnnxObjects:
    """The network of a card; card and graph are read at first use, from any thread."""

    def __init__(self, name: str = "objects", folder: Path | None = None) -> None:
        """`folder` holds NAME.json and its graph (default: the user's or the program's own)."""
        self._network = NamedNetwork(name, folder, _settings)

    @property
    def stride(self) -> int:
        """StudioError if the card is missing or damaged, or that of another network."""
        return self._network.card.picture.stride

    @property
    def side(self) -> int:
        """Longer side at which it looks at a whole photo; StudioError as `stride`."""
        return self._network.settings.side

    def certainty(self, quality: float) -> float:
        """How often objects of a quality (`Grouped.quality`) are right, 0..1; StudioError as `stride`.

        A logistic curve that was fitted on photos that are neither learnt from nor measured on.
        """
        level, slope = self._network.settings.certainty
        return 1 / (1 + math.exp(-(level + slope * quality)))

    def answer(self, view: Array) -> Answer:
        """As `Viewer.answer`. StudioError if card or graph are missing or damaged."""
        settings = self._network.settings
        made = self._network.session("look").run({"photo": as_input(view, self._network.card.picture)})
        offsets = made["offsets"][0] * np.float32(settings.reach / settings.cell)
        return Answer(made["alpha"][0, 0], made["middles"][0, 0], offsets)


def look(viewer: Viewer, image: Array, side: int = SIDE, *, mirrored: bool = False) -> Answer:
    """One look at an H×W×3 uint8 RGB picture, at a longer side of about `side`.

    `mirrored` looks at the mirrored picture too; the answer is the mean of both, and takes twice as long.
    """
    height, width = image.shape[:2]
    scale, stride = side / max(height, width), viewer.stride
    size = max(1, round(width * scale / stride)) * stride, max(1, round(height * scale / stride)) * stride
    view = resized(image, size)
    seen = viewer.answer(view)
    return _mean(seen, flipped(viewer.answer(np.ascontiguousarray(view[:, ::-1])))) if mirrored else seen


def flipped(answer: Answer) -> Answer:
    """The answer to a mirrored picture as one to the picture itself."""
    turned = np.array([-1, 1], np.float32)[:, None, None]
    return Answer(answer.alpha[:, ::-1], answer.middles[:, ::-1], answer.offsets[:, :, ::-1] * turned)


def _mean(one: Answer, other: Answer) -> Answer:
    half = np.float32(0.5)
    return Answer(
        (one.alpha + other.alpha) * half,
        (one.middles + other.middles) * half,
        (one.offsets + other.offsets) * half,
    )


def enlarged(alpha: np.ndarray, size: tuple[int, int]) -> Array:
    """Coverage, h×w float32 0..1, as uint8 of (W, H)."""
    large = cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR)
    return np.clip(np.rint(large * 255), 0, 255).astype(np.uint8)


def _settings(card: Card) -> _Settings:
    if card.form != FORM:
        raise StudioError(message("network.no_objects", id=card.id))
    try:
        options = card.options
        level, slope = (float(value) for value in options["certainty"])
        side = int(options.get("side", SIDE))
        kept = _Settings(int(options["cell"]), float(options["reach"]), side, (level, slope))
    except (KeyError, TypeError, ValueError):
        raise damaged(card.id) from None
    sure = all(abs(value) < _STEEPEST for value in kept.certainty)
    if not (
        sure and 1 <= kept.cell <= 64 and 0 < kept.reach <= 4096 and card.picture.stride <= kept.side <= 2048
    ):
        raise damaged(card.id)
    return kept
