"""A network that paints what a hole may show: the large forms, not the fine texture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from inpaint_studio.basics import Progress, StudioError, message
from inpaint_studio.engines.contracts import Array, FillTask
from inpaint_studio.engines.inpainting.seam import joined
from inpaint_studio.engines.inpainting.steps import cropped
from inpaint_studio.engines.networks.card import Card
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import as_input

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inpaint_studio.engines.inpainting.holes import Areas, Flags, Group

FORM = "holes"
"""The `form` of cards whose graph `restore` makes `restored` of a square `photo` with a plane of holes."""


class Proposer(Protocol):
    """A network that paints what a hole may show, at its own size."""

    def load(self) -> object:
        """Makes it ready. StudioError if it is missing or damaged."""
        ...

    def propose(self, image: Array, hole: Flags) -> Array:
        """The picture with its hole painted, h×w×3 uint8, reduced in the picture's proportions."""
        ...


class Painter:
    """A network that fills holes; its card is read at first use. May be used from any thread."""

    def __init__(self, name: str = "inpaint", folder: Path | None = None) -> None:
        """`folder` holds card and graph (default: as `folder_of`)."""
        self._network = NamedNetwork(name, folder, _side)

    def load(self) -> Card:
        """The network's card, its graph ready to run. StudioError if either is missing or damaged."""
        self._network.session("restore").open()
        return self._network.card

    def propose(self, image: Array, hole: Flags) -> Array:
        """The picture with its hole painted: h×w×3 uint8, its longer side at most the network's.

        `image` is H×W×3 uint8, `hole` H×W bool; what the picture holds there does not count. Known places
        are as the network paints them, too: the difference tells how far off it is beside the hole. The
        same picture always gives the same proposal.
        """
        card = self.load()
        colours, missing = reduced(image, hole, self._network.settings)
        height, width = missing.shape
        values = as_input(np.dstack((colours, missing)), card.picture)
        made = self._network.session("restore").run({"photo": values})["restored"]
        return np.asarray(made[0, :, :height, :width].transpose(1, 2, 0) * 255 + 0.5, np.uint8)


def _side(card: Card) -> int:
    """Of the square that the network looks at."""
    size = card.picture.size
    if card.form != FORM or size is None or size[0] != size[1]:
        raise StudioError(message("network.no_fills", name=card.id))
    return size[0]


def reduced(image: Array, hole: Flags, side: int) -> tuple[Array, Array]:
    """A picture and its hole with a longer side of at most `side`: h×w×3 uint8, and h×w uint8, 0 or 255.

    Colours are means of known pixels alone; what is known to less than half is hole.
    """
    height, width = hole.shape
    scale = min(1.0, side / max(hole.shape))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    shown = np.where(hole, np.uint8(0), np.uint8(255))
    kept = cv2.bitwise_and(image, image, mask=shown)
    share = cv2.resize(shown, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    mean = cv2.resize(kept, size, interpolation=cv2.INTER_AREA) / np.maximum(share, 0.02)[..., None]
    missing = np.where(share < 0.5, np.uint8(255), np.uint8(0))
    colours = np.clip(mean + 0.5, 0, 255).astype(np.uint8)
    colours[missing > 0] = 0
    return colours, missing


class PaintedHole:
    """One group being filled."""

    def __init__(
        self,
        painter: Proposer,
        task: FillTask,
        areas: Areas,
        group: Group,
        adaptation: float,
        progress: Progress,
    ) -> None:
        self._painter, self._adaptation = painter, np.float32(adaptation)
        self._group, self._progress = group, progress
        self._level, self._inside = cropped(task.image, areas, group, progress)
        self.error = 0.0
        self.whole: Array = self._level.pixels
        """The whole crop with the hole painted, after the last step."""

    def steps(self) -> Iterator[tuple[Array, bool]]:
        """The colours of the hole, N×3, and True: they stay."""
        level = self._level
        self._painter.load()
        self._progress.report(0.2)
        small = self._painter.propose(level.pixels, ~level.source)
        self._progress.report(0.7)
        size = level.hole.shape[1], level.hole.shape[0]
        large = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        self._progress.report(0.8)
        ring = cv2.dilate(level.hole.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
        self._progress.report(0.85)
        rows, columns = np.nonzero(ring & level.source)
        border = rows.astype(np.int64), columns.astype(np.int64)
        jumps = level.pixels[border].astype(np.float32) - large[border]
        self.error = float(np.abs(jumps).mean()) if len(jumps) else 0.0
        joint = self.whole = joined(
            large, level.hole, border, jumps * self._adaptation, lambda: self._progress.report(0.9)
        )
        yield joint[self._inside][self._group.hole], True
