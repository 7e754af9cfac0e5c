"""From what the user points at to a selection: the first answer, the sharp one, the others, and undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.basics import FoundObject, Mask, message
from inpaint_studio.basics.event import Event
from inpaint_studio.jobs import Delay
from inpaint_studio.studio.find import Prompts, Proposal
from inpaint_studio.studio.selections import Combine, combined, found_on_canvas

if TYPE_CHECKING:
    from inpaint_studio.app.notices import Notices
    from inpaint_studio.app.selecting import Selecting
    from inpaint_studio.document import Change, Document
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
Select: TypeAlias = "Callable[[Mask, str, str], object]"
"""Makes a selection (canvas pixels) as a step with a name and a merge key."""


@dataclass(frozen=True, slots=True, eq=False)
class SelectionRequest:
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

    def clicked(self, x: float, y: float, belongs: bool) -> SelectionRequest:
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
    """What was proposed for a request, which of it is chosen, and the selection that it made."""

    request: SelectionRequest
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


class Prompting:
    """Makes a selection of what the user points at, one step of history each; sharper and other answers join
    that step.

    What the user undoes and redoes brings back the request behind it: the next click goes on from there.
    """

    def __init__(self, document: Document, selecting: Selecting, notices: Notices) -> None:
        self.changed: Event[[]] = Event()
        """Request or answer are others now."""
        self.request: SelectionRequest | None = None
        self.answer: Answer | None = None
        self._document, self._selecting, self._notices = document, selecting, notices
        self._select: Select | None = None
        self._kept: list[Answer] = []
        self._sharpening = False
        self._job: Job[Any] | None = None
        self._then: Callable[[], None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._later = Delay(self._sharpen, _SHARPEN_MS)

    @property
    def _selection(self) -> Mask | None:
        return self._document.state.selection

    def _would_merge(self, answer: Answer) -> bool:
        """Whether another selection for an answer would join the step of the one before."""
        steps = self._document.history.steps
        return bool(steps) and not self._document.can_redo and steps[-1].merge_key == answer.key

    @property
    def waiting(self) -> bool:
        """Whether the request is still to be answered."""
        return self.request is not None and (self.answer is None or self.answer.request is not self.request)

    @property
    def busy(self) -> bool:
        """Whether an answer, or a sharper one, is still to come."""
        return self.waiting or self._later.active or (self._job is not None and self._sharpening)

    # From the tool

    def resume(self, select: Select) -> None:
        """A tool that prompts is in hand: goes on from where the selection came from."""
        self._select = select
        if self._unsubscribe is None:
            self._unsubscribe = self._document.subscribe(self._follow)
        self._adopt()

    def pause(self) -> None:
        """The tool is laid aside."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self.drop()
        self.request = self.answer = None
        self.changed.emit()

    def prompt(self, request: SelectionRequest) -> None:
        """Answers a request: a found thing at once, else by the engine; a found area is the last choice."""
        self.drop()
        self.request = request
        found = request.found
        if found is not None and (found.kind == "thing" or not self._selecting.sharp):
            self._take(Answer(request, [self._seen(found)], sharp={0}))
        known = None if found is None else self._seen(found).mask
        self._start(
            self._selecting.select(request.prompts, known),
            partial(self._answered, request),
        )
        self.changed.emit()

    def _seen(self, found: FoundObject) -> Proposal:
        """A found object as it lies on the canvas."""
        return Proposal(found_on_canvas(self._document.state, found), found.score)

    def choose(self, step: int) -> bool:
        """Shows the next proposal, or the one before; False if there is no other."""
        answer = self.answer
        if answer is None or self.waiting or len(answer.proposals) < 2:
            return False
        self.drop()
        answer.chosen = (answer.chosen + step) % len(answer.proposals)
        if not self._would_merge(answer):
            answer.key = new_merge_key("select")
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
        self.request = self.answer.request if self.answer is not None else None

    def drop_request(self) -> None:
        """As `drop`, of the user's own will."""
        self.drop()
        self.changed.emit()

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
                self._notices.fail(text)
            self.changed.emit()
        elif then is not None and text:
            then()

    def _answered(self, request: SelectionRequest, proposals: list[Proposal]) -> None:
        self._job = None
        good = [p for p in proposals if np.count_nonzero(p.mask.crop > 127) >= _LEAST]
        if self.answer is not None and self.answer.request is request:
            self.answer.proposals += good[: _MOST - 1]
            self.changed.emit()
            return
        sharp = set[int]()
        if request.found is not None:
            good = [*good[: _MOST - 1], self._seen(request.found)]
            sharp = {len(good) - 1}
        if not good:
            self.drop()
            self._notices.tell(message("select.try_a_box"))
            self.changed.emit()
            return
        self._take(Answer(request, good[:_MOST], sharp=sharp))

    def _sharpen(self) -> None:
        answer = self.answer
        if answer is None or not self._would_merge(answer):
            return
        job = self._selecting.sharpen(answer.request.prompts, answer.proposals[answer.chosen])
        self._start(job, partial(self._sharpened, answer, answer.chosen), sharpening=True)

    def _sharpened(self, answer: Answer, number: int, proposal: Proposal) -> None:
        self._job = None
        if answer is not self.answer or number != answer.chosen:
            return
        answer.proposals[number] = proposal
        answer.sharp.add(number)
        then, self._then = self._then, None
        if self._selection is answer.selection and self._would_merge(answer):
            self._show(answer)
        if then is not None:
            then()

    # The selection

    def _take(self, answer: Answer) -> None:
        self.answer = answer
        answer.key = new_merge_key("select")
        self._show(answer)

    def _show(self, answer: Answer) -> None:
        request = answer.request
        mask = combined(request.before, answer.mask, request.how)
        # Known before the document tells of it, so that it is not taken for the user's doing.
        answer.selection = mask if mask else None
        assert self._select is not None
        self._select(mask, request.name, answer.key)
        self._keep(answer)
        self._sharpen_soon()
        then = None if self._later.active else self._then
        self.changed.emit()
        if then is not None:
            self._then = None
            then()

    def _sharpen_soon(self) -> None:
        answer = self.answer
        if answer is not None and self._selecting.sharp and answer.chosen not in answer.sharp:
            self._later.start()

    def _keep(self, answer: Answer) -> None:
        """Remembers an answer as long as undo or redo can bring its selection back."""
        steps = self._document.history.steps
        within = {id(step.after.selection) for step in steps if step.after.selection is not None}
        others = [a for a in self._kept if a is not answer and id(a.selection) in within]
        self._kept = [*others, answer]
        for old in self._kept[:-_WHOLE]:
            old.forget_others()

    def _follow(self, change: Change) -> None:
        shown = self.answer is not None and self.answer.selection is self._selection
        if change.selection and not shown:
            self.drop()
            self._adopt()

    def _adopt(self) -> None:
        selection = self._selection
        same = (a for a in reversed(self._kept) if selection is not None and a.selection is selection)
        self.answer = next(same, None)
        self.request = self.answer.request if self.answer is not None else None
        self._sharpen_soon()
        self.changed.emit()
