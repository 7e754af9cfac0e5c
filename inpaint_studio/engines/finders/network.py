"""A network that names every pixel of a photo: looks at it at several sizes, certainties, label map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, SubProgress, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.finders.enlarging import likeliest
from inpaint_studio.engines.networks.card import Card, damaged
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import Floats, as_input, resized

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORM = "labels"
"""The `form` of cards whose graph `look` makes `certainty`, and may make `street`, of `photo`."""
GLANCE_SIDE = 320
"""Longer side at which `street` looks at a photo, as its unit was fitted (training/street/fit.py)."""
_LARGEST_LOOK, _LARGEST_BASE = 8.0, 4096


class _Settings(NamedTuple):
    """What a card's options say about looking at a photo."""

    classes: tuple[str, ...]
    base: tuple[int, int]
    looks: tuple[tuple[float, bool], ...]


class LabelNetwork:
    """A network of class names for pixels, by the name of its card.

    The card's options say what it was trained for: `classes`, `base`
    (the longer side at which it looks at a photo is the photo's own, but within these two numbers) and
    `looks`, each a multiple of that side and whether the photo is mirrored. Their answers are averaged.
    The card is read at first use; calls from several threads wait for each other.
    """

    def __init__(
        self, name: str, folder: Path | None = None, looks: Sequence[tuple[float, bool]] | None = None
    ) -> None:
        """`folder` holds NAME.json and its graph (default: the user's or the program's own).

        `looks` are taken instead of the card's.
        """
        self._network = NamedNetwork(name, folder, partial(_settings, looks=looks))

    @property
    def card(self) -> Card:
        """The network's card. StudioError if it is missing or damaged."""
        return self._network.card

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of their numbers, as in the data."""
        return self._network.settings.classes

    def see(
        self, image: Array, progress: Progress = NO_PROGRESS, *, size: tuple[int, int] | None = None
    ) -> tuple[Floats, float | None]:
        """Certainty of each class, classes×h×w (sums to 1 over the classes), and of a street, 0..1.

        `image` is H×W×3 uint8 RGB sRGB. `size` is the wanted (w, h), by default the photo's own or, where
        that is less, that of the largest look. The second is None for a network that knows no streets.
        StudioError if the network is missing or damaged.
        """
        settings = self._network.settings
        height, width = image.shape[:2]
        base = float(np.clip(max(height, width), *settings.base))
        largest = max(multiple for multiple, _ in settings.looks)
        small = resized(image, _within((width, height), base * largest))
        size = size or (small.shape[1], small.shape[0])
        total: Floats | None = None
        streets: list[float] = []
        for index, (multiple, mirrored) in enumerate(settings.looks):
            side = base * multiple / max(height, width)
            view = resized(small, (max(1, round(width * side)), max(1, round(height * side))))
            seen, street = self._look(view[:, ::-1] if mirrored else view, size)
            seen = seen[..., ::-1] if mirrored else seen
            total = seen if total is None else np.add(total, seen, out=total)
            streets += [] if street is None else [street]
            progress.report((index + 1) / len(settings.looks), message("job.looking_at_photo"))
        assert total is not None
        total /= len(settings.looks)
        return total, sum(streets) / len(streets) if streets else None

    def street(self, image: Array) -> float | None:
        """How surely an H×W×3 uint8 RGB photo shows a street, 0..1, by one small look; None if not known."""
        height, width = image.shape[:2]
        scale = GLANCE_SIDE / max(height, width)
        view = resized(image, (max(1, round(width * scale)), max(1, round(height * scale))))
        return self._look(view, (1, 1))[1]

    def label_map(self, image: Array, *, progress: Progress = NO_PROGRESS) -> tuple[Array, tuple[str, ...]]:
        """The likeliest class of every pixel.

        `image` is H×W×3 uint8 RGB sRGB of any size. Returns H×W uint8 class numbers and the class names.
        StudioError if the network is missing or damaged.
        """
        chances, _ = self.see(image, SubProgress(progress, 0.0, 0.8))
        ids = likeliest(chances, (image.shape[1], image.shape[0]), SubProgress(progress, 0.8, 1.0))
        progress.report(1.0)
        return ids, self.names

    def _look(self, view: Array, size: tuple[int, int]) -> tuple[Floats, float | None]:
        """Certainties of a view, brought to (w, h), and that of a street."""
        card = self.card
        height, width = view.shape[:2]
        values = as_input(view, card.picture)
        seen = self._network.session("look").run({"photo": values})
        planes = seen["certainty"][0]
        sure = float(seen["street"][0]) if "street" in seen else None
        # The network may answer at half the size of its input, and the view is only a part of that.
        answered = planes.shape[2] / values.shape[3]
        step_x, step_y = width / size[0] * answered, height / size[1] * answered
        to_plane = np.array([[step_x, 0, step_x / 2 - 0.5], [0, step_y, step_y / 2 - 0.5]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        brought = np.empty((len(planes), size[1], size[0]), np.float32)
        for plane, out in zip(planes, brought, strict=True):
            cv2.warpAffine(plane, to_plane, size, out, how, cv2.BORDER_REPLICATE)
        return brought, sure


def _settings(card: Card, looks: Sequence[tuple[float, bool]] | None) -> _Settings:
    if card.form != FORM:
        raise StudioError(message("network.no_labels", id=card.id))
    options = card.options
    try:
        wanted = options.get("looks", [[1.0, False]]) if looks is None else looks
        kept = _Settings(
            tuple(str(name) for name in options["classes"]),
            tuple(int(side) for side in options.get("base", (160, 480))),  # type: ignore[arg-type]
            tuple((float(multiple), bool(mirrored)) for multiple, mirrored in wanted),
        )
        least, most = kept.base
        sound = (
            len(kept.classes) > 0
            and 0 < least <= most <= _LARGEST_BASE
            and len(kept.looks) > 0
            and all(0 < multiple <= _LARGEST_LOOK for multiple, _ in kept.looks)
        )
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise damaged(card.id)
    return kept


def _within(size: tuple[int, int], side: float) -> tuple[int, int]:
    """(w, h) reduced to a longer side, if it is larger."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
