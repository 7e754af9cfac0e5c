"""A network as an engine holds it: by its name, its card read at first use."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from inpaint_studio.engines.networks.card import Card, read_card
from inpaint_studio.engines.networks.sessions import Session, session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class NamedNetwork(Generic[T]):
    """May be used from any thread; what could not be read is tried again at the next use."""

    def __init__(self, name: str, folder: Path | None, understand: Callable[[Card], T]) -> None:
        """`folder` holds NAME.json and its graphs (None: the user's or the program's own).

        `understand` makes of the card what the engine must know; StudioError if it serves something else.
        """
        self._name, self._folder, self._understand = name, folder, understand
        self._read: tuple[Card, T] | None = None
        self._lock = threading.Lock()

    def _known(self) -> tuple[Card, T]:
        with self._lock:
            if self._read is None:
                card = read_card(self._name, self._folder)
                self._read = card, self._understand(card)
            return self._read

    @property
    def card(self) -> Card:
        """StudioError if it is missing, damaged or serves something else."""
        return self._known()[0]

    @property
    def settings(self) -> T:
        """What `understand` made of the card; StudioError as `card`."""
        return self._known()[1]

    def session(self, graph: str) -> Session:
        """A graph of it, ready to be run; StudioError as `card`."""
        return session(self.card, graph, self._folder)
