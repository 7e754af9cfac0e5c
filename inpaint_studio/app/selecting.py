"""Answers prompts about a document's picture, which is prepared once and kept until it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from inpaint_studio.basics import SubProgress, message
from inpaint_studio.basics.event import Event
from inpaint_studio.jobs import Delay
from inpaint_studio.render import render
from inpaint_studio.studio.find import Picker, Prompts, Proposal, selects_sharply

if TYPE_CHECKING:
    from inpaint_studio.app.notices import Notices
    from inpaint_studio.basics import Mask, Progress
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document import Change, Document, Snapshot
    from inpaint_studio.jobs import Job, JobContext, JobGroup

T = TypeVar("T")
_REST_MS = 250
"""The picture must have been at rest so long before it is prepared anew."""
_PREVIEW_MS = 25
"""No two previews follow each other faster."""
_SAME = 0.85
"""Masks with a larger IoU are one."""


class _Prepared:
    """A document's picture at one moment, prepared in the lane when it is first needed there."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot: Snapshot | None = snapshot
        self._pixels: Array | None = None
        self.picker: Picker | None = None

    def pixels(self) -> Array:
        """What the canvas shows, H×W×4 sRGB; for the lane only."""
        if self._pixels is None:
            assert self._snapshot is not None
            self._pixels, self._snapshot = render(self._snapshot, space="srgb").pixels, None
        return self._pixels

    def get(self, progress: Progress) -> Picker:
        """For the lane only."""
        if self.picker is None:
            self.picker = Picker(self.pixels(), progress=progress)
        return self.picker


class Selecting:
    """Answers prompts about one document's picture in the interactive lane; never in the window's thread.

    A click comes before hovering: while its job waits or runs there are no previews.
    """

    def __init__(self, document: Document, jobs: JobGroup, notices: Notices) -> None:
        self.previewed: Event[Mask | None] = Event()
        """What a click at the newest point would take."""
        self._document, self._jobs, self._notices = document, jobs, notices
        self._prepared: _Prepared | None = None
        self._held = False
        self._job: Job[Any] | None = None
        self._preparing: Job[None] | None = None
        self._previewing: Job[Mask | None] | None = None
        self._wanted: Prompts | None = None
        self._later = Delay(self._prepare)
        self._pace = Delay(self._preview, _PREVIEW_MS)
        self._unsubscribe = document.subscribe(self._changed)

    def close(self) -> None:
        self._unsubscribe()
        self._later.stop()
        self._pace.stop()

    # Preparing

    @property
    def is_ready(self) -> bool:
        """Whether the picture is prepared."""
        return self._prepared is not None and self._prepared.picker is not None

    @property
    def sharp(self) -> bool:
        """Whether answers can be sharpened and hovering is answered."""
        if self._prepared is not None and self._prepared.picker is not None:
            return self._prepared.picker.sharp
        return selects_sharply()

    @property
    def waiting(self) -> bool:
        """Whether a job of a click waits or runs."""
        return self._job is not None and not self._job.done

    def hold(self, on: bool) -> None:
        """Keeps the picture prepared, also when it changes, until `hold(False)`."""
        self._held = on
        if on:
            self._later.start(0)
        else:
            self._later.stop()

    def _changed(self, change: Change) -> None:
        if change.canvas or (change.rect[2] and change.rect[3]):
            self.renew()

    def renew(self) -> None:
        """What is prepared is not of use any more: the picture changed, or another selector answers."""
        self._prepared = None
        self.stop_preview()
        if self._preparing is not None:
            self._preparing.cancel()
        if self._held:
            self._later.start(_REST_MS)

    def _now(self) -> _Prepared:
        if self._prepared is None:
            self._prepared = _Prepared(self._document.snapshot())
        return self._prepared

    def _prepare(self) -> None:
        if self.is_ready:
            return
        prepared = self._now()

        def work(context: JobContext) -> None:
            prepared.get(context)

        title = message("job.preparing_to_select")
        self._preparing = self._jobs.submit(title, work, lane="interactive", key="prepare")
        self._preparing.finished.connect(self._is_prepared)
        self._preparing.failed.connect(self._notices.fail)

    def _is_prepared(self, _result: None) -> None:
        self._pace.start()

    # Clicks

    def select(self, prompts: Prompts, known: Mask | None = None) -> Job[list[Proposal]]:
        """A job whose result are proposals, the likeliest first; it ends the one before.

        Proposals that are nearly `known` are left out.
        """
        prepared = self._now()

        def work(context: JobContext) -> list[Proposal]:
            from inpaint_studio.studio.masks import overlap

            found = prepared.get(SubProgress(context, 0.0, 0.5)).select(prompts)
            return [p for p in found if known is None or overlap(p.mask, known) < _SAME]

        return self._submit(message("job.selecting"), work)

    def sharpen(self, prompts: Prompts, proposal: Proposal) -> Job[Proposal]:
        """A job whose result is the proposal with the finest edges; a later `select` ends it."""
        prepared = self._now()

        def work(context: JobContext) -> Proposal:
            return prepared.get(context).refine(prompts, proposal, progress=context)

        return self._submit(message("job.sharpening_selection"), work)

    def similar(self, x: float, y: float, tolerance: float, *, connected: bool) -> Job[Mask]:
        """A job whose result is what has about the colour at a canvas point; needs no network."""
        prepared = self._now()

        def work(context: JobContext) -> Mask:
            from inpaint_studio.studio.colour_range import similar

            pixels = prepared.pixels()
            return similar(pixels, int(x), int(y), tolerance, connected=connected, progress=context)

        return self._submit(message("job.selecting"), work)

    def subject(self) -> Job[Mask]:
        """A job whose result is the mask of what stands out."""
        prepared = self._now()

        def work(context: JobContext) -> Mask:
            picker = prepared.get(SubProgress(context, 0.0, 0.5))
            return picker.subject(progress=SubProgress(context, 0.5, 1.0))

        return self._submit(message("job.looking_for_subject"), work)

    def _submit(self, title: str, work: Callable[[JobContext], T]) -> Job[T]:
        self.stop_preview()
        self._later.stop()
        job = self._jobs.submit(title, work, lane="interactive", key="select")
        self._job = job
        job.finished.connect(self._preview_again)
        job.failed.connect(self._preview_again)
        job.cancelled.connect(self._preview_again)
        return job

    def _preview_again(self, _outcome: object = None) -> None:
        if self._wanted is not None:
            self._pace.start()

    # Hovering

    def preview(self, prompts: Prompts) -> None:
        """Asks what these prompts would take; `previewed` follows, unless newer prompts come before."""
        self._wanted = prompts
        if not self._pace.active:
            self._pace.start()

    def stop_preview(self) -> None:
        """The pointer has left: what is still computed about it is dropped."""
        self._wanted = None
        if self._previewing is not None:
            self._previewing.cancel()
            self._previewing = None

    def _preview(self) -> None:
        picker = None if self._prepared is None else self._prepared.picker
        wanted = self._wanted
        if wanted is None or picker is None or not picker.sharp or self.waiting:
            return
        if self._previewing is not None:
            return

        def work(_context: JobContext) -> Mask | None:
            seen = picker.glance(wanted)
            return None if seen is None else seen.mask

        job = self._previewing = self._jobs.submit(
            message("job.previewing"), work, lane="interactive", quiet=True
        )
        job.finished.connect(partial(self._show_preview, wanted))
        # Nothing to be taken there is no news while one only points.
        job.failed.connect(lambda _text: self._show_preview(wanted, None))

    def _show_preview(self, prompts: Prompts, mask: Mask | None) -> None:
        self._previewing = None
        if self._wanted == prompts or (self._wanted is not None and _still_on(mask, self._wanted)):
            self.previewed.emit(mask)
        if self._wanted is not None and self._wanted != prompts:
            self._pace.start()


def _still_on(mask: Mask | None, prompts: Prompts) -> bool:
    """Whether the newest point lies on what an older one would have taken."""
    if mask is None or not prompts.points:
        return False
    return mask.covers(*prompts.points[-1])
