"""The other fills to choose from, made when nobody waits for anything else."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.document import MOST_CANDIDATES, Document, Layer, Part
from inpaint_studio.jobs import Delay

if TYPE_CHECKING:
    from inpaint_studio.app.fill_choices import FillChoices
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.workspace import Workspace
    from inpaint_studio.jobs.job import Job, JobContext
    from inpaint_studio.studio.fill import Candidate

_CALM_MS = 150
_PAUSE_SECONDS = 0.01
_FIRST = frozenset({"heavy", "long"})
"""Lanes whose jobs go before these."""


class _Considerate:
    """A job's progress that holds the work up while somebody waits for another answer."""

    def __init__(self, context: JobContext, busy: threading.Event) -> None:
        self._context, self._busy = context, busy

    def report(self, fraction: float, message: str = "") -> None:
        self._context.report(fraction, message)
        while self._busy.is_set():
            time.sleep(_PAUSE_SECONDS)
            self._context.report(fraction, message)


class Candidates:
    """Has the other fills made for the part that the user looks at, and for no other: they cost time.

    They begin when that part's own fill is there and nothing heavy waits or runs, hold still while a click
    is answered, and give up their place to the fill of another part, to begin anew after it.
    """

    def __init__(self, workspace: Workspace, choices: FillChoices) -> None:
        self.changed: Event[[]] = Event()
        """Others are being made now, or not any more."""
        self._workspace, self._choices = workspace, choices
        self._job: Job[Any] | None = None
        self._run = ""
        self._failed: set[str] = set()
        self._busy = threading.Event()
        self._later = Delay(self._begin, _CALM_MS)
        choices.looked.connect(self._consider)
        workspace.leaving.connect(self._later.stop)
        workspace.changed.connect(self._consider)
        workspace.worker.active_changed.connect(self._give_way)

    @property
    def making(self) -> bool:
        """Whether the others of the part looked at are being made, or will be in a moment."""
        target = self._choices.target
        return target is not None and (self._job is not None or self._wanted(target[1]))

    @property
    def fraction(self) -> float:
        """How much of them is done, 0..1."""
        return self._job.fraction if self._job is not None else 0.0

    def _wanted(self, part: Part) -> bool:
        """Whether the part has its own fill and may have others that were not made yet."""
        document = self._workspace.document
        if document is None or part.run in self._failed or document.fills.is_complete(part):
            return False
        return document.fills.is_final(part.key)

    def _consider(self, _what: object = None) -> None:
        target = self._choices.target
        if self._job is not None and (target is None or target[1].run != self._run):
            self._job.cancel()
        if target is not None and self._job is None and self._wanted(target[1]):
            self._later.start()

    def _give_way(self) -> None:
        """Others began or ended: a fill that is waited for goes first, an answer to a click goes beside."""
        jobs = self._workspace.worker.running()
        if any(job.lane == "interactive" for job in jobs):
            self._busy.set()
        else:
            self._busy.clear()
        if self._job is not None and any(j.lane in _FIRST and j is not self._job for j in jobs):
            self._job.cancel()
        elif self._job is None:
            self._consider()

    def _begin(self) -> None:
        opened, target = self._workspace.current, self._choices.target
        if opened is None or target is None or self._job is not None or not self._wanted(target[1]):
            return
        others = any(job.lane in _FIRST for job in self._workspace.worker.running())
        if others or opened.filling.busy:
            # Their end is told by the worker.
            return
        self._start(opened, *target)

    def _start(self, opened: OpenDocument, layer: Layer, part: Part) -> None:
        from inpaint_studio.studio import fill

        document = opened.document
        wanted = fill.request(document, layer, part)
        there = document.fills.candidates(part)
        known = {n: p for n in there if (p := document.fills.get(part.candidate(n).key)) is not None}
        fillers, busy = self._workspace.fillers(), self._busy

        def work(context: JobContext) -> None:
            for made in fill.run(
                wanted, _Considerate(context, busy), fillers, candidates=MOST_CANDIDATES, known=known
            ):
                if made.final:
                    context.send(made)

        self._run = part.run
        job = self._job = opened.jobs.submit(message("job.other_fills"), work, quiet=True)
        job.partial.connect(partial(self._arrived, document, part))
        job.finished.connect(partial(self._ended, job, document, part))
        job.cancelled.connect(partial(self._ended, job, None, part))
        job.failed.connect(partial(self._fail, job, part))
        self.changed.emit()

    def _arrived(self, document: Document, part: Part, made: Candidate) -> None:
        document.put_fill(part.candidate(made.number), made.patch, made.final, made.note)

    def _ended(self, job: Job[Any], document: Document | None, part: Part, _result: object = None) -> None:
        if document is not None:
            document.fills.completed(part)
        if self._job is job:
            self._job = None
            self.changed.emit()
            self._consider()

    def _fail(self, job: Job[Any], part: Part, _text: str) -> None:
        """The part has its fill; that there are no others is seen in the strip."""
        self._failed.add(part.run)
        self._ended(job, None, part)
