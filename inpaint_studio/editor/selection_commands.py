"""What the window asks for verbs on the selection, and what it does in the background for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from inpaint_studio.basics import message
from inpaint_studio.editor.questions import ask_place
from inpaint_studio.editor.reshape import ReshapeBar
from inpaint_studio.studio.mask_files import SUFFIX, load_mask, save_mask
from inpaint_studio.studio.verbs.selecting import RESHAPES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Document
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.jobs import Job, JobContext

_PICTURES = "Masks (*.png *.tif *.tiff *.webp *.bmp *.jpg *.jpeg)"


class SelectionCommands(QObject):
    """The window's functions for verbs on the selection (`functions`, by their ids)."""

    def __init__(self, app: Application, scene: Scene, view: View, window: QWidget) -> None:
        """`window` owns the dialogs."""
        super().__init__(window)
        self._window, self._scene, self._view, self._app = window, scene, view, app
        self._settings = app.settings
        self._pixels: dict[str, float] = {}
        """What was applied last, by the verb's id."""
        self.bar: ReshapeBar | None = None
        self.functions: dict[str, Callable[[], object]] = {
            **{verb_id: partial(self._reshape, verb_id) for verb_id in RESHAPES},
            "selection.subject": self._subject,
            "selection.load_mask": self._load_mask,
            "selection.save_mask": self._save_mask,
        }

    def _reshape(self, verb_id: str) -> None:
        """Asks for the pixels with a slider."""
        if self.bar is not None:
            self.bar.close()
        self.bar = ReshapeBar(self._app, self._scene, self._view, verb_id, self._pixels.get(verb_id))
        self.bar.closed.connect(partial(self._closed, verb_id))

    def _closed(self, verb_id: str) -> None:
        if self.bar is not None:
            self._pixels[verb_id] = self.bar.pixels
            self.bar = None

    # From what is there

    def _subject(self) -> None:
        opened = self._app.workspace.current
        if opened is not None:
            self._when_made(opened.document, opened.selecting.subject(), message("step.select_subject"))

    def _when_made(self, document: Document, job: Job[Any], name: str) -> None:
        job.finished.connect(partial(self._select, document, name))
        job.failed.connect(self._app.notices.fail)

    def _select(self, document: Document, name: str, mask: Mask) -> None:
        if document is self._app.document:
            self._app.verbs.perform("selection.set", mask=mask, step=name)

    # Files

    def _save_mask(self) -> None:
        opened = self._app.workspace.current
        mask = opened.document.state.selection if opened is not None else None
        if opened is None or mask is None:
            return
        document = opened.document
        folder = Path(self._settings.text("mask folder", str(Path.home())))
        proposal = folder / f"{Path(document.photo.name).stem or 'Picture'} mask{SUFFIX}"
        path = ask_place(self._window, "Save mask", proposal, "Mask", SUFFIX)
        if path is None:
            return
        self._settings.keep("mask folder", str(path.parent))
        size = self._scene.size

        def work(context: JobContext) -> None:
            save_mask(mask, path, size)

        title = message("job.saving", file=path.name)
        job = opened.jobs.submit(title, work, lane="file", writes=True)
        job.finished.connect(partial(self._saved, path))
        job.failed.connect(self._app.notices.fail)

    def _saved(self, path: Path, _result: object) -> None:
        self._app.notices.tell(message("file.saved", file=path.name))

    def _load_mask(self) -> None:
        opened = self._app.workspace.current
        if opened is None:
            return
        folder = self._settings.text("mask folder", str(Path.home()))
        text, _ = QFileDialog.getOpenFileName(self._window, "Load mask", folder, _PICTURES)
        if not text:
            return
        path, size = Path(text), self._scene.size
        self._settings.keep("mask folder", str(path.parent))

        def work(context: JobContext) -> Mask:
            return load_mask(path, size)

        job = opened.jobs.submit(message("job.opening", file=path.name), work, lane="file")
        self._when_made(opened.document, job, message("step.load_mask"))
