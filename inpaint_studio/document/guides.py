"""Lines on the canvas that layers snap to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Axis = Literal["x", "y"]


@dataclass(frozen=True, slots=True)
class Guide:
    """An upright line at x = `place` (axis "x"), or a level one at y = `place`, in canvas pixels."""

    axis: Axis
    place: float

    def followed_by(self, matrix: NDArray[np.float64]) -> Guide | None:
        """Where a 2×3 matrix puts it; None where it would be neither upright nor level."""
        column = 0 if self.axis == "x" else 1
        # The direction of the line, and a point on it.
        along = matrix[:, 1 - column]
        at = matrix[:, column] * self.place + matrix[:, 2]
        if abs(along[0]) < 1e-6:
            return Guide("x", float(at[0]))
        return Guide("y", float(at[1])) if abs(along[1]) < 1e-6 else None
