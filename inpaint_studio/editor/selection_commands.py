"""What the Select menu does beyond one line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QFileDialog

from inpaint_studio.basics.messages import inside_sentence
from inpaint_studio.editor.questions import ask_place
from inpaint_studio.editor.reshape import KINDS, ReshapeBar
from inpaint_studio.studio.mask_files import SUFFIX, load_mask, save_mask
from inpaint_studio.studio.selections import to_canvas

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Document
    from inpaint_studio.editor.window import Window
    from inpaint_studio.jobs import Job, JobContext

_PICTURES = "Masks (*.png *.tif *.tiff *.webp *.bmp *.jpg *.jpeg)"


class SelectionCommands(QObject):
    """Slots of the action table, named there as "selection.…"."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self._settings = QSettings()
        self._pixels = {name: kind.start for name, kind in KINDS.items()}
        self.bar: ReshapeBar | None = None

    # By a slider

    def grow(self) -> None:
        self._reshape("grow")

    def shrink(self) -> None:
        self._reshape("shrink")

    def feather(self) -> None:
        self._reshape("feather")

    def close_gaps(self) -> None:
        self._reshape("gaps")

    def remove_specks(self) -> None:
        self._reshape("specks")

    def _reshape(self, name: str) -> None:
        if self.bar is not None:
            self.bar.close()
        document = self._session.document
        if document is None or document.state.selection is None:
            return
        kind, window = KINDS[name], self._window
        self.bar = ReshapeBar(self._session, window.scene, window.view, kind, self._pixels[name])
        self.bar.closed.connect(partial(self._closed, name))

    def _closed(self, name: str) -> None:
        if self.bar is not None:
            self._pixels[name] = self.bar.pixels
            self.bar = None

    # From what is there

    def subject(self) -> None:
        document = self._session.document
        if document is not None:
            self._when_made(document, self._window.picking.subject(), "Select subject")

    def _when_made(self, document: Document, job: Job[Any], name: str) -> None:
        job.finished.connect(partial(self._select, document, name))
        job.failed.connect(self._session.error.emit)

    def _select(self, document: Document, name: str, mask: Mask) -> None:
        if document is self._session.document:
            self._session.select(mask, name)

    def from_layer(self) -> None:
        """What the active layer covers."""
        document = self._session.document
        layer = document.state.layer(self._session.active) if document is not None else None
        if layer is None:
            return
        mask = to_canvas(layer, self._window.scene.size)
        if mask:
            self._session.select(mask, f"Select outline of {inside_sentence(layer.name)}")
        else:
            self._session.message.emit(f"“{layer.name}” lies outside the picture; move it back in first.")

    # Files

    def save_mask(self) -> None:
        document = self._session.document
        if document is None or document.state.selection is None:
            return
        folder = Path(str(self._settings.value("mask folder", str(Path.home()))))
        proposal = folder / f"{Path(document.photo.name).stem or 'Picture'} mask{SUFFIX}"
        path = ask_place(self._window, "Save mask", proposal, "Mask", SUFFIX)
        if path is None:
            return
        self._settings.setValue("mask folder", str(path.parent))
        mask, size = document.state.selection, self._window.scene.size

        def work(context: JobContext) -> None:
            save_mask(mask, path, size)

        job = self._session.worker.submit(f"Saving {path.name}", work, lane="file", writes=True)
        job.finished.connect(partial(self._saved, path))
        job.failed.connect(self._session.error.emit)

    def _saved(self, path: Path, _result: object) -> None:
        self._session.message.emit(f"Saved {path.name}.")

    def load_mask(self) -> None:
        document = self._session.document
        if document is None:
            return
        folder = str(self._settings.value("mask folder", str(Path.home())))
        text, _ = QFileDialog.getOpenFileName(self._window, "Load mask", folder, _PICTURES)
        if not text:
            return
        path, size = Path(text), self._window.scene.size
        self._settings.setValue("mask folder", str(path.parent))

        def work(context: JobContext) -> Mask:
            return load_mask(path, size)

        job = self._session.worker.submit(f"Opening {path.name}", work, lane="file")
        self._when_made(document, job, "Load mask")
