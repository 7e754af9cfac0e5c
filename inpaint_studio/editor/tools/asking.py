"""From what the user points at to a selection: the first answer, the sharp one, the others, and undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from inpaint_studio.basics import FoundObject, Mask, message
from inpaint_studio.editor.following import follow
from inpaint_studio.studio.find import Prompts, Proposal
from inpaint_studio.studio.selections import Combine, combined

if TYPE_CHECKING:
    from inpaint_studio.document import Change
    from inpaint_studio.editor.tools.base import Desk
    from inpaint_studio.jobs import Job

_LEAST = 16
"""A proposal of fewer well covered pixels is nothing that could be seen."""
_MOST = 3
_SHARPEN_MS = 120
"""Sharpening waits so long for a further click, which it would delay."""
_WHOLE = 6
"""So many answers keep what else they proposed; older ones only what was chosen."""
STEPS: dict[str, str] = {
    "add": message("step.select_add"),
    "subtract": message("step.select_subtract"),
    "intersect": message("step.select_intersect"),
}
"""Names of steps that go on from a selection."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What the user pointed at for one object, and how the answer joins the selection there was before.

    `clicks` are x, y and 1 (belongs) or 0. `found` is what a finder saw under the only click.
    """

    how: Combine
    before: Mask | None
    name: str = message("step.select_object")
    clicks: tuple[tuple[float, float, int], ...] = ()
    box: tuple[float, float, float, float] | None = None
    lasso: tuple[tuple[float, float], ...] = ()
    found: FoundObject | None = None

    def clicked(self, x: float, y: float, belongs: bool) -> Wish:
        """The same with one more click."""
        name = STEPS["add" if belongs else "subtract"]
        return replace(self, name=name, clicks=(*self.clicks, (x, y, int(belongs))), found=None)

    @property
    def prompts(self) -> Prompts:
        points = tuple((x, y) for x, y, _ in self.clicks)
        labels = tuple(label for _, _, label in self.clicks)
        return Prompts(points=points, labels=labels, box=self.box, lasso=self.lasso)


@dataclass(slots=True, eq=False)
class Answer:
    """What was proposed for a wish, which of it is chosen, and the selection that it made."""

    wish: Wish
    proposals: list[Proposal]
    chosen: int = 0
    sharp: set[int] = field(default_factory=set)
    """Numbers of the proposals whose edges are as fine as can be."""
    selection: Mask | None = None
    key: str = ""
    """What further changes of its step of history merge by."""

    @property
    def mask(self) -> Mask:
        return self.proposals[self.chosen].mask

    def forget_others(self) -> None:
        self.sharp = {0} if self.chosen in self.sharp else set()
        self.proposals, self.chosen = [self.proposals[self.chosen]], 0


class Asking(QObject):
    """Makes a selection of a wish, one step of history each; sharper and other answers join that step.

    What the user undoes and redoes brings back the wish behind it: the next click goes on from there.
    """

    changed = Signal()
    """Wish or answer are others now."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._picking = desk.session, desk.picking
        self.wish: Wish | None = None
        self.answer: Answer | None = None
        self._kept: list[Answer] = []
        self._showing = self._awake = self._sharpening = False
        self._job: Job[Any] | None = None
        self._then: Callable[[], None] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SHARPEN_MS)
        self._later.timeout.connect(self._sharpen)
        follow(self, desk.session.changed, self._follow)
        follow(self, desk.session.replaced, self._replaced)

    @property
    def _selection(self) -> Mask | None:
        document = self._session.document
        return document.state.selection if document is not None else None

    @property
    def waiting(self) -> bool:
        """Whether the wish is still to be answered."""
        return self.wish is not None and (self.answer is None or self.answer.wish is not self.wish)

    @property
    def busy(self) -> bool:
        """Whether an answer, or a sharper one, is still to come."""
        return self.waiting or self._later.isActive() or (self._job is not None and self._sharpening)

    # From the tool

    def wake(self) -> None:
        """The tool is in hand: goes on from where the selection came from."""
        self._awake = True
        self._adopt()

    def sleep(self) -> None:
        """The tool is laid aside."""
        self._awake = False
        self.drop()
        self.wish = self.answer = None
        self.changed.emit()

    def ask(self, wish: Wish) -> None:
        """Answers a wish: a found thing at once, else by the engine; a found area is the last choice."""
        self.drop()
        self.wish = wish
        found = wish.found
        if found is not None and (found.kind == "thing" or not self._picking.sharp):
            self._take(Answer(wish, [Proposal(found.mask, found.score)], sharp={0}))
        self._start(
            self._picking.ask(wish.prompts, found.mask if found is not None else None),
            partial(self._answered, wish),
        )
        self.changed.emit()

    def choose(self, step: int) -> bool:
        """Shows the next proposal, or the one before; False if there is no other."""
        answer = self.answer
        if answer is None or self.waiting or len(answer.proposals) < 2:
            return False
        self.drop()
        answer.chosen = (answer.chosen + step) % len(answer.proposals)
        if not self._session.amendable(answer.key):
            answer.key = self._session.drag_key("select")
        self._show(answer)
        return True

    def when_done(self, action: Callable[[], None]) -> None:
        """Does something with the selection as soon as it is sharp; nothing if the user goes on first."""
        if self.busy:
            self._then = action
        else:
            action()

    def drop(self) -> None:
        """What is still to come is not wanted any more."""
        self._later.stop()
        job, self._job, self._then = self._job, None, None
        if job is not None:
            job.cancel()
        self.wish = self.answer.wish if self.answer is not None else None

    # Jobs

    def _start(self, job: Job[Any], done: Callable[[Any], None], *, sharpening: bool = False) -> None:
        self._job, self._sharpening = job, sharpening
        job.finished.connect(done)
        job.failed.connect(partial(self._ended, job))
        job.cancelled.connect(partial(self._ended, job, ""))

    def _ended(self, job: Job[Any], text: str) -> None:
        """Without an answer."""
        if job is not self._job:
            return
        first, then = self.waiting, self._then
        self.drop()
        if first:
            if text:
                self._session.error.emit(text)
            self.changed.emit()
        elif then is not None and text:
            then()

    def _answered(self, wish: Wish, proposals: list[Proposal]) -> None:
        self._job = None
        good = [p for p in proposals if np.count_nonzero(p.mask.crop > 127) >= _LEAST]
        if self.answer is not None and self.answer.wish is wish:
            self.answer.proposals += good[: _MOST - 1]
            self.changed.emit()
            return
        sharp = set[int]()
        if wish.found is not None:
            good = [*good[: _MOST - 1], Proposal(wish.found.mask, wish.found.score)]
            sharp = {len(good) - 1}
        if not good:
            self.drop()
            self._session.message.emit("Nothing was found there; try a box round the object.")
            self.changed.emit()
            return
        self._take(Answer(wish, good[:_MOST], sharp=sharp))

    def _sharpen(self) -> None:
        answer = self.answer
        if answer is None or not self._session.amendable(answer.key):
            return
        job = self._picking.sharpen(answer.wish.prompts, answer.proposals[answer.chosen])
        self._start(job, partial(self._sharpened, answer, answer.chosen), sharpening=True)

    def _sharpened(self, answer: Answer, number: int, proposal: Proposal) -> None:
        self._job = None
        if answer is not self.answer or number != answer.chosen:
            return
        answer.proposals[number] = proposal
        answer.sharp.add(number)
        then, self._then = self._then, None
        if self._selection is answer.selection and self._session.amendable(answer.key):
            self._show(answer)
        if then is not None:
            then()

    # The selection

    def _take(self, answer: Answer) -> None:
        self.answer = answer
        answer.key = self._session.drag_key("select")
        self._show(answer)

    def _show(self, answer: Answer) -> None:
        wish = answer.wish
        self._showing = True
        mask = combined(wish.before, answer.mask, wish.how)
        self._session.perform("selection.set", merge_key=answer.key, mask=mask, step=wish.name)
        self._showing = False
        answer.selection = self._selection
        self._keep(answer)
        self._sharpen_soon()
        then = None if self._later.isActive() else self._then
        self.changed.emit()
        if then is not None:
            self._then = None
            then()

    def _sharpen_soon(self) -> None:
        answer = self.answer
        if answer is not None and self._picking.sharp and answer.chosen not in answer.sharp:
            self._later.start()

    def _keep(self, answer: Answer) -> None:
        """Remembers an answer as long as undo or redo can bring its selection back."""
        document = self._session.document
        steps = document.history.steps if document is not None else []
        within = {id(step.after.selection) for step in steps if step.after.selection is not None}
        others = [a for a in self._kept if a is not answer and id(a.selection) in within]
        self._kept = [*others, answer]
        for old in self._kept[:-_WHOLE]:
            old.forget_others()

    def _follow(self, change: Change) -> None:
        if self._awake and change.selection and not self._showing:
            self.drop()
            self._adopt()

    def _adopt(self) -> None:
        selection = self._selection
        same = (a for a in reversed(self._kept) if selection is not None and a.selection is selection)
        self.answer = next(same, None)
        self.wish = self.answer.wish if self.answer is not None else None
        self._sharpen_soon()
        self.changed.emit()

    def _replaced(self) -> None:
        self._kept = []
        self.answer = self.wish = None
        self.drop()
        self.changed.emit()
