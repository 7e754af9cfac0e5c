"""Reading a stranger's JSON: every value is checked for its type and range before it is used."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.basics.parameters import Value
    from inpaint_studio.files.members import MemberReader

FAR = 10_000_000
"""No coordinate lies farther from the origin, pixels."""


class Fields:
    """One JSON object of a member of a project. Every method raises StudioError for a wrong value."""

    def __init__(self, value: object, reader: MemberReader) -> None:
        if not isinstance(value, dict):
            raise reader.damaged("its description has a value of the wrong kind")
        self._values: dict[str, object] = value
        self.reader = reader

    def wrong(self, key: str) -> Exception:
        return self.reader.damaged(f"“{key}” in its description is wrong")

    def __contains__(self, key: str) -> bool:
        """Whether there is a value at all: what older programs did not write is missing."""
        return key in self._values

    def number(self, key: str, low: float = -FAR, high: float = FAR) -> float:
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key)
        if not low <= value <= high or not math.isfinite(value):
            raise self.wrong(key)
        return float(value)

    def whole(self, key: str, low: int = -FAR, high: int = FAR) -> int:
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(key)
        return value

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str):
            raise self.wrong(key)
        return value

    def text_or_none(self, key: str) -> str | None:
        return None if self._values.get(key) is None else self.text(key)

    def numbers(self, key: str) -> dict[str, float]:
        """An object whose values are all numbers."""
        inside = self.fields(key)
        return {name: inside.number(name) for name in inside._values}

    def texts(self, key: str) -> list[str]:
        values = self._values.get(key)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(key)
        return values

    def choice(self, key: str, choices: Sequence[str]) -> str:
        value = self.text(key)
        if value not in choices:
            raise self.wrong(key)
        return value

    def flag(self, key: str) -> bool:
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def fields(self, key: str) -> Fields:
        return Fields(self._values.get(key), self.reader)

    def fields_or_none(self, key: str) -> Fields | None:
        return None if self._values.get(key) is None else self.fields(key)

    def plain(self) -> tuple[tuple[str, Value], ...]:
        """All of it as names and plain values, in the order of the names."""
        found: list[tuple[str, Value]] = []
        for key, value in sorted(self._values.items()):
            infinite = isinstance(value, float) and not math.isfinite(value)
            if infinite or not isinstance(value, bool | int | float | str):
                raise self.wrong(key)
            found.append((key, value))
        return tuple(found)

    def many(self, key: str) -> list[Fields]:
        values = self._values.get(key)
        if not isinstance(values, list):
            raise self.wrong(key)
        return [Fields(value, self.reader) for value in values]


def read_fields(reader: MemberReader, member: str) -> Fields:
    """The JSON object that a member holds."""

    def refuse(constant: str) -> float:
        raise ValueError(constant)

    try:
        return Fields(json.loads(reader.read_text(member), parse_constant=refuse), reader)
    except (ValueError, RecursionError) as error:
        raise reader.damaged(f"its member “{member}” is not JSON") from error
