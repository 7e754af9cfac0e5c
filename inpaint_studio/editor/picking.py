"""Prompts answered behind the window: what the canvas shows is prepared once and kept until it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from inpaint_studio.basics import SubProgress
from inpaint_studio.basics.mask import Array
from inpaint_studio.document import Change
from inpaint_studio.editor.following import follow
from inpaint_studio.render import to_srgb
from inpaint_studio.studio.find import Picker, Prompts, Proposal, selects_sharply

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask, Progress
    from inpaint_studio.document import State
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.session import Session
    from inpaint_studio.jobs.job import Job, JobContext

_REST_MS = 250
"""The canvas must have been at rest so long before it is prepared anew."""
_GLANCE_MS = 25
"""No two glances follow each other faster."""
_SAME = 0.85
"""Masks with a larger IoU are one."""


class _Shown:
    """What the canvas shows at one moment; prepared in the lane when it is first needed there."""

    def __init__(self, pixels: Callable[[], Array]) -> None:
        """`pixels` gives what is shown as RGB in sRGB; called in the lane."""
        self._pixels: Callable[[], Array] | None = pixels
        self.picker: Picker | None = None

    def prepared(self, progress: Progress) -> Picker:
        if self.picker is None:
            assert self._pixels is not None
            picker = Picker(self._pixels(), progress=progress)
            self.picker, self._pixels = picker, None
        return self.picker


def _only_backdrop(state: State) -> Array | None:
    """The backdrop's own pixels if the canvas shows nothing but them."""
    backdrop, *others = state.tree.layers
    resting = state.tree.at_home
    height, width = backdrop.source.shape[:2]
    plain = backdrop.visible and backdrop.opacity == 1 and backdrop.blend == "normal"
    bare = backdrop.mask is None and backdrop.colours is None
    whole = backdrop.transform.whole_shift == (0, 0) and state.canvas == (0, 0, width, height)
    closed = all(h.owner in resting for h in backdrop.holes)
    alone = all(x.id in resting or not x.visible for x in others)
    return backdrop.source if plain and bare and whole and closed and alone else None


def _on_grey(bgra: Array) -> Array:
    """Premultiplied BGRA as RGB, what is see-through laid on grey."""
    import cv2

    rgb = np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB), np.uint8)
    clear = 255 - bgra[..., 3:]
    return rgb + ((clear.astype(np.uint16) * 128 + 127) // 255).astype(np.uint8) if clear.any() else rgb


class Picking(QObject):
    """Answers prompts about what the canvas shows, in the interactive lane; never on the window's thread.

    A click comes before hovering: while its job waits or runs there are no glances.
    """

    ready = Signal()
    """What is shown is prepared."""
    glanced = Signal(object)
    """The Mask that a click at the newest point would take, or None."""

    def __init__(self, session: Session, scene: Scene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._scene = session, scene
        self._shown: _Shown | None = None
        self._held = False
        self._job: Job[Any] | None = None
        self._preparing: Job[Any] | None = None
        self._looking: tuple[Prompts, Job[Any]] | None = None
        self._wanted: Prompts | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._prepare)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_GLANCE_MS)
        self._pace.timeout.connect(self._look)
        follow(self, session.changed, self._changed)
        follow(self, session.replaced, self._forget)

    # Preparing

    @property
    def is_ready(self) -> bool:
        """Whether what is shown is prepared."""
        return self._shown is not None and self._shown.picker is not None

    @property
    def sharp(self) -> bool:
        """Whether answers can be sharpened and hovering is answered."""
        if self._shown is not None and self._shown.picker is not None:
            return self._shown.picker.sharp
        return selects_sharply()

    @property
    def waiting(self) -> bool:
        """Whether a job of a click waits or runs."""
        return self._job is not None and not self._job.done

    def hold(self, on: bool) -> None:
        """Keeps what is shown prepared, also when it changes, until `hold(False)`."""
        self._held = on
        if on:
            self._later.start(0)
        else:
            self._later.stop()

    def _changed(self, change: Change) -> None:
        if change.canvas or (change.rect[2] and change.rect[3]):
            self._forget()

    def _forget(self) -> None:
        self._shown = None
        self.look_away()
        if self._preparing is not None:
            self._preparing.cancel()
        if self._held:
            self._later.start(_REST_MS)

    def _now(self) -> _Shown:
        if self._shown is None:
            document = self._session.document
            assert document is not None
            source = _only_backdrop(document.state)
            # Copying a composed picture takes as long as some frames; the backdrop's pixels never change.
            if source is not None:
                self._shown = _Shown(partial(to_srgb, source, document.photo.icc))
            else:
                self._shown = _Shown(partial(_on_grey, self._scene.pixels()))
        return self._shown

    def _prepare(self) -> None:
        if self._session.document is None or self.is_ready:
            return
        shown = self._now()

        def work(context: JobContext) -> None:
            shown.prepared(context)

        title = "Getting ready to select"
        self._preparing = self._session.worker.submit(title, work, lane="interactive", key="prepare")
        self._preparing.finished.connect(self._is_prepared)
        self._preparing.failed.connect(self._session.error.emit)

    def _is_prepared(self, _result: object) -> None:
        self.ready.emit()
        self._pace.start()

    # Clicks

    def ask(self, prompts: Prompts, known: Mask | None = None) -> Job[Any]:
        """A job whose result is a list of Proposal, the likeliest first; it ends the one before.

        Proposals that are nearly `known` are left out. To be called with a document.
        """
        shown = self._now()

        def work(context: JobContext) -> list[Proposal]:
            from inpaint_studio.studio.masks import overlap

            found = shown.prepared(SubProgress(context, 0.0, 0.5)).select(prompts)
            return [p for p in found if known is None or overlap(p.mask, known) < _SAME]

        return self._submit("Selecting", work)

    def sharpen(self, prompts: Prompts, proposal: Proposal) -> Job[Any]:
        """A job whose result is the Proposal with the finest edges; a later `ask` ends it."""
        shown = self._now()

        def work(context: JobContext) -> Proposal:
            return shown.prepared(context).refine(prompts, proposal, progress=context)

        return self._submit("Sharpening the selection", work)

    def subject(self) -> Job[Any]:
        """A job whose result is the Mask of what stands out."""
        shown = self._now()

        def work(context: JobContext) -> Mask:
            picker = shown.prepared(SubProgress(context, 0.0, 0.5))
            return picker.subject(progress=SubProgress(context, 0.5, 1.0))

        return self._submit("Looking for what stands out", work)

    def _submit(self, title: str, work: Callable[[JobContext], object]) -> Job[Any]:
        self.look_away()
        self._later.stop()
        job = self._job = self._session.worker.submit(title, work, lane="interactive", key="select")
        for ended in (job.finished, job.failed, job.cancelled):
            ended.connect(self._look_again)
        return job

    def _look_again(self, *_: object) -> None:
        if self._wanted is not None:
            self._pace.start()

    # Hovering

    def look(self, prompts: Prompts) -> None:
        """Asks what these prompts would take; `glanced` follows, unless newer prompts come before."""
        self._wanted = prompts
        if not self._pace.isActive():
            self._pace.start()

    def look_away(self) -> None:
        """The pointer has left: what is still computed about it is dropped."""
        self._wanted = None
        if self._looking is not None:
            self._looking[1].cancel()
            self._looking = None

    def _look(self) -> None:
        shown, wanted = self._shown, self._wanted
        if wanted is None or shown is None or shown.picker is None or self.waiting:
            return
        if self._looking is not None or not shown.picker.sharp:
            return
        picker = shown.picker

        def work(context: JobContext) -> Mask | None:
            seen = picker.glance(wanted)
            return None if seen is None else seen.mask

        job = self._session.worker.submit("Looking", work, lane="interactive", quiet=True)
        self._looking = wanted, job
        job.finished.connect(partial(self._seen, wanted))
        # Nothing to be taken there is no news while one only points.
        job.failed.connect(partial(self._seen, wanted, None))

    def _seen(self, prompts: Prompts, mask: Mask | None, _text: str = "") -> None:
        self._looking = None
        if self._wanted == prompts or (self._wanted is not None and _still_on(mask, self._wanted)):
            self.glanced.emit(mask)
        if self._wanted is not None and self._wanted != prompts:
            self._pace.start()


def _still_on(mask: Mask | None, prompts: Prompts) -> bool:
    """Whether the newest point lies on what an older one would have taken."""
    if mask is None or not prompts.points:
        return False
    x, y = prompts.points[-1]
    return bool(mask.window((int(x), int(y), 1, 1))[0, 0] > 127)
