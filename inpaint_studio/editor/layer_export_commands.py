"""Layers as files: what is asked before they are written in the file lane."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from inpaint_studio.basics import message
from inpaint_studio.editor.questions import ask_place
from inpaint_studio.studio.layer_files import CONTENTS, Content, write_layer, write_layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.application import Application
    from inpaint_studio.jobs import JobContext

_WORDS: dict[Content, str] = {"pictures": "Pictures", "masks": "Masks", "both": "Pictures and masks"}


class LayerExportCommands(QObject):
    """The window's `functions` for exporting one layer or all, by the verbs' ids."""

    def __init__(self, app: Application, window: QWidget) -> None:
        super().__init__(window)
        self._app, self._window = app, window
        self.functions: dict[str, Callable[[], object]] = {
            "file.export_layers": self._all,
            "layer.export": self._one,
        }

    def _folder(self) -> Path:
        return Path(self._app.settings.text("export folder", str(self._app.filing.folder)))

    def _one(self) -> None:
        opened = self._app.workspace.current
        layer = None if opened is None else opened.document.state.layer(opened.active)
        if opened is None or layer is None:
            return
        path = ask_place(self._window, "Export layer", self._folder() / f"{layer.name}.png", "PNG", ".png")
        if path is None:
            return
        self._app.settings.keep("export folder", str(path.parent))
        snapshot = opened.document.snapshot()

        def work(_context: JobContext) -> None:
            write_layer(snapshot, layer.id, path)

        title = message("job.exporting", file=path.name)
        job = opened.jobs.submit(title, work, lane="file", writes=True)
        job.finished.connect(partial(self._one_done, path))
        job.failed.connect(self._app.notices.fail)

    def _one_done(self, path: Path, _result: None) -> None:
        self._app.notices.tell(message("file.exported", file=path.name))

    def _all(self) -> None:
        opened = self._app.workspace.current
        chosen = QFileDialog.getExistingDirectory(self._window, "Export layers to", str(self._folder()))
        if opened is None or not chosen:
            return
        words, agreed = QInputDialog.getItem(
            self._window, "Export layers", "Write", list(_WORDS.values()), editable=False
        )
        if not agreed:
            return
        content = CONTENTS[list(_WORDS.values()).index(words)]
        folder, snapshot = Path(chosen), opened.document.snapshot()
        self._app.settings.keep("export folder", chosen)

        def work(context: JobContext) -> list[Path]:
            return write_layers(snapshot, folder, content=content, progress=context)

        title = message("job.exporting", file=folder.name)
        job = opened.jobs.submit(title, work, lane="file", writes=True)
        job.finished.connect(partial(self._all_done, folder))
        job.failed.connect(self._app.notices.fail)

    def _all_done(self, folder: Path, written: list[Path]) -> None:
        self._app.notices.tell(message("export.layers_done", count=len(written), folder=folder.name))
