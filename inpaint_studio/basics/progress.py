"""Progress and cancelling, shared by engines, files and jobs."""

from typing import Protocol


class Cancelled(Exception):
    """The user cancelled the job; nothing was changed."""


class Progress(Protocol):
    """Where a long call tells how far it is, and where it learns that it was cancelled."""

    def report(self, fraction: float, message: str = "") -> None:
        """Tell the fraction done, 0..1. Raises Cancelled if the job is no longer wanted."""
        ...


class _NoProgress:
    def report(self, fraction: float, message: str = "") -> None:
        return None


NO_PROGRESS: Progress = _NoProgress()


class SubProgress:
    """Maps 0..1 of one step onto start..stop of a whole."""

    def __init__(self, whole: Progress, start: float, stop: float) -> None:
        self._whole, self._start, self._stop = whole, start, stop

    def report(self, fraction: float, message: str = "") -> None:
        self._whole.report(self._start + (self._stop - self._start) * fraction, message)
