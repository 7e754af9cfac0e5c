"""Fills in a process of their own, which tells seconds and memory and can be ended."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb() -> float:
    """The most memory that this process, or a program that it started, has held since `restart_peak`."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    programs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    if _STATUS.exists():
        # On Linux ru_maxrss starts with what the parent held.
        line = next(text for text in _STATUS.read_text().splitlines() if text.startswith("VmHWM"))
        own = int(line.split()[1]) * 1024
    return max(own, programs) / 2**20


def restart_peak() -> None:
    """Forgets the peak so far, where the system can."""
    with suppress(OSError):
        _RESET.write_text("5")


def serve(pipe: Connection) -> None:
    """The child's life: runs functions until the pipe ends; answers with (result, seconds, MB) or a text."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            function, arguments = pipe.recv()
            restart_peak()
            start = time.perf_counter()
            try:
                answer: Any = function(*arguments)
                pipe.send((answer, time.perf_counter() - start, peak_mb()))
            except Exception as error:  # noqa: BLE001 - the table shows what went wrong
                pipe.send(f"{type(error).__name__}: {error}")


class Child:
    """A process that runs one call after another; to be used with `with`."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # Not a daemon: our fillers may start a process of their own.
        self._process = context.Process(target=serve, args=(theirs,))
        self._process.start()
        theirs.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[..., Any], *arguments: Any, limit: float) -> tuple[Any, float, float]:
        """(result, seconds, peak MB). Raises StudioError if it failed or took longer than `limit` seconds."""
        try:
            self._pipe.send((function, arguments))
            if not self._pipe.poll(limit):
                raise StudioError(f"ended after {limit:.0f} s")
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise StudioError("the process ended by itself") from error
        if isinstance(answer, str):
            raise StudioError(answer)
        return answer[0], answer[1], answer[2]

    def close(self) -> None:
        """Ends the process, at once if it is busy."""
        self._pipe.close()
        self._process.join(1.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
