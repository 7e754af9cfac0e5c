"""How long a job will still take, from how far it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

_MIN_FRACTION = 0.04
_MIN_SECONDS = 0.4
_SMOOTHING = 0.3


@dataclass(slots=True)
class TimeLeft:
    """Estimates the seconds left from reports of (seconds since start, fraction done).

    The time left is taken as proportional to the work left, and smoothed so that it does not jump.
    """

    seconds: float | None = None
    """The estimate at the last report; None while it would be a guess."""
    _at: float = 0.0

    def update(self, elapsed: float, fraction: float) -> None:
        if fraction < _MIN_FRACTION or elapsed < _MIN_SECONDS:
            return
        fresh = elapsed * (1 - min(fraction, 1.0)) / fraction
        if self.seconds is not None:
            expected = max(0.0, self.seconds - (elapsed - self._at))
            fresh = expected + _SMOOTHING * (fresh - expected)
        self.seconds, self._at = fresh, elapsed

    def at(self, elapsed: float) -> float | None:
        """The estimate counted down to `elapsed` seconds since start; None if there is none."""
        return None if self.seconds is None else max(0.0, self.seconds - (elapsed - self._at))


def in_words(seconds: float | None) -> str:
    """The time left for people: "2 s left", "about 3 min left", or "" if it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, math.ceil(seconds))} s left"
    return f"about {math.ceil(seconds / 60)} min left"
