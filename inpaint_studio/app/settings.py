"""What is remembered between two runs of the program."""

from __future__ import annotations

from typing import Protocol


class Settings(Protocol):
    """A store of texts by key; the faces say where it is kept."""

    def text(self, key: str, default: str = "") -> str: ...

    def texts(self, key: str) -> list[str]: ...

    def keep(self, key: str, value: str | list[str]) -> None: ...
