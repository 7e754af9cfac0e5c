"""Finds the objects of a photo, and keeps how many of them are offered."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from inpaint_studio.app.notices import Notices
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Document
    from inpaint_studio.jobs import Job, JobContext, JobGroup

AUTOMATIC = "find on opening"
"""The setting that says whether a photo is looked through when it is opened: "yes", as is usual, or "no"."""
_log = logging.getLogger(__name__)


class Finding:
    """Looks through the photo of one document, in the heavy lane."""

    def __init__(self, document: Document, jobs: JobGroup, notices: Notices) -> None:
        self.found: Event[int] = Event()
        """How many things a finder saw that was asked for."""
        self.offered_changed: Event[[]] = Event()
        """`least_score` is another one."""
        self.least_score = 0.0
        """Objects that a finder was less sure of are not offered, 0..1."""
        self._document, self._jobs, self._notices = document, jobs, notices

    @property
    def offered(self) -> tuple[FoundObject, ...]:
        """The objects found that are sure enough to be pointed at, lifted and shown as chips."""
        return tuple(each for each in self._document.state.found if each.score >= self.least_score)

    def offer(self, least_score: float) -> None:
        """Offers more or fewer of the objects that were found."""
        if least_score != self.least_score:
            self.least_score = least_score
            self.offered_changed.emit()

    def start(self) -> None:
        """Looks for objects; a search under way begins anew."""
        job = self._look()
        job.finished.connect(self._finished)
        job.failed.connect(self._notices.fail)

    def start_quietly(self) -> None:
        """Looks for objects without being asked: it tells nobody, and what it shows is no step of history."""
        job = self._look()
        job.finished.connect(self._document.offer)
        job.failed.connect(lambda error: _log.warning("Nothing was found after opening: %s", error))

    def _look(self) -> Job[list[FoundObject]]:
        snapshot = self._document.snapshot()

        def work(context: JobContext) -> list[FoundObject]:
            from inpaint_studio.studio.find import find_objects, finder_pixels

            context.report(0.02, message("job.looking_at_photo"))
            return find_objects(finder_pixels(snapshot), progress=context)

        return self._jobs.submit(message("job.finding_objects"), work, key="find")

    def _finished(self, found: list[FoundObject]) -> None:
        lift.set_found(self._document, found)
        self.found.emit(sum(each.kind == "thing" for each in self._document.state.found))
