"""Finds the objects of a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from inpaint_studio.app.notices import Notices
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Document
    from inpaint_studio.jobs import JobContext, JobGroup


class Finding:
    """Looks through the photo of one document, in the heavy lane."""

    def __init__(self, document: Document, jobs: JobGroup, notices: Notices) -> None:
        self.found: Event[int] = Event()
        """How many things a finder saw."""
        self._document, self._jobs, self._notices = document, jobs, notices

    def start(self) -> None:
        """Looks for objects; a search under way begins anew."""
        snapshot = self._document.snapshot()

        def work(context: JobContext) -> list[FoundObject]:
            from inpaint_studio.studio.find import find_objects, finder_pixels

            context.report(0.02, message("job.looking_at_photo"))
            return find_objects(finder_pixels(snapshot), progress=context)

        job = self._jobs.submit(message("job.finding_objects"), work, key="find")
        job.finished.connect(self._finished)
        job.failed.connect(self._notices.fail)

    def _finished(self, found: list[FoundObject]) -> None:
        lift.set_found(self._document, found)
        self.found.emit(sum(each.kind == "thing" for each in self._document.state.found))
