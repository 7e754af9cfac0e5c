"""A job as the window sees it, and as the work that it runs sees it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from inpaint_studio.basics import Cancelled
from inpaint_studio.basics.event import Event
from inpaint_studio.jobs.estimate import TimeLeft

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Lane = Literal["interactive", "file", "journal", "heavy", "long", "download"]
"""Answers to the pointer; files; recovery data; what takes a while, or minutes; what comes from elsewhere."""

Ending = Literal["finished", "failed", "cancelled"]


class JobContext:
    """What the work gets: a Progress that raises Cancelled, and a way to send results early.

    Plain Python, because it is used and may be freed in the lane's thread.
    """

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._stop = threading.Event()
        self.latest: tuple[float, str] = (0.0, "")
        """The newest report: fraction 0..1 and message."""

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """Makes the next `report` or `send` raise Cancelled. Any thread."""
        self._stop.set()

    def report(self, fraction: float, message: str = "") -> None:
        """Tells the fraction done, 0..1. Raises Cancelled if the job is no longer wanted."""
        if self._stop.is_set():
            raise Cancelled
        self.latest = (min(1.0, max(0.0, fraction)), message)

    def send(self, result: object) -> None:
        """Hands over a partial result, which must not be changed afterwards. Raises Cancelled."""
        if self._stop.is_set():
            raise Cancelled
        self._send(result)


class Job(Generic[T]):
    """One run of some work that returns a T. For the window's thread only, in which its events arrive.

    Exactly one of `finished`, `failed` and `cancelled` is emitted, and nothing after it.
    """

    def __init__(
        self,
        title: str,
        context: JobContext,
        drop: Callable[[Job[Any]], None],
        *,
        lane: Lane,
        key: str,
        quiet: bool,
        writes: bool,
    ) -> None:
        self.progress: Event[float, str] = Event()
        """Fraction 0..1 and message, at most 20 times a second; the newest wins."""
        self.partial: Event[Any] = Event()
        """What the work sent early."""
        self.finished: Event[T] = Event()
        self.failed: Event[str] = Event()
        """A sentence for the user."""
        self.cancelled: Event[[]] = Event()
        self.title = title
        self.lane: Lane = lane
        self.key = key
        self.quiet = quiet
        self.writes = writes
        """Whether it writes a file that the user asked for: only the user may stop it."""
        self.context = context
        self.done = False
        self.fraction = 0.0
        self.message = ""
        self._drop = drop
        self._started: float | None = None
        self._time_left = TimeLeft()

    def cancel(self) -> None:
        """Ends the job: `cancelled` is emitted now, whatever the work still computes is dropped."""
        if not self.done:
            self._drop(self)

    @property
    def started(self) -> bool:
        """Whether its lane has begun with it."""
        return self._started is not None

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds until it is done; None while unknown."""
        if self._started is None:
            return None
        elapsed = time.monotonic() - self._started
        if self._time_left.seconds is None:
            self._time_left.update(elapsed, self.fraction)
        return self._time_left.at(elapsed)

    # For the worker

    def begin(self) -> None:
        """The lane has begun with it."""
        self._started = time.monotonic()

    def hand_over(self, payload: Any) -> None:
        """The work sent something early."""
        self.partial.emit(payload)

    def end(self, how: Ending, payload: Any = None) -> None:
        """Tells how it ended, with the result or the sentence for the user."""
        if how == "finished":
            self.finished.emit(payload)
        elif how == "failed":
            self.failed.emit(str(payload))
        else:
            self.cancelled.emit()

    def tell_progress(self) -> None:
        """Emits `progress` if there is news."""
        fraction, message = self.context.latest
        if self.done or (fraction, message) == (self.fraction, self.message):
            return
        self.fraction, self.message = fraction, message
        if self._started is not None:
            self._time_left.update(time.monotonic() - self._started, fraction)
        self.progress.emit(fraction, message)
