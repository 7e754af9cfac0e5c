"""One action for many photos, beside all that is open."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.jobs import JobGroup

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.jobs import Job, JobContext, Worker
    from inpaint_studio.studio.batch import Order, Outcome


class Batching:
    """Runs one batch at a time, in the lane of long work. For the window's thread only."""

    def __init__(self, worker: Worker) -> None:
        self.done: Event[Outcome] = Event()
        """A photo was done, or could not be."""
        self.progress: Event[float, str] = Event()
        self.ended: Event[[list[Path]]] = Event()
        """All is done, but for these photos, which were done before or left out."""
        self.failed: Event[str] = Event()
        """It could not begin: a sentence for the user."""
        self.stopped: Event[[]] = Event()
        self._jobs = JobGroup(worker)
        self._job: Job[list[Path]] | None = None

    @property
    def running(self) -> Job[list[Path]] | None:
        """The job that does it, None where nothing runs."""
        return None if self._job is None or self._job.done else self._job

    def start(self, order: Order, processes: int) -> None:
        """Begins; a batch under way is stopped first."""

        def work(context: JobContext) -> list[Path]:
            from inpaint_studio.studio.batch import Batch, in_processes

            batch = Batch(order)
            total = len(batch.tasks)
            with closing(batch.outcomes(in_processes(processes))) as outcomes:
                for number, outcome in enumerate(outcomes, 1):
                    context.send(outcome)
                    name = outcome.task.source.name
                    context.report(
                        number / total, message("job.batch_photo", number=number, total=total, name=name)
                    )
            return batch.left_out

        self._job = job = self._jobs.submit(message("job.batch"), work, lane="long", key="batch", quiet=True)
        job.partial.connect(self.done.emit)
        job.progress.connect(self.progress.emit)
        job.finished.connect(self.ended.emit)
        job.failed.connect(self.failed.emit)
        job.cancelled.connect(self.stopped.emit)

    def stop(self) -> None:
        """Photos that are under way are finished, no others are begun."""
        if self.running is not None:
            self.running.cancel()
