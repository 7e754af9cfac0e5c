"""Events: what an object tells others without knowing them, as plain calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Event(Generic[P]):
    """Something that happens to its owner, who alone emits it: `changed: Event[Change] = Event()`.

    Callbacks run in the thread that emits, in the order in which they were connected. An exception in one
    reaches whoever emitted.
    """

    __slots__ = ("_callbacks",)

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, object]] = []

    def connect(self, callback: Callable[P, object]) -> Callable[[], None]:
        """Calls `callback` each time; returns a function that ends it, which may be called twice.

        A receiver that lives shorter than the event's owner must end its connections.
        """
        self._callbacks.append(callback)
        return lambda: self.disconnect(callback)

    def disconnect(self, callback: Callable[P, object]) -> None:
        """Ends a connection; does nothing if there is none."""
        if callback in self._callbacks:
            self._callbacks.remove(callback)

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """For the owner only. Who is disconnected by an earlier callback is not called any more."""
        for callback in tuple(self._callbacks):
            if callback in self._callbacks:
                callback(*args, **kwargs)
