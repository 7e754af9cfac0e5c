"""Networks by others that a user adds and removes while the program runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.engines import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from inpaint_studio.app.notices import Notices
    from inpaint_studio.app.settings import Settings
    from inpaint_studio.jobs import Job, JobContext, Worker
    from inpaint_studio.studio.models import Offer


_SELECTOR = "networks/selector"


class Networks:
    """Fetches, adds and removes networks, and says which one selects and where all of them run.

    A download goes on whatever is opened meanwhile.

    For the window's thread only, in which all events arrive.
    """

    def __init__(self, worker: Worker, notices: Notices, settings: Settings) -> None:
        self.changed: Event[[]] = Event()
        """A network was added or removed, or is being added, or not any more."""
        self.selector_changed: Event[[]] = Event()
        """Another selector answers from now on."""
        self._worker, self._notices, self._settings = worker, notices, settings
        self._jobs: dict[str, Job[object]] = {}
        registry.prefer("selector", settings.text(_SELECTOR))

    def selectors(self) -> list[tuple[str, str]]:
        """Id and title of what can turn clicks into selections here, the usual one first."""
        return [(engine.id, engine.title) for engine in registry.installed("selector")]

    @property
    def selector(self) -> str:
        """The id of the one that answers."""
        return registry.usual("selector").id

    def choose_selector(self, name: str) -> None:
        """Takes another one, from now on and the next time, too."""
        if name != self.selector:
            registry.prefer("selector", name)
            self._settings.keep(_SELECTOR, name)
            self.selector_changed.emit()

    def devices(self) -> tuple[str, ...]:
        """What networks may run on here; “auto” takes the fastest for each."""
        from inpaint_studio.studio import models

        return models.devices()

    @property
    def device(self) -> str:
        """The one that was chosen."""
        from inpaint_studio.studio import models

        return models.device()

    def choose_device(self, name: str) -> None:
        """Runs networks there from now on, and the next time, too; those that are loaded are loaded anew."""
        from inpaint_studio.studio import models

        with self._notices.attempt():
            models.choose_device(name)

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

        before = self.selector
        with self._notices.attempt():
            models.remove(offer.id)
        self.changed.emit()
        if self.selector != before:
            self.selector_changed.emit()

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
