"""Results, one JSON object a line, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]

KEY = ("photo", "size", "kind", "hole", "filler", "version", "measures")
"""What makes a result: the photo's hole (a checksum of both), the filler and its version, the measures'."""


class Results:
    """The rows of a file; a line that was cut off by a stop is left out.

    `key` names the fields that make a result; a row with the same ones takes an earlier one's place.
    """

    def __init__(self, path: Path, key: tuple[str, ...] = KEY) -> None:
        self._path, self._key = path, key
        self._rows: dict[tuple[Any, ...], Row] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            self._rows[self._of(row)] = row

    def find(self, wanted: Row) -> Row | None:
        """The row of the same key as `wanted`, which holds at least the key's fields."""
        return self._rows.get(self._of(wanted))

    def add(self, row: Row) -> None:
        """Keeps a row, in place of an earlier one of the same key, and writes it at once."""
        self._rows[self._of(row)] = row
        self._path.parent.mkdir(parents=True, exist_ok=True)
        cut = self._path.exists() and not self._path.read_bytes().endswith(b"\n")
        with self._path.open("a", encoding="utf-8") as file:
            file.write(("\n" if cut and self._path.stat().st_size else "") + json.dumps(row) + "\n")

    def _of(self, row: Row) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self._key)
