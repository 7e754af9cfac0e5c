"""What an adjustment is: declared parameters and a function on colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.values import Number
from inpaint_studio.document.properties import Affects, Property

if TYPE_CHECKING:
    from inpaint_studio.document import Adjustment

Colours = NDArray[np.float32]
"""h×w×3 in the document's profile, 0..1."""


@dataclass(frozen=True, slots=True)
class AdjustmentInfo:
    """Describes an adjustment.

    `apply` takes colours and a value for each of the `parameters`, and gives new colours of the same shape.
    It changes nothing that it is given, and each pixel depends on that pixel alone. What it gives may leave
    0..1: it is clipped. It may be called in any thread.
    """

    id: str
    title: str
    parameters: tuple[Property, ...]
    apply: Callable[[Colours, Mapping[str, float]], Colours]

    def values(self, node: Adjustment) -> dict[str, float]:
        """A value for each parameter: the node's own, else the default."""
        return {each.name: node.values.get(each.name, each.default) for each in self.parameters}


def parameter(name: str, label: str, low: float, high: float, default: float = 0.0, **known: Any) -> Property:
    """A number in `low`..`high` that an adjustment takes; `known` is the rest of a `Number`."""
    return Property(
        Number(low, high, **known), Affects.BLENDING, name, label, default,
        step=f"{label} of {{name!l}}", unlocked=True, panel=True,
    )  # fmt: skip
