"""Fills the holes of a document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.jobs import Delay

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.notices import Notices
    from inpaint_studio.document import Change, Document, Layer, Part
    from inpaint_studio.jobs import Job, JobContext, JobGroup
    from inpaint_studio.studio.fill import Candidate, Fillers


class Filling:
    """Has every part of one document's holes filled that has no fill, in the heavy lane.

    A fill that is not wanted any more, as after undo, is dropped; one that the user stops is given up.
    """

    def __init__(
        self, document: Document, jobs: JobGroup, notices: Notices, fillers: Callable[[], Fillers]
    ) -> None:
        """`fillers` are shared by all documents: they serve one job at a time, as the heavy lane does."""
        self._document, self._jobs, self._notices, self._fillers = document, jobs, notices, fillers
        self._under_way: dict[str, Job[None]] = {}
        self._later = Delay(self._fill_missing)
        self._unsubscribe = document.subscribe(self._changed)
        self._later.start()

    def _changed(self, change: Change) -> None:
        if change.layers:
            self._later.start()

    @property
    def busy(self) -> bool:
        """Whether a fill is waited for."""
        return bool(self._under_way) or self._later.active

    def fraction(self, part: Part) -> float | None:
        """How much of a part's own fill is done, 0..1; None if it is not being made."""
        job = self._under_way.get(part.key)
        return None if job is None else job.fraction

    def close(self) -> None:
        """Begins nothing any more; what is under way ends with the document's jobs."""
        self._unsubscribe()
        self._later.stop()
        self._under_way.clear()

    def _fill_missing(self) -> None:
        """Starts a job for each part without a fill; ends those that nobody waits for any more."""
        missing = self._document.missing_parts()
        wanted = {part.key for _, part in missing}
        unwanted = [self._under_way.pop(key) for key in list(self._under_way) if key not in wanted]
        for job in unwanted:
            job.cancel()
        new = [(layer, part) for layer, part in missing if part.key not in self._under_way]
        if new:
            self._fill(*new[0])
            if len(new) > 1:
                # One after the other: cutting a request out of a large photo takes as long as a frame.
                self._later.start()

    def _fill(self, layer: Layer, part: Part) -> None:
        from inpaint_studio.studio import fill

        wanted = fill.request(self._document, layer, part)
        fillers = self._fillers()

        def work(context: JobContext) -> None:
            for made in fill.run(wanted, context, fillers):
                context.send(made)

        title = message("job.filling_behind", name=_hole_name(self._document, layer, part))
        job = self._jobs.submit(title, work)
        self._under_way[part.key] = job
        job.partial.connect(partial(self._put, part))
        job.finished.connect(partial(self._fill_ended, part, job))
        job.cancelled.connect(partial(self._fill_stopped, part, job))
        job.failed.connect(partial(self._fill_failed, part, job))

    def _put(self, part: Part, made: Candidate) -> None:
        self._document.put_fill(part.candidate(made.number), made.patch, made.final, made.note)

    def _fill_ended(self, part: Part, job: Job[None], _result: object = None) -> None:
        if part.options.candidate:
            # To have a later one all of them were made.
            self._document.fills.completed(part)
        if self._under_way.get(part.key) is job:
            del self._under_way[part.key]

    def _fill_stopped(self, part: Part, job: Job[None]) -> None:
        """By the user: what is no longer wanted was taken off the list before it was cancelled."""
        if self._under_way.get(part.key) is job:
            del self._under_way[part.key]
            self._document.give_up_fill(part)

    def _fill_failed(self, part: Part, job: Job[None], text: str) -> None:
        self._fill_stopped(part, job)
        self._notices.fail(text)


def _hole_name(document: Document, layer: Layer, part: Part) -> str:
    owners = [h.owner for h in layer.holes if h.id in part.holes and h.owner is not None]
    owner = document.state.layer(owners[-1]) if owners else None
    return owner.name if owner is not None else layer.name
