"""Opening, saving, exporting and the clipboard: dialogs in front, jobs behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from inpaint_studio.basics.mask import Array
from inpaint_studio.document import Document, Photo, State
from inpaint_studio.editor.images import from_image, to_image
from inpaint_studio.editor.questions import ask_about_writing, ask_place
from inpaint_studio.render import render
from inpaint_studio.resources import resource
from inpaint_studio.studio import lift
from inpaint_studio.studio.open import PROJECT_SUFFIX, openable_suffixes

if TYPE_CHECKING:
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.editor.dialogs.export import ExportOptions
    from inpaint_studio.editor.session import Session
    from inpaint_studio.jobs import Job, JobContext

_RECENT = 12


def _kinds() -> str:
    """What the dialog for opening shows."""
    return f"Photos and projects ({' '.join('*' + suffix for suffix in openable_suffixes())})"


class Filing(QObject):
    """What the File menu does. `window` owns the dialogs."""

    recent_changed = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._workspace, self._window = session, session.workspace, window
        self._settings = QSettings()
        self._then: Callable[[], None] | None = None
        self._saving: tuple[Document, State, Job[Any]] | None = None

    # Recent files

    @property
    def recent(self) -> list[str]:
        value = self._settings.value("recent", [])
        return [str(v) for v in value] if isinstance(value, list) else [str(value)]

    def _remember(self, path: Path) -> None:
        kept = [p for p in self.recent if p != str(path)]
        self._settings.setValue("recent", [str(path), *kept][:_RECENT])
        self.recent_changed.emit()

    @property
    def _folder(self) -> Path:
        """Where the last photo or project came from; the program's own samples do not count."""
        return Path(str(self._settings.value("folder", str(Path.home()))))

    # Opening

    def open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open", str(self._folder), _kinds())
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Opens a file in place of the document, which is saved first if the user wants so."""
        self.when_safe(partial(self._open, path.absolute()))

    def _open(self, path: Path) -> None:

        def work(context: JobContext) -> tuple[Document, list[str]]:
            from inpaint_studio.studio.open import open_document

            context.report(0.1)
            return open_document(path)

        job = self._session.worker.submit(f"Opening {path.name}", work, lane="file", key="open")
        job.finished.connect(partial(self._opened, path))
        job.failed.connect(self._session.error.emit)

    def _opened(self, path: Path, answer: tuple[Document, list[str]]) -> None:
        document, notices = answer
        is_project = path.suffix.lower() == PROJECT_SUFFIX
        self._session.show(document, path if is_project else None)
        self._remember(path)
        if path.parent != resource("samples"):
            self._settings.setValue("folder", str(path.parent))
        for notice in notices:
            self._session.message.emit(notice)

    def drop(self, paths: list[str]) -> None:
        """Dropped on a document pictures become layers, otherwise the first file is opened."""
        first = Path(paths[0])
        if self._session.document is None or first.suffix.lower() == PROJECT_SUFFIX:
            self.open_path(first)
            return
        for path in map(Path, paths):
            self._put_file(path)

    def _put_file(self, path: Path) -> None:
        def work(context: JobContext) -> Photo:
            from inpaint_studio.studio.open import open_photo

            return open_photo(path)

        job = self._session.worker.submit(f"Opening {path.name}", work, lane="file")
        job.finished.connect(self._put_photo)
        job.failed.connect(self._session.error.emit)

    def _put_photo(self, photo: Photo) -> None:
        if self._session.document is not None:
            self._session.set_active(lift.put_picture(self._session.document, photo))

    def paste(self) -> None:
        """A picture on the clipboard becomes a layer, or the document if there is none."""
        clipboard = QGuiApplication.clipboard()
        urls = [u.toLocalFile() for u in clipboard.mimeData().urls() if u.isLocalFile()]
        image: QImage = clipboard.image()
        if urls:
            self.drop(urls)
        elif image.isNull():
            self._session.message.emit("There is no picture on the clipboard; copy one first.")
        else:
            photo = Photo(from_image(image), "Pasted picture.png")
            if self._session.document is None:
                self._session.show(Document(photo))
            else:
                self._put_photo(photo)

    def copy(self) -> None:
        """The picture as shown goes to the clipboard."""
        document = self._session.document
        if document is not None:
            pixels = render(document.snapshot(), space="srgb").pixels
            QGuiApplication.clipboard().setImage(to_image(pixels))
            self._session.message.emit("The picture is on the clipboard.")

    # Saving

    def _title(self) -> str:
        assert self._session.document is not None
        return Path(self._session.document.photo.name).stem or "Picture"

    def save(self) -> None:
        if self._workspace.current is None:
            return
        if self._workspace.current.path is None:
            self.save_as()
        else:
            self._write(self._workspace.current.path)

    def save_as(self) -> None:
        if self._workspace.current is None:
            return
        proposal = self._workspace.current.path or self._folder / f"{self._title()}{PROJECT_SUFFIX}"
        path = ask_place(self._window, "Save as", proposal, "Layered project", PROJECT_SUFFIX)
        if path is None:
            self._then = None
        else:
            self._write(path)

    def _write(self, path: Path) -> None:
        opened = self._workspace.current
        assert opened is not None
        document = opened.document
        snapshot, photo = document.snapshot(), document.photo

        def work(context: JobContext) -> State:
            from inpaint_studio.studio.save import write_project

            write_project(snapshot, photo, path, context)
            return snapshot.state

        job = self._session.worker.submit(
            f"Saving {path.name}", work, lane="file", key=f"save {path}", writes=True
        )
        self._saving = document, snapshot.state, job
        job.finished.connect(partial(self._saved, opened, path))
        job.failed.connect(self._save_failed)

    def _saved(self, opened: OpenDocument, path: Path, state: State) -> None:
        opened.document.mark_saved(state)
        opened.mark_saved(path)
        self._remember(path)
        self._session.message.emit(f"Saved {path.name}.")
        then, self._then = self._then, None
        if then is not None:
            then()

    def _save_failed(self, text: str) -> None:
        self._then = None
        # A dialog, not a line that goes away: what was made is not on the disk.
        QMessageBox.warning(self._window, "Not saved", text)

    def when_safe(self, action: Callable[[], None]) -> None:
        """Does what would lose the document, after asking if it has changes that are not saved."""
        document = self._session.document
        if document is None or not document.modified:
            action()
            return
        if self._being_saved(document):
            self._then = action
            return
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Save changes?",
            f"“{document.photo.name}” has changes that are not saved.",
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Save:
            self._then = action
            self.save()
        elif answer == buttons.Discard:
            action()

    def _being_saved(self, document: Document) -> bool:
        """Whether the document is being saved as it is now."""
        saving = self._saving
        return saving is not None and not saving[2].done and saving[:2] == (document, document.state)

    def when_closable(self, action: Callable[[], None]) -> None:
        """As `when_safe`, for what ends the program: files that are being written are finished or stopped."""
        self.when_safe(partial(self._when_written, action))

    def _when_written(self, action: Callable[[], None]) -> None:
        if self._session.worker.writing():
            answer = ask_about_writing(self._window, self._session.worker.writing())
            if answer == "stop":
                for job in self._session.worker.writing():
                    job.cancel()
            elif answer == "stay":
                return
        self._after_writing(action)

    def _after_writing(self, action: Callable[[], None]) -> None:
        """Acts when nothing is being written any more; never if something could not be."""
        waited = self._session.worker.writing()
        if not waited:
            action()
            return
        waited[0].finished.connect(lambda _result: self._after_writing(action))
        waited[0].cancelled.connect(lambda: self._after_writing(action))

    # Exporting

    def export_rough(self) -> None:
        """As `export`, where a fill was stopped or failed: asks whether that is meant."""
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Export as it is?",
            "A hole is not filled, or only roughly. “Fill again” in the Fill menu tries it once more.",
            buttons.Ignore | buttons.Cancel,
            buttons.Cancel,
        )
        if answer == buttons.Ignore:
            self.export()

    def export(self) -> None:
        document = self._session.document
        if document is None:
            return
        from inpaint_studio.editor.dialogs.export import ExportDialog

        folder = Path(str(self._settings.value("export folder", str(self._folder))))
        suffix = str(self._settings.value("export suffix", ".png"))
        pixels = render(document.snapshot()).pixels
        dialog = ExportDialog(
            folder / f"{self._title()} edited{suffix}",
            (document.canvas[2], document.canvas[3]),
            transparent=bool((pixels[..., 3] < 255).any()),
            worker=self._session.worker,
            estimate=partial(_estimate, pixels),
            parent=self._window,
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._export(document, dialog.options())
        dialog.deleteLater()

    def _export(self, document: Document, options: ExportOptions) -> None:
        self._settings.setValue("export folder", str(options.path.parent))
        self._settings.setValue("export suffix", options.path.suffix)
        snapshot, photo = document.snapshot(), document.photo

        def work(context: JobContext) -> None:
            from inpaint_studio.studio.save import export_snapshot

            exif = photo.exif if options.keep_metadata else None
            export_snapshot(snapshot, options.path, quality=options.quality, exif=exif)

        job = self._session.worker.submit(f"Exporting {options.path.name}", work, lane="file", writes=True)
        job.finished.connect(partial(self._exported, options.path))
        job.failed.connect(self._session.error.emit)

    def _exported(self, path: Path, _result: object) -> None:
        self._session.message.emit(f"Exported {path.name}.")


def _estimate(pixels: Array, options: ExportOptions, context: JobContext) -> int:
    from inpaint_studio.studio.save import encoded_size

    return encoded_size(pixels, options.path, quality=options.quality)
