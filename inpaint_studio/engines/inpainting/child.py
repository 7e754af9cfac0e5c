"""A warm child process for PatchMatch, which can be ended at any moment when the user cancels.

Pieces are small (a few hundred kilobytes), so they travel through the pipe: nothing to leak, and a child
whose parent is gone reads the end of the pipe and ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from typing import TYPE_CHECKING

from inpaint_studio.basics import StudioError, message
from inpaint_studio.engines.inpainting.pieces import Array, Piece, run_piece

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from inpaint_studio.basics import Progress

_POLL_SECONDS = 0.05


def serve(pipe: Connection) -> None:
    """The child's life: answers pieces until the pipe ends. An answer is an array or an error's text."""
    # Ctrl+C in a terminal reaches the whole group; the parent decides when its child ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        while True:
            piece: Piece = pipe.recv()
            try:
                answer: Array | str = run_piece(piece)
            except Exception as error:  # noqa: BLE001 - the parent turns it into a StudioError
                answer = f"{type(error).__name__}: {error}"
            pipe.send(answer)


class ChildProcess:
    """Runs pieces in a child process that is started once and kept warm.

    While the child works, `progress.report` is called every 50 ms; when that raises, the child is killed
    and the next one boots in the background. A child that died is replaced and the piece run once more.
    One piece at a time; a second thread waits.
    """

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._turn = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Boots the child without waiting for it; `run` does so by itself where needed."""
        if self._process is not None and self._process.is_alive():
            return
        self._end()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True, name="patchmatch")
        self._process.start()
        # Without this copy closed, the death of the child would never be seen as the end of the pipe.
        theirs.close()

    def run(self, piece: Piece, progress: Progress) -> Array:
        """The painted pixels, H×W×3 uint8. Raises Cancelled, or StudioError if it failed twice."""
        with self._turn:
            for _ in range(2):
                self.start()
                with contextlib.suppress(EOFError, OSError):
                    return self._ask(piece, progress)
        raise StudioError(message("fill.stopped_twice"))

    def close(self) -> None:
        """Ends the child and waits for it."""
        with self._turn:
            self._end()

    def _ask(self, piece: Piece, progress: Progress) -> Array:
        assert self._pipe is not None
        try:
            self._pipe.send(piece)
            progress.report(0.0)
            while not self._pipe.poll(_POLL_SECONDS):
                progress.report(0.5)
            answer: Array | str = self._pipe.recv()
        except (EOFError, OSError):
            self._end()
            raise
        except BaseException:
            self._end()
            self.start()
            raise
        if isinstance(answer, str):
            raise StudioError(message("fill.failed_because", answer=answer))
        progress.report(1.0)
        return answer

    def _end(self) -> None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()
