"""What fillers share of their descriptions."""

from typing import Any

from inpaint_studio.basics.parameters import Parameter
from inpaint_studio.basics.values import Number
from inpaint_studio.engines.contracts import EngineInfo

ADAPTATION = Parameter(
    "adaptation",
    Number(0, 1, "%", 100),
    1.0,
    "Colour adaptation",
    "How far copied colours follow those around the hole: 0 not at all, 1 fully",
    short="Colours follow",
    changes_all=False,
)


def layout_by_network(name: str, title: str, licence: str, factory: str, **known: Any) -> EngineInfo:
    """A filler that asks a network of that name, which a user can add, for the layout."""
    return EngineInfo(
        name, "filler", f"{title}: layout by a network", factory, licence, network=name,
        takes=frozenset({"source_mask", "excluded_mask"}), parameters=(ADAPTATION,), colour_space="srgb",
        **known,
    )  # fmt: skip
