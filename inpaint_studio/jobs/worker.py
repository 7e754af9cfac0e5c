"""Runs jobs in four threads, so that clicks wait for no file, files for no fill, nor fills for minutes."""

from __future__ import annotations

import logging
import queue
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QThread, QTimer, Signal

from inpaint_studio.basics import Cancelled, StudioError
from inpaint_studio.basics.event import Event
from inpaint_studio.basics.memory import out_of_memory
from inpaint_studio.jobs.job import Ending, Job, JobContext, Lane

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

T = TypeVar("T")
Work: TypeAlias = "Callable[[JobContext], object]"
_Task: TypeAlias = "tuple[int, str, JobContext, Work]"
_PROGRESS_MS: Final = 50
_NO_MEMORY = (
    "There was not enough memory while {title}. Close other programs or use a smaller photo; "
    "nothing was changed."
)
_stuck: list[QThread] = []
"""Threads that did not end in time; kept, because freeing a running QThread ends the process."""


def _sentence(title: str, error: Exception) -> str:
    """What the user is told about an error that the work raised."""
    if isinstance(error, StudioError):
        return str(error)
    log.error("Job failed: %s", title, exc_info=error)
    phrase = title[:1].lower() + title[1:]
    if out_of_memory(error):
        return _NO_MEMORY.format(title=phrase)
    return f"Something went wrong while {phrase}; details are in the log."


class _LaneThread(QThread):
    """Runs what is put into its queue, one after the other, until it is given None."""

    def __init__(self, lane: Lane, tell: Callable[[int, str, object], None]) -> None:
        super().__init__()
        self.setObjectName(f"jobs-{lane}")
        self._tell = tell
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()

    def run(self) -> None:
        while (task := self.tasks.get()) is not None:
            number, title, context, work = task
            if not context.cancelled:
                self._tell(number, "begun", None)
                outcome = self._outcome(title, context, work)
                # Nobody waits for a cancelled job, and at the end there may be nobody to tell.
                if not context.cancelled:
                    self._tell(number, *outcome)
            # The work may hold a whole photo: not while waiting for the next task.
            del task, context, work

    @staticmethod
    def _outcome(title: str, context: JobContext, work: Work) -> tuple[str, object]:
        try:
            return "finished", work(context)
        except Cancelled:
            return "cancelled", None
        except Exception as error:  # noqa: BLE001 - logged in _sentence, and told to the user
            return "failed", _sentence(title, error)


class Worker(QObject):
    """Runs work in lanes, each a thread of its own, and no lane waits for another.

    To be used from the window's thread only. `close` it before the program ends.
    """

    _arrived = Signal(int, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active_changed: Event[[]] = Event()
        """A job came, began or ended."""
        self._jobs: dict[int, Job[Any]] = {}
        self._lanes: dict[Lane, _LaneThread] = {}
        self._next = 0
        self._closed = False
        # Emitted in the lanes' threads; queued to this object, so that the window's thread delivers.
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(_PROGRESS_MS)
        self._timer.timeout.connect(self._tell_progress)

    def submit(
        self,
        title: str,
        work: Callable[[JobContext], T],
        *,
        lane: Lane = "heavy",
        key: str = "",
        quiet: bool = False,
        writes: bool = False,
    ) -> Job[T]:
        """Runs `work` in a lane's thread and returns its job at once.

        A job with the same non-empty `key` that is not done is cancelled first. `quiet` jobs are not
        meant to be shown. One that `writes` a file is not ended by `cancel_all`. The title is a
        phrase such as "Filling behind “Tree”". Raises RuntimeError after `close`.
        """
        if self._closed:
            raise RuntimeError("the worker is closed")
        for older in [j for j in self._jobs.values() if key and j.key == key]:
            older.cancel()
        self._next += 1
        number, arrived = self._next, self._arrived
        context = JobContext(lambda result: arrived.emit(number, "partial", result))
        job: Job[T] = Job(title, context, self._drop, lane=lane, key=key, quiet=quiet, writes=writes)
        self._jobs[number] = job
        self._lane(lane).tasks.put((number, title, context, work))
        self._timer.start()
        self.active_changed.emit()
        return job

    def _lane(self, lane: Lane) -> _LaneThread:
        if lane not in self._lanes:
            thread = self._lanes[lane] = _LaneThread(lane, self._arrived.emit)
            prompt = lane in ("interactive", "file")
            thread.start(QThread.Priority.InheritPriority if prompt else QThread.Priority.LowPriority)
        return self._lanes[lane]

    def running(self) -> list[Job[Any]]:
        """Jobs that wait or run, oldest first."""
        return list(self._jobs.values())

    def writing(self) -> list[Job[Any]]:
        """Jobs that wait or run and write a file that the user asked for, oldest first."""
        return [job for job in self.running() if job.writes]

    def cancel_all(self) -> None:
        """Cancels all jobs but those that write a file."""
        for job in self.running():
            if not job.writes:
                job.cancel()

    def close(self, timeout: float = 5.0) -> bool:
        """Cancels all jobs and waits for the threads, at most `timeout` seconds; whether they ended.

        That goes for jobs that write a file too: wait for those, or ask the user, before.
        """
        self._closed = True
        for job in self.running():
            job.cancel()
        threads = list(self._lanes.values())
        self._lanes.clear()
        for thread in threads:
            thread.tasks.put(None)
        clock = QElapsedTimer()
        clock.start()
        late = [t for t in threads if not t.wait(max(0, round(timeout * 1000) - clock.elapsed()))]
        _stuck.extend(late)
        return not late

    def _forget(self, job: Job[Any]) -> None:
        job.done = True
        self._jobs = {n: j for n, j in self._jobs.items() if j is not job}
        if not self._jobs:
            self._timer.stop()

    def _drop(self, job: Job[Any]) -> None:
        job.context.stop()
        self._end(job, "cancelled")

    def _tell_progress(self) -> None:
        for job in self.running():
            job.tell_progress()

    def _deliver(self, number: int, event: str, payload: object) -> None:
        job = self._jobs.get(number)
        if job is None:
            return
        if event == "begun":
            job.begin()
            self.active_changed.emit()
        elif event == "partial":
            job.hand_over(payload)
        else:
            job.tell_progress()
            self._end(job, cast("Ending", event), payload)

    def _end(self, job: Job[Any], how: Ending, payload: object = None) -> None:
        if job.done:
            return
        self._forget(job)
        try:
            job.end(how, payload)
        finally:
            self.active_changed.emit()
