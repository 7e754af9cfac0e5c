"""What is known about a network before it is loaded: a card (JSON) beside its graphs (ONNX)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError, message
from inpaint_studio.engines.networks.places import folder_of

if TYPE_CHECKING:
    from pathlib import Path

TASKS = "finder", "selector", "matte", "filler", "enhancer", "subject"
SPEEDS = "quick", "moderate", "slow"
"""Answers within a quarter of a second, within two seconds, or later, on two cores of a laptop."""
_FIXED = "id", "task", "form", "licence", "memory_mb", "speed"
LARGEST = 2 << 30
"""Bytes of a graph."""
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.onnx")


@dataclass(frozen=True, slots=True)
class Graph:
    """One ONNX file of a network: its name beside the card, bytes and SHA-256, and what goes in and out.

    `probe` gives the axes that may have any length one of everyday use; devices are measured with these.
    `url` is where the file can be had, or empty.
    """

    file: str
    size: int
    sha256: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    probe: Mapping[str, int]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """How a photo is prepared: colours 0..`white`, less `mean`, divided by `std`, N×3×h×w float32.

    Sides are multiples of `stride`, or exactly `size` (w, h) where the network takes no other.
    """

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    white: float = 1.0
    stride: int = 1
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A network as data.

    `id` names it ("scene"), `task` is one of `TASKS`, `form` says in which way its graphs are used ("labels",
    "clicks", "tiles" ...), so that whatever engine serves that form can take it. `memory_mb` is what it holds
    while it runs, `speed` one of `SPEEDS`, `licence` the terms of its weights, and `options` what only this
    form has.
    """

    id: str
    task: str
    form: str
    licence: str
    memory_mb: int
    speed: str
    picture: Picture
    graphs: Mapping[str, Graph]
    options: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Bytes of all graphs."""
        return sum(graph.size for graph in self.graphs.values())


def read_card(name: str, folder: Path | None = None) -> Card:
    """The card `NAME.json` of a folder (default: the user's or the program's own).

    StudioError if it is missing or damaged.
    """
    path = (folder or folder_of(name)) / f"{name}.json"
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StudioError(message("network.not_installed", name=name)) from None
    except (OSError, ValueError):
        raise damaged(name) from None
    return card_from(name, values)


def damaged(name: str) -> StudioError:
    """What to say about a card that makes no sense."""
    return StudioError(message("network.card_damaged", name=name))


def card_from(name: str, values: Any) -> Card:
    """The card that a decoded JSON file describes; StudioError if anything in it makes no sense."""
    try:
        values = dict(values)
        graphs = {str(key): _graph(graph) for key, graph in values.pop("graphs").items()}
        picture = _picture(values.pop("picture", {}))
        fixed = {field: values.pop(field) for field in _FIXED}
        card = Card(**fixed, picture=picture, graphs=graphs, options=values)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise damaged(name) from None
    texts = card.id, card.form, card.licence
    sound = (
        all(isinstance(text, str) and text for text in texts)
        and card.task in TASKS
        and card.speed in SPEEDS
        and type(card.memory_mb) is int
        and card.memory_mb > 0
        and len(graphs) > 0
    )
    if not sound:
        raise damaged(name)
    return card


def _graph(values: Any) -> Graph:
    probe = {str(axis): int(length) for axis, length in dict(values.get("probe", {})).items()}
    inputs, outputs = (tuple(str(name) for name in values[key]) for key in ("inputs", "outputs"))
    file, sha256, url = (str(values.get(key, "")) for key in ("file", "sha256", "url"))
    graph = Graph(file, int(values["size"]), sha256, inputs, outputs, probe, url)
    if not _FILE.fullmatch(graph.file) or not 0 < graph.size <= LARGEST:
        raise ValueError
    if not graph.inputs or not graph.outputs or not all(0 < length <= 8192 for length in probe.values()):
        raise ValueError
    return graph


def _picture(values: Any) -> Picture:
    triples = {key: tuple(float(v) for v in values[key]) for key in ("mean", "std") if key in values}
    size = values.get("size")
    picture = Picture(
        **triples,  # type: ignore[arg-type]
        white=float(values.get("white", 1.0)),
        stride=int(values.get("stride", 1)),
        size=None if size is None else (int(size[0]), int(size[1])),
    )
    sides = (picture.stride, *(picture.size or ()))
    if not len(picture.mean) == len(picture.std) == 3 or min(*picture.std, picture.white) <= 0:
        raise ValueError
    if not all(0 < side <= 8192 for side in sides):
        raise ValueError
    return picture
