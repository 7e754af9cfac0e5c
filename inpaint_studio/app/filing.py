"""Opens and saves files, and remembers which."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inpaint_studio.app.recovery import Found, restored
from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.document import Photo
from inpaint_studio.resources import resource
from inpaint_studio.studio import lift
from inpaint_studio.studio.open import PROJECT_SUFFIX

if TYPE_CHECKING:
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.settings import Settings
    from inpaint_studio.app.workspace import Workspace
    from inpaint_studio.document import Document, State
    from inpaint_studio.jobs import Job, JobContext

_RECENT = 12


def is_project(path: Path) -> bool:
    """Whether a file is one of ours by its name."""
    return path.suffix.lower() == PROJECT_SUFFIX


class Filing:
    """Reads and writes in the file lane; what it reads is put into the workspace. Asks nobody anything."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self.recent_changed: Event[[]] = Event()
        self._workspace, self._settings = workspace, settings

    # What is remembered

    @property
    def recent(self) -> list[str]:
        """Paths of files, the newest first."""
        return self._settings.texts("recent")

    @property
    def folder(self) -> Path:
        """Where the last photo or project came from; the program's own samples do not count."""
        return Path(self._settings.text("folder", str(Path.home())))

    def _remember(self, path: Path) -> None:
        kept = [p for p in self.recent if p != str(path)]
        self._settings.keep("recent", [str(path), *kept][:_RECENT])
        self.recent_changed.emit()

    @property
    def open_files(self) -> list[str]:
        """Paths of the files whose documents are open."""
        return [str(each.file) for each in self._workspace.documents if each.file is not None]

    @property
    def session(self) -> list[Path]:
        """The files that were open when a window was closed last, as far as they are still there."""
        return [path for path in map(Path, self._settings.texts("session")) if path.is_file()]

    # Reading

    def open(self, path: Path) -> None:
        """Reads a photo or project and puts it in front; one that is open already only comes in front."""
        there = self._workspace.find(path)
        if there is not None:
            self._workspace.show(there)
            return

        def work(context: JobContext) -> tuple[Document, list[str]]:
            from inpaint_studio.studio.open import open_document

            context.report(0.1)
            return open_document(path)

        job = self._workspace.worker.submit(
            message("job.opening", file=path.name), work, lane="file", key=f"open {path}"
        )
        job.finished.connect(partial(self._opened, path))
        job.failed.connect(self._workspace.notices.fail)

    def _opened(self, path: Path, answer: tuple[Document, list[str]]) -> None:
        document, notices = answer
        project = is_project(path)
        self._workspace.open(document, path if project else None, source=None if project else path)
        self._remember(path)
        if path.parent != resource("samples"):
            self._settings.keep("folder", str(path.parent))
        for notice in notices:
            self._workspace.notices.tell(notice)

    def restore(self, found: Found) -> None:
        """Puts a document that another run of the program left behind in front."""
        job = self._workspace.worker.submit(
            message("job.restoring", file=found.belonging.name), lambda _context: restored(found), lane="file"
        )
        job.finished.connect(partial(self._restored, found))
        job.failed.connect(self._workspace.notices.fail)

    def _restored(self, found: Found, answer: tuple[Document, Path | None, list[str]]) -> None:
        document, path, notices = answer
        self._workspace.open(document, path).recovery.take_over(found)
        for notice in notices:
            self._workspace.notices.tell(notice)

    def add_as_layer(self, opened: OpenDocument, path: Path, at: tuple[float, float] | None = None) -> None:
        """Reads a picture and lays it on top of an open document, in its middle or with its own `at`."""

        def work(_context: JobContext) -> Photo:
            from inpaint_studio.studio.open import open_photo

            return open_photo(path)

        job = opened.jobs.submit(message("job.opening", file=path.name), work, lane="file")
        job.finished.connect(partial(self.add_photo, opened, at=at))
        job.failed.connect(self._workspace.notices.fail)

    def add_photo(self, opened: OpenDocument, photo: Photo, *, at: tuple[float, float] | None = None) -> None:
        """Lays a picture on top of an open document, in its middle or with its own `at`."""
        opened.set_active(lift.put_picture(opened.document, photo, at))

    # Writing

    def save(self, opened: OpenDocument, path: Path) -> Job[State]:
        """Writes a project as it is now; the document can be edited or closed meanwhile."""
        snapshot, photo = opened.document.snapshot(), opened.document.photo

        def work(context: JobContext) -> State:
            from inpaint_studio.studio.save import write_project

            write_project(snapshot, photo, path, context)
            return snapshot.state

        title = message("job.saving", file=path.name)
        job = opened.jobs.submit(title, work, lane="file", key=f"save {path}", writes=True)
        opened.saving = snapshot.state, job
        job.finished.connect(partial(self._saved, opened, path))
        return job

    def _saved(self, opened: OpenDocument, path: Path, state: State) -> None:
        opened.document.mark_saved(state)
        opened.mark_saved(path)
        self._remember(path)
        self._workspace.notices.tell(message("file.saved", file=path.name))
