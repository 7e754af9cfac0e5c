"""Copy, cut, paste and drop: what the window does with what is on the clipboard and under the pointer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QImage

from inpaint_studio.app import clips
from inpaint_studio.basics import message
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.images import from_image, profile_of
from inpaint_studio.editor.layer_mime import clip_in, has_layers, is_held, mime_of, source_of
from inpaint_studio.studio.clips import paste

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from inpaint_studio.app.application import Application
    from inpaint_studio.app.clips import EncodedClip
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.editor.file_commands import FileCommands
    from inpaint_studio.studio.clips import Clip

_PICTURE = "Picture.png"
"""The name of a picture that comes without one."""


def _files_in(mime: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]


def _photo_of(image: QImage) -> Photo:
    return Photo(from_image(image), _PICTURE, icc=profile_of(image))


class ClipboardCommands(QObject):
    """The window's functions for the clipboard (`functions`, by the verbs' ids), and for what is dropped."""

    def __init__(self, app: Application, filing: FileCommands, view: View, window: QWidget) -> None:
        super().__init__(window)
        self._app, self._filing, self._view = app, filing, view
        self.functions: dict[str, Callable[[], object]] = {
            "edit.cut": self._cut,
            "edit.copy": self._copy,
            "edit.copy_merged": self._copy_merged,
            "edit.paste": self._paste,
            "edit.paste_in_place": partial(self._paste, in_place=True),
            "file.new_from_clipboard": self._new_from_clipboard,
        }

    # Copying

    def _copy(self) -> Clip | None:
        """The selection of the chosen layers, or these themselves; None if there is nothing to copy."""
        opened = self._app.workspace.current
        if opened is None:
            return None
        with self._app.notices.attempt():
            clip = clips.copy(opened, opened.document.state.selection)
            self._put(opened, clip)
            return clip
        return None

    def _cut(self) -> None:
        opened = self._app.workspace.current
        if opened is None or self._copy() is None:
            return
        if opened.document.state.selection is not None:
            self._app.verbs.perform("selection.remove")
        else:
            self._app.verbs.perform("layer.delete")

    def _copy_merged(self) -> None:
        opened = self._app.workspace.current
        if opened is not None:
            job = clips.copy_merged(opened)
            job.finished.connect(partial(self._put, opened))
            job.failed.connect(self._app.notices.fail)

    def _put(self, opened: OpenDocument, clip: Clip) -> None:
        """Ours can be pasted at once; what other programs read follows when it is made."""
        QGuiApplication.clipboard().setMimeData(mime_of(lambda: clip, opened, "clipboard"))
        job = clips.encode(opened, clip)
        job.finished.connect(partial(self._put_encoded, opened, clip))
        job.failed.connect(self._app.notices.fail)
        names = [node.name for node in clip.nodes]
        one, several = message("clipboard.copied", name=names[0]), len(names) > 1
        self._app.notices.tell(message("clipboard.copied_several", count=len(names)) if several else one)

    def _put_encoded(self, opened: OpenDocument, clip: Clip, encoded: EncodedClip) -> None:
        clipboard = QGuiApplication.clipboard()
        if is_held(clip, clipboard.mimeData()):
            clipboard.setMimeData(mime_of(lambda: clip, opened, "clipboard", encoded))

    # Pasting

    def _paste(self, *, in_place: bool = False) -> None:
        """Layers come to lie where one looks, or where they were; a picture becomes one, or a document."""
        # Where nothing was copied yet there may be none.
        mime = QGuiApplication.clipboard().mimeData() or QMimeData()
        current = self._app.workspace.current
        files = _files_in(mime)
        if current is not None and has_layers(mime):
            self._paste_layers(current, mime, None if in_place else self._looked_at())
        elif files:
            self._filing.drop(files, None if current is None else self._looked_at())
        elif current is None:
            self._new_from_clipboard()
        else:
            image: QImage = QGuiApplication.clipboard().image()
            if image.isNull():
                self._app.notices.tell(message("clipboard.empty"))
            else:
                self._app.filing.add_photo(current, _photo_of(image), at=self._looked_at())

    def _looked_at(self) -> tuple[float, float]:
        """The middle of what is seen of the canvas."""
        middle, (width, height) = self._view.outlook.middle, self._view.canvas_size
        return min(max(middle.x(), 0.0), width), min(max(middle.y(), 0.0), height)

    def _paste_layers(self, opened: OpenDocument, mime: QMimeData, at: tuple[float, float] | None) -> None:
        with self._app.notices.attempt():
            clip = clip_in(mime)
            if clip is not None:
                made = paste(opened.document, clip, at, opened.active)
                opened.select(made)

    def _new_from_clipboard(self) -> None:
        image: QImage = QGuiApplication.clipboard().image()
        if image.isNull():
            self._app.notices.tell(message("clipboard.empty"))
        else:
            self._app.workspace.open(Document(_photo_of(image)))

    # Dropping

    def drop(self, mime: QMimeData, point: QPointF) -> None:
        """Files and layers of another document become layers at a canvas point."""
        current, at = self._app.workspace.current, (point.x(), point.y())
        if not has_layers(mime):
            self._filing.drop(_files_in(mime), at)
        elif current is not None and source_of(mime) is not current:
            self._paste_layers(current, mime, at)

    def drop_on_tabs(self, mime: QMimeData, opened: OpenDocument | None) -> None:
        """Files are opened; layers of another document come to lie in the middle of the tab's."""
        if not has_layers(mime):
            self._filing.open_paths(_files_in(mime))
        elif opened is not None and source_of(mime) is not opened:
            self._app.workspace.show(opened)
            self._paste_layers(opened, mime, self._looked_at())
