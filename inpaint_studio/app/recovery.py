"""Keeps recovery data of what is open, so that a crash, a power cut or a kill costs seconds of work."""

from __future__ import annotations

import hashlib
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inpaint_studio.basics import StudioError, message
from inpaint_studio.files import journal
from inpaint_studio.files.journal import Belonging, Found, Journal
from inpaint_studio.jobs import Delay

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Photo, Snapshot
    from inpaint_studio.jobs import Job, JobContext, JobGroup

__all__ = ["Found", "Recovery", "discard", "left_behind", "recovery_folder", "restored"]

log = logging.getLogger(__name__)

_SOON_MS: Final = 3000


def recovery_folder() -> Path:
    """Where the recovery data of this user lies, whether or not there is any."""
    from platformdirs import user_state_path

    return user_state_path("inpaint-studio", appauthor=False) / "recovery"


def left_behind() -> list[Found]:
    """What programs that run no more have left, the newest first."""
    return journal.left_behind(recovery_folder())


class Recovery:
    """Keeps one open document's recovery data. For the window's thread only, but for `write_now`."""

    def __init__(self, document: Document, jobs: JobGroup, path: Path | None) -> None:
        """`path` is the document's project file, None for a photo."""
        self._document, self._jobs, self._path = document, jobs, path
        self.delay_ms = _SOON_MS
        """A change is on the disk so much later, and the time that writing takes."""
        self._soon = Delay(self._begin, _SOON_MS)
        self._writing: Job[None] | None = None
        self._journal: Journal | None = None
        self._lock = threading.Lock()
        self._digest = ""
        self._closed = False
        self._unsubscribe = document.subscribe(self._changed)

    def _changed(self, _change: object) -> None:
        # Not put off by the next change: while someone works without a pause there is data, too.
        if not self._soon.active:
            self._soon.start(self.delay_ms)

    def _begin(self) -> None:
        if self._writing is not None and not self._writing.done:
            self._soon.start()
        elif self._document.modified:
            self._submit()
        else:
            self._drop()

    def _submit(self) -> Job[None]:
        snapshot, photo, path = self._document.snapshot(), self._document.photo, self._path

        def work(_context: JobContext) -> None:
            self._write(snapshot, photo, path)

        self._writing = self._jobs.submit(message("job.keeping_recovery"), work, lane="journal", quiet=True)
        return self._writing

    def _write(self, snapshot: Snapshot, photo: Photo, path: Path | None) -> None:
        with self._lock:
            try:
                if self._journal is None:
                    self._journal = Journal(recovery_folder())
                if path is not None and not self._digest:
                    self._digest = _digest(path)
                name = photo.name if path is None else path.name
                self._journal.write(snapshot, photo, Belonging(name, str(path or ""), self._digest))
            except (StudioError, OSError) as error:
                # Work goes on without it; telling it again and again would help nobody.
                log.warning("Recovery data could not be kept: %s", error)
        if self._closed:
            self._drop()

    def write_now(self) -> None:
        """Writes at once, in the calling thread: the program is about to end. Never raises StudioError."""
        if self._document.modified:
            self._write(self._document.snapshot(), self._document.photo, self._path)

    def take_over(self, found: Found) -> None:
        """The document was restored: it is kept anew, then what was left behind goes."""
        self._submit().finished.connect(lambda _none: journal.discard(found.folder))

    def saved(self, path: Path) -> None:
        """The document is in this file now; what was kept is not needed any more."""
        self._path, self._digest = path, ""
        if not self._document.modified:
            self._drop()

    def close(self) -> None:
        """The document was closed on purpose."""
        self._unsubscribe()
        self._soon.stop()
        self._closed = True
        self._drop()

    def _drop(self) -> None:
        # Who is writing now sees to it afterwards; the window does not wait for that.
        if self._lock.acquire(blocking=False):
            try:
                if self._journal is not None:
                    self._journal.remove()
                    self._journal = None
            finally:
                self._lock.release()


def _digest(path: Path) -> str:
    """The SHA-256 of a file, "" if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def restored(found: Found) -> tuple[Document, Path | None, list[str]]:
    """The document that was left behind, its project file if that is still there, and notices for the user.

    For a worker. Raises StudioError if the data is damaged; it is set aside then.
    """
    try:
        document, belonging = journal.restore(found.folder)
    except StudioError:
        journal.set_aside(recovery_folder(), found.folder)
        raise
    document.mark_unsaved()
    path = Path(belonging.path) if belonging.path else None
    notices: list[str] = []
    if path is not None and _digest(path) != belonging.sha256:
        notices.append(
            f"“{path.name}” was changed or moved since: save the restored work under another name."
        )
        path = None
    return document, path, notices


def discard(found: Found) -> None:
    """Deletes what was left behind."""
    journal.discard(found.folder)
