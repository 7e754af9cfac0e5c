"""Kinds of values that people choose: what is allowed, and how it is written for people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A number in `low`..`high`. People see it times `factor`, with `unit` behind it."""

    low: float
    high: float
    unit: str = ""
    factor: float = 1.0

    def checked(self, value: Any) -> float:
        """The value within the range. Raises ValueError for what is no finite number."""
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(value)
        return min(max(number, self.low), self.high)

    def shown(self, value: Any) -> str:
        return f"{round(value * self.factor, 1) + 0.0:g} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words. People see them with spaces for hyphens and a capital letter."""

    options: tuple[str, ...]

    def checked(self, value: Any) -> str:
        """The value. Raises ValueError for one that is not offered."""
        if value not in self.options:
            raise ValueError(value)
        return str(value)

    def shown(self, value: Any) -> str:
        return str(value).replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def checked(self, value: Any) -> bool:
        return bool(value)

    def shown(self, value: Any) -> str:
        return "on" if value else "off"


@dataclass(frozen=True, slots=True)
class Text:
    """A line of at most `longest` characters."""

    longest: int = 120

    def checked(self, value: Any) -> str:
        """The text without spaces around it; may be empty."""
        return str(value).strip()[: self.longest]

    def shown(self, value: Any) -> str:
        return str(value)


Chosen = Number | Choice | Flag | Text
