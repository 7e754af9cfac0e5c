"""The network behind clicks, boxes and scribbles: a photo is seen once, prompts are answered many times."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.networks.card import Card, damaged
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import Floats, as_input

if TYPE_CHECKING:
    from pathlib import Path

FORM = "clicks"
"""The `form` of cards whose graph `see` makes maps of `photo`, and `answer` masks of these and prompts."""
FINEST = "level4"
"""The map with a place for each cell (`cells.CELL` pixels of the input), on which prompts are given."""
Maps = dict[str, Floats]
"""What is seen of a photo, 1×c×h×w each, by the names that the graph gives."""


class Asked(NamedTuple):
    """Prompts in cells, whose centres lie at .5.

    `points` 1×P×2 as x, y, with `labels` 1×P: 1 belongs, 0 does not, −1 no point. `box` 1×4 as left, top,
    right, bottom, all NaN where there is none. `previous` 1×1×h×w, 0..1, all 0 where there is none.
    """

    points: Floats
    labels: Floats
    box: Floats
    previous: Floats


class Settings(NamedTuple):
    """Longer sides at which a photo is looked at first, and more closely."""

    side: int = 448
    zoom_side: int = 384


class ClickNetwork(Protocol):
    """What answers prompts; may be asked from any thread."""

    @property
    def settings(self) -> Settings: ...

    def see(self, view: Array) -> Maps:
        """The maps of an H×W×3 uint8 picture, whose sides are multiples of `cells.CELL`."""
        ...

    def answer(self, seen: Maps, asked: Asked) -> tuple[Floats, Floats]:
        """Chances of object, part and group, 3×h×w, and a guess of the IoU of each, 3; all 0..1."""
        ...


class OnnxClicks:
    """The network of a card; card and graphs are read at first use."""

    def __init__(self, name: str = "select", folder: Path | None = None) -> None:
        """`folder` holds the card NAME.json and its graphs (default: the user's or the program's own)."""
        self._network = NamedNetwork(name, folder, _settings)

    @property
    def settings(self) -> Settings:
        """StudioError if the card is missing or damaged, or that of another network."""
        return self._network.settings

    def see(self, view: Array) -> Maps:
        """As `ClickNetwork.see`. StudioError if a graph is missing or damaged."""
        picture = self._network.card.picture
        return self._network.session("see").run({"photo": as_input(view, picture)})

    def answer(self, seen: Maps, asked: Asked) -> tuple[Floats, Floats]:
        """As `ClickNetwork.answer`. StudioError if a graph is missing or damaged."""
        made = self._network.session("answer").run({**seen, **asked._asdict()})
        return made["chances"][0], made["quality"][0]


def _settings(card: Card) -> Settings:
    if card.form != FORM:
        raise StudioError(message("network.no_clicks", id=card.id))
    try:
        kept = Settings(int(card.options["side"]), int(card.options["zoom_side"]))
    except (KeyError, TypeError, ValueError):
        raise damaged(card.id) from None
    if not all(32 <= side <= 2048 for side in kept):
        raise damaged(card.id)
    return kept


def asked(
    spots: list[tuple[float, float, int]], box: tuple[float, float, float, float] | None, previous: Floats
) -> Asked:
    """Prompts as the network takes them: points as x, y and label; `previous` is h×w, 0..1."""
    given = np.array(spots or [(0.0, 0.0, -1)], np.float32)
    corners = np.array([box or (np.nan,) * 4], np.float32)
    return Asked(given[None, :, :2].copy(), given[None, :, 2].copy(), corners, previous[None, None])
