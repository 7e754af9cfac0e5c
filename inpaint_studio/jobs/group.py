"""The jobs of one owner, such as one open document."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.jobs.job import Job, JobContext, Lane
    from inpaint_studio.jobs.worker import Worker

T = TypeVar("T")
_numbers = itertools.count(1)


class JobGroup:
    """Submits to a worker that others use too, and ends only its own. For the window's thread only."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._number = next(_numbers)
        self._jobs: list[Job[Any]] = []

    def submit(
        self,
        title: str,
        work: Callable[[JobContext], T],
        *,
        lane: Lane = "heavy",
        key: str = "",
        quiet: bool = False,
        writes: bool = False,
    ) -> Job[T]:
        """As `Worker.submit`; a `key` replaces a job of this group only."""
        full_key = f"{self._number} {key}" if key else ""
        job = self.worker.submit(title, work, lane=lane, key=full_key, quiet=quiet, writes=writes)
        self._jobs = [*self.running(), job]
        return job

    def running(self) -> list[Job[Any]]:
        """This group's jobs that wait or run, oldest first."""
        return [job for job in self._jobs if not job.done]

    def with_key(self, key: str) -> Job[Any] | None:
        """The job of this group with that key that waits or runs."""
        return next((job for job in self.running() if job.key == f"{self._number} {key}"), None)

    def cancel_all(self) -> None:
        """Cancels this group's jobs but those that write a file."""
        for job in self.running():
            if not job.writes:
                job.cancel()
