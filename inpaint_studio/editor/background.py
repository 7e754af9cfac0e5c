"""What runs behind the window: finding, matting and filling, for the session's document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Change, Document, Layer, Part
from inpaint_studio.editor.candidates import Candidates
from inpaint_studio.editor.following import follow
from inpaint_studio.render import to_srgb

if TYPE_CHECKING:
    from inpaint_studio.editor.session import Session
    from inpaint_studio.jobs.job import Job, JobContext
    from inpaint_studio.studio.fill import Candidate, Fillers
    from inpaint_studio.studio.lift import Cut


class Background(QObject):
    """Starts jobs when the document needs them and hands their results to it, on the window's thread.

    Requests hold all that an engine needs; results whose document is gone are dropped with their job.
    """

    found = Signal(int)
    """How many objects a finder saw."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._fills: dict[str, Job[Any]] = {}
        self._fillers: Fillers | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._fill_missing)
        follow(self, session.changed, self._changed)
        follow(self, session.leaving, self._fills.clear)
        follow(self, session.replaced, self._replaced)
        follow(self, session.lifted, self._matte)
        self.candidates = Candidates(session, self)

    def _submit(
        self,
        title: str,
        work: Callable[[JobContext], object],
        done: Callable[[Any], None],
        **options: Any,
    ) -> Job[Any]:
        job = self._session.worker.submit(title, work, **options)
        job.finished.connect(done)
        job.failed.connect(self._session.error.emit)
        return job

    def _replaced(self) -> None:
        self._later.start()

    def _changed(self, change: Change) -> None:
        if change.layers:
            self._later.start()

    # Find

    def find(self) -> None:
        """Looks for objects in the photo."""
        document = self._session.document
        if document is None:
            return
        pixels, icc = document.photo.pixels, document.photo.icc

        def work(context: JobContext) -> list[FoundObject]:
            from inpaint_studio.studio.find import find_objects

            context.report(0.02, "Looking at the photo")
            return find_objects(to_srgb(pixels, icc), progress=context)

        self._submit("Finding objects", work, partial(self._show_found, document), key="find")

    def _show_found(self, document: Document, found: list[FoundObject]) -> None:
        from inpaint_studio.studio import lift

        if document is not self._session.document:
            return
        lift.set_found(document, found)
        things = sum(o.kind == "thing" for o in document.state.found)
        self.found.emit(things)

    # Matte

    def _matte(self, layer_id: str) -> None:
        document = self._session.document
        layer = document.state.layer(layer_id) if document is not None else None
        if document is None or layer is None or layer.mask is None:
            return
        rough = layer.mask

        def work(context: JobContext) -> Cut:
            from inpaint_studio.studio.lift import make_cut

            return make_cut(layer, rough, context)

        done = partial(self._settle, document, layer_id, rough)
        self._submit(
            f"Softening the edge of “{layer.name}”",
            work,
            done,
            lane="interactive",
            key=f"matte {layer_id}",
            quiet=True,
        )

    def _settle(self, document: Document, layer_id: str, rough: Mask, cut: Cut) -> None:
        from inpaint_studio.studio.lift import settle_cut

        settle_cut(document, rough, cut)

    # Fill

    @property
    def filling(self) -> bool:
        """Whether a fill is waited for."""
        return bool(self._fills) or self._later.isActive()

    def _fill_missing(self) -> None:
        """Starts a job for each part without a fill; ends those that nobody waits for any more."""
        document = self._session.document
        missing = [] if document is None else document.missing_parts()
        wanted = {part.key for _, part in missing}
        unwanted = [self._fills.pop(key) for key in list(self._fills) if key not in wanted]
        for job in unwanted:
            job.cancel()
        new = [(layer, part) for layer, part in missing if part.key not in self._fills]
        if new and document is not None:
            self._fill(document, *new[0])
            if len(new) > 1:
                # One after the other: cutting a request out of a large photo takes as long as a frame.
                self._later.start()

    @property
    def fillers(self) -> Fillers:
        """The fillers of this window, for one job at a time in the heavy lane."""
        from inpaint_studio.studio.fill import Fillers

        if self._fillers is None:
            self._fillers = Fillers()
        return self._fillers

    def fraction(self, part: Part) -> float | None:
        """How much of a part's own fill is done, 0..1; None if it is not being made."""
        job = self._fills.get(part.key)
        return None if job is None else job.fraction

    def _fill(self, document: Document, layer: Layer, part: Part) -> None:
        from inpaint_studio.studio import fill

        wanted = fill.request(document, layer, part)
        fillers = self.fillers

        def work(context: JobContext) -> None:
            for made in fill.run(wanted, context, fillers.get(part.options.filler, wanted.labels)):
                context.send(made)

        job = self._session.worker.submit(f"Filling behind “{_hole_name(document, layer, part)}”", work)
        self._fills[part.key] = job
        job.partial.connect(partial(self._put, document, part))
        job.finished.connect(partial(self._fill_ended, document, part, job))
        job.cancelled.connect(partial(self._fill_stopped, document, part, job))
        job.failed.connect(partial(self._fill_failed, document, part, job))

    def _put(self, document: Document, part: Part, made: Candidate) -> None:
        document.put_fill(part.candidate(made.number), made.patch, made.final, made.note)

    def _fill_ended(self, document: Document, part: Part, job: Job[Any], _result: object = None) -> None:
        if part.options.candidate:
            # To have a later one all of them were made.
            document.fills.completed(part)
        if self._fills.get(part.key) is job:
            del self._fills[part.key]

    def _fill_stopped(self, document: Document, part: Part, job: Job[Any]) -> None:
        """By the user: what is no longer wanted was taken off the list before it was cancelled."""
        if self._fills.get(part.key) is job:
            del self._fills[part.key]
            document.give_up_fill(part)

    def _fill_failed(self, document: Document, part: Part, job: Job[Any], text: str) -> None:
        self._fill_stopped(document, part, job)
        self._session.error.emit(text)

    def close(self) -> None:
        """Ends the filler's child process; call after the worker is closed."""
        self.candidates.close()
        if self._fillers is not None:
            self._fillers.close()
            self._fillers = None


def _hole_name(document: Document, layer: Layer, part: Part) -> str:
    owners = [h.owner for h in layer.holes if h.id in part.holes and h.owner is not None]
    owner = document.state.layer(owners[-1]) if owners else None
    return owner.name if owner is not None else layer.name
