"""Doing the tasks of a batch in processes of their own: a photo that brings one down costs only itself."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Final

from inpaint_studio.basics import StudioError
from inpaint_studio.studio.batch.actions import Options, perform
from inpaint_studio.studio.batch.plan import Task

log = logging.getLogger(__name__)

_WAITING: Final = 2
"""Tasks handed to each process ahead of time."""
_RENEWED_AFTER: Final = 100
"""Photos after which a process is replaced: what libraries keep does not add up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task; `error` is "" where its result is written, else a sentence."""

    task: Task
    error: str


Late = Callable[[Outcome], None]
"""Told what came of tasks that were under way when the rest was given up."""


def _start(threads: int) -> None:
    """A process gets its share of the cores, and tidies up when the pool ends it as another one crashed."""
    import cv2

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    cv2.setNumThreads(threads)


def do(task: Task, action: str, options: Options) -> Outcome:
    """One task, here and now; never raises."""
    try:
        perform(action, task.source, task.target, options)
    except StudioError as error:
        return Outcome(task, str(error))
    except MemoryError:
        return Outcome(task, "There was not enough memory; use fewer processes.")
    except Exception as error:
        log.exception("Batch failed for a photo")
        return Outcome(
            task, f"Something went wrong ({error or type(error).__name__}); details are in the log."
        )
    return Outcome(task, "")


def run(
    tasks: Sequence[Task], action: str, options: Options, processes: int = 1, late: Late | None = None
) -> Generator[Outcome]:
    """Does all tasks and gives each outcome as it comes, in any order.

    Closing the iterator stops: tasks that run are finished and told to `late`, no others are begun.
    """
    left, crashed = list(reversed(tasks)), list[Task]()
    while left:
        yield from _until_a_crash(left, crashed, action, options, processes, late)
    # One after the other: each that brings its process down again is told.
    for task in crashed:
        alone, again = [task], list[Task]()
        yield from _until_a_crash(alone, again, action, options, 1, late)
        if again:
            yield Outcome(
                task, "The program ended badly on this photo; there may be too little memory for it."
            )


def _until_a_crash(
    left: list[Task],
    crashed: list[Task],
    action: str,
    options: Options,
    processes: int,
    late: Late | None,
) -> Generator[Outcome]:
    """Does tasks from the end of `left`; those under way when a process dies go into `crashed`."""
    threads = max(1, (os.cpu_count() or 1) // processes)
    pool = ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("spawn"),
        _start,
        (threads,),
        max_tasks_per_child=_RENEWED_AFTER,
    )
    running: dict[Future[Outcome], Task] = {}
    try:
        while left or running:
            while left and len(running) < _WAITING * processes:
                running[pool.submit(do, left[-1], action, options)] = left[-1]
                left.pop()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                outcome = future.result()
                del running[future]
                yield outcome
    except BrokenProcessPool:
        crashed += running.values()
    finally:
        pool.shutdown(cancel_futures=True)
        for future in running:
            if late is not None and future.done() and not future.cancelled() and future.exception() is None:
                late(future.result())
