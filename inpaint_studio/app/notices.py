"""Sentences for the user, shown by whichever face there is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from inpaint_studio.basics import StudioError
from inpaint_studio.basics.event import Event

if TYPE_CHECKING:
    from collections.abc import Iterator


class Notices:
    """What services have to say: news, and what could not be done and what to do about it."""

    def __init__(self) -> None:
        self.message: Event[str] = Event()
        self.error: Event[str] = Event()

    def tell(self, text: str) -> None:
        self.message.emit(text)

    def fail(self, text: str) -> None:
        self.error.emit(text)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What can't be done inside is told as an error instead of raised."""
        try:
            yield
        except StudioError as error:
            self.fail(str(error))
