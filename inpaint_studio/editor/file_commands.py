"""The File menu and the clipboard: what is asked in dialogs before the application's services go to work."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from inpaint_studio.app import exporting
from inpaint_studio.app.camera import Cameras
from inpaint_studio.app.recovery import discard
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.dialogs.recover import RecoverDialog
from inpaint_studio.editor.questions import ask_about_changes, ask_about_writing, ask_place
from inpaint_studio.studio.open import PROJECT_SUFFIX, has_layers, openable_suffixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from inpaint_studio.app.application import Application
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.recovery import Found
    from inpaint_studio.basics.mask import Array


def _kinds(words: str, suffixes: Iterable[str]) -> str:
    """What a dialog for opening shows."""
    return f"{words} ({' '.join('*' + suffix for suffix in suffixes)})"


def _title(opened: OpenDocument) -> str:
    return Path(opened.document.photo.name).stem or "Picture"


class FileCommands(QObject):
    """Slots of the menus. `window` owns the dialogs."""

    def __init__(self, app: Application, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._filing, self._settings = app.workspace, app.filing, app.settings
        self._window, self._verbs = window, app.verbs

    # Opening

    def open(self) -> None:
        kinds = _kinds("Photos and projects", openable_suffixes())
        paths, _ = QFileDialog.getOpenFileNames(self._window, "Open", str(self._filing.folder), kinds)
        self.open_paths(paths)

    def open_paths(self, paths: Iterable[str]) -> None:
        """Opens each file in a tab of its own."""
        for path in paths:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Opens a file beside what is open."""
        self._filing.open(path.absolute())

    def open_recent(self) -> None:
        """Shows what was opened last as pictures to choose from."""
        from inpaint_studio.editor.dialogs.recent import RecentDialog

        dialog = RecentDialog(self._filing.recent, self._window)
        dialog.path_chosen.connect(self._filing.open)
        dialog.open()

    def from_camera(self) -> None:
        """Takes a picture with a camera; it becomes a document."""
        from inpaint_studio.editor.dialogs.camera import CameraDialog

        dialog = CameraDialog(Cameras(self._workspace.worker), self._window)
        dialog.used.connect(self._open_picture)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_picture(self, pixels: Array) -> None:
        opened = self._workspace.open(Document(Photo(pixels, "Camera.png")))
        # No file holds it yet.
        opened.document.mark_unsaved()

    def place(self) -> None:
        """Asks for pictures, and lays them on top of the document in front."""
        current, folder = self._workspace.current, str(self._filing.folder)
        if current is None:
            return
        photos = _kinds("Photos", (each for each in openable_suffixes() if each != PROJECT_SUFFIX))
        paths, _ = QFileDialog.getOpenFileNames(self._window, "Place as layer", folder, photos)
        for path in paths:
            self._filing.add_as_layer(current, Path(path))

    def replace_picture(self) -> None:
        """Asks for a picture, and puts it in the place of the active layer's."""
        photos = _kinds("Photos", (each for each in openable_suffixes() if each != PROJECT_SUFFIX))
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Replace picture", str(self._filing.folder), photos
        )
        if path:
            self._verbs.perform("layer.replace_picture", path=path)

    def drop(self, paths: Iterable[str], point: tuple[float, float] | None) -> None:
        """Files dropped at a canvas point, or pasted: pictures become layers there, layered files open."""
        current = self._workspace.current
        for path in map(Path, paths):
            if current is None or has_layers(path):
                self.open_path(path)
            else:
                self._filing.add_as_layer(current, path, point)

    def close(self) -> None:
        """Closes the document in front."""
        if self._workspace.current is not None:
            self.close_document(self._workspace.current)

    def close_document(self, opened: OpenDocument) -> None:
        """Closes a document, after asking if it has changes that are not saved."""
        self.when_safe(opened, partial(self._workspace.close, opened))

    def offer_recovery(self, found: Sequence[Found]) -> None:
        """Asks what shall become of documents that another run of the program left behind."""
        if not found:
            return
        dialog = RecoverDialog(found, self._window)
        dialog.restore.connect(self._filing.restore)
        dialog.discard.connect(discard)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Saving

    def save(self) -> None:
        if self._workspace.current is not None:
            self._save(self._workspace.current)

    def save_as(self) -> None:
        if self._workspace.current is not None:
            self._save_as(self._workspace.current)

    def _save(self, opened: OpenDocument, then: Callable[[], None] | None = None) -> None:
        if opened.path is None:
            self._save_as(opened, then)
        else:
            self._write(opened, opened.path, then)

    def _save_as(self, opened: OpenDocument, then: Callable[[], None] | None = None) -> None:
        proposal = opened.path or self._filing.folder / f"{_title(opened)}{PROJECT_SUFFIX}"
        path = ask_place(self._window, "Save as", proposal, "Layered project", PROJECT_SUFFIX)
        if path is not None:
            self._write(opened, path, then)

    def _write(self, opened: OpenDocument, path: Path, then: Callable[[], None] | None) -> None:
        job = self._filing.save(opened, path)
        job.failed.connect(self._tell_not_saved)
        if then is not None:
            job.finished.connect(lambda _state: then())

    def _tell_not_saved(self, text: str) -> None:
        # A dialog, not a line that goes away: what was made is not on the disk.
        QMessageBox.warning(self._window, "Not saved", text)

    # What would lose something

    def when_safe(self, opened: OpenDocument, action: Callable[[], None]) -> None:
        """Does what would lose a document, after asking if it has changes that are not saved."""
        if not opened.document.modified:
            action()
            return
        # What is asked about is seen.
        self._workspace.show(opened)
        saving = opened.save_under_way
        if saving is not None:
            saving.finished.connect(lambda _state: action())
            return
        answer = ask_about_changes(self._window, opened.name)
        if answer == "save":
            self._save(opened, action)
        elif answer == "discard":
            action()

    def when_closable(self, action: Callable[[], None]) -> None:
        """Does what ends the program: no changes and no file that is being written are lost unasked."""
        self._when_all_safe(tuple(self._workspace.documents), action)

    def _when_all_safe(self, documents: Sequence[OpenDocument], action: Callable[[], None]) -> None:
        if documents:
            self.when_safe(documents[0], partial(self._when_all_safe, documents[1:], action))
        else:
            self._when_written(action)

    def _when_written(self, action: Callable[[], None]) -> None:
        if self._workspace.worker.writing():
            answer = ask_about_writing(self._window, self._workspace.worker.writing())
            if answer == "stop":
                for job in self._workspace.worker.writing():
                    job.cancel()
            elif answer == "stay":
                return
        self._after_writing(action)

    def _after_writing(self, action: Callable[[], None]) -> None:
        """Acts when nothing is being written any more; never if something could not be."""
        waited = self._workspace.worker.writing()
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
        opened = self._workspace.current
        if opened is None:
            return
        from inpaint_studio.editor.dialogs.export import ExportDialog

        folder = Path(self._settings.text("export folder", str(self._filing.folder)))
        suffix = exporting.proposed_suffix(opened.document.photo.name, self._settings)
        dialog = ExportDialog(
            folder / f"{_title(opened)} edited{suffix}",
            opened.document.canvas[2:],
            jobs=opened.jobs,
            estimate=exporting.FlatPicture(opened.document.snapshot()).estimate,
            chosen=exporting.remembered(self._settings),
            deep=opened.document.state.deep,
            parent=self._window,
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            options = dialog.options()
            exporting.remember(self._settings, options)
            exporting.export(opened, options, self._workspace.notices)
        dialog.deleteLater()
