"""A whole batch: planned, done, and noted in its ledger as it goes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from inpaint_studio.basics import StudioError, message
from inpaint_studio.studio.batch.actions import Options
from inpaint_studio.studio.batch.ledger import Ledger
from inpaint_studio.studio.batch.plan import Task, inputs_in, plan
from inpaint_studio.studio.batch.processes import Late, Outcome, run
from inpaint_studio.studio.fill import check_filler
from inpaint_studio.studio.save import check_folder


class Runner(Protocol):
    """Does tasks of an action and gives each outcome as it comes; `late` as `processes.run`."""

    def __call__(
        self, tasks: Sequence[Task], action: str, options: Options, *, late: Late
    ) -> Generator[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: photos and folders of photos, the folder of the results, what is done to each.

    `existing` is one of `EXISTING`.
    """

    photos: tuple[Path, ...]
    folder: Path
    action: str
    options: Options
    existing: str = "stop"


class Batch:
    """What an order comes to; made, it has written nothing yet."""

    def __init__(self, order: Order) -> None:
        """Raises StudioError for what can't be done at all, and for results that are there already."""
        check_filler(order.options.filler)
        masks = order.options.mask_dir
        if masks and not Path(masks).is_dir():
            raise StudioError(message("folder.not_there", folder=masks))
        check_folder(order.folder if order.folder.exists() else order.folder.absolute().parent)
        self._order, self._ledger = order, Ledger(order.folder)
        self.tasks, self.left_out = plan(
            inputs_in(order.photos), order.folder, order.action, order.options, order.existing, self._ledger
        )

    def outcomes(self, runner: Runner) -> Generator[Outcome]:
        """Does all tasks and gives each outcome as it comes; closing the iterator stops."""
        self._order.folder.mkdir(exist_ok=True)
        order = self._order
        with closing(runner(self.tasks, order.action, order.options, late=self._note)) as outcomes:
            for outcome in outcomes:
                self._note(outcome)
                yield outcome

    def _note(self, outcome: Outcome) -> None:
        if not outcome.error:
            self._ledger.note(outcome.task.key, outcome.task.source, outcome.task.target)


def in_processes(count: int) -> Runner:
    """Does tasks in so many processes of this machine."""
    return partial(run, processes=count)
