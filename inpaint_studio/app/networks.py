"""Networks by others that a user adds and removes while the program runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from inpaint_studio.app.notices import Notices
    from inpaint_studio.jobs import Job, JobContext, Worker
    from inpaint_studio.studio.models import Offer


class Networks:
    """Fetches, adds and removes networks; a download goes on whatever is opened meanwhile.

    For the window's thread only, in which all events arrive.
    """

    def __init__(self, worker: Worker, notices: Notices) -> None:
        self.changed: Event[[]] = Event()
        """A network was added or removed, or is being added, or not any more."""
        self._worker, self._notices = worker, notices
        self._jobs: dict[str, Job[object]] = {}

    def offers(self) -> list[Offer]:
        """The catalogue, by name; each says whether it is installed."""
        from inpaint_studio.studio import models

        return models.offers()

    def running(self, name: str) -> Job[object] | None:
        """The job that adds a network now."""
        return self._jobs.get(name)

    def fetch(self, offer: Offer) -> None:
        """Fetches a network from where it is published; the user has accepted its terms."""
        from inpaint_studio.studio import models

        self._start(offer, message("job.fetching_network", name=offer.title), partial(models.fetch, offer.id))

    def add(self, offer: Offer, files: Sequence[Path]) -> None:
        """Takes a network from files on the disk, which are copied."""
        from inpaint_studio.studio import models

        self._start(offer, message("models.adding", name=offer.title), partial(models.add, files, offer.id))

    def remove(self, offer: Offer) -> None:
        """Deletes the files of a network."""
        from inpaint_studio.studio import models

        with self._notices.attempt():
            models.remove(offer.id)
        self.changed.emit()

    def _start(self, offer: Offer, title: str, work: Callable[[JobContext], object]) -> None:
        if offer.id in self._jobs:
            return
        job = self._worker.submit(title, work, lane="download")
        self._jobs[offer.id] = job
        for ending in (job.finished, job.failed, job.cancelled):
            ending.connect(partial(self._ended, offer.id))
        job.failed.connect(self._notices.fail)
        self.changed.emit()

    def _ended(self, name: str, *_answer: object) -> None:
        del self._jobs[name]
        self.changed.emit()
