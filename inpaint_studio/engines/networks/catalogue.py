"""Networks by others that a user may add: what they do, whose they are, and where they lie."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from inpaint_studio.engines.networks.card import Card, card_from
from inpaint_studio.engines.networks.graph_file import Facts
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Shapes = dict[str, tuple[int, ...]]
"""Sides of each input by its name, 0 where any will do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One network of the catalogue. `about` says what it is good for, `home` where its authors publish it.

    `shapes` are those of the inputs of each graph, by which a file on the disk is recognised; `text` is the
    card as it is kept beside the graphs.
    """

    card: Card
    title: str
    about: str
    home: str
    shapes: Mapping[str, Shapes]
    text: Mapping[str, Any]


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """The whole catalogue, by name."""
    paths = sorted(resource("catalogue").glob("*.json"))
    return tuple(_entry(json.loads(path.read_text("utf-8"))) for path in paths)


def entry(name: str) -> Entry | None:
    """The network of that name, if the catalogue has it."""
    return next((each for each in entries() if each.card.id == name), None)


def _entry(values: dict[str, Any]) -> Entry:
    title, about, home = (str(values.pop(key)) for key in ("title", "about", "home"))
    shapes = {
        graph: {name: tuple(sides) for name, sides in value.pop("shapes").items()}
        for graph, value in values["graphs"].items()
    }
    return Entry(card_from(values["id"], values), title, about, home, shapes, values)


def fitting(graphs: Sequence[Facts]) -> list[Entry]:
    """The networks that files may be, by the names and shapes of what goes in and out."""
    return [each for each in entries() if assigned(each, graphs) is not None]


def assigned(known: Entry, graphs: Sequence[Facts]) -> dict[str, Facts] | None:
    """Which file is which graph of a network; None unless each graph has exactly one."""
    if len(graphs) != len(known.card.graphs):
        return None
    found: dict[str, Facts] = {}
    for name, graph in known.card.graphs.items():
        like = [f for f in graphs if _alike(f, known.shapes[name], graph.outputs)]
        if len(like) != 1:
            return None
        found[name] = like[0]
    return found


def _alike(file: Facts, shapes: Shapes, outputs: tuple[str, ...]) -> bool:
    if len(shapes) == 1 and len(file.inputs) == 1:
        # Exporters call a single input and what comes out of it as they like.
        return _fits(*file.inputs.values(), *shapes.values())
    return (
        set(file.inputs) == set(shapes)
        and set(outputs) <= set(file.outputs)
        and all(_fits(file.inputs[name], sides) for name, sides in shapes.items())
    )


def _fits(sides: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    pairs = zip(sides, wanted, strict=False)
    return len(sides) == len(wanted) and all(a == b or 0 in (a, b) for a, b in pairs)
