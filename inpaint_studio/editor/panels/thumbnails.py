"""Small pictures of layers, made when there is time and not more often than five times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from inpaint_studio.editor.images import on_checkerboard
from inpaint_studio.render import small_picture, to_srgb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.app.application import Application

_INTERVAL_MS = 200
_BUDGET_MS = 8


class Thumbnails(QObject):
    """Keeps one picture a layer id; expired ones stay in use until the new one is there."""

    ready = Signal(str)

    def __init__(self, app: Application, size: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._size = app, size
        self._images: dict[str, QImage] = {}
        self._due: dict[str, None] = {}
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._make)

    def get(self, layer_id: str) -> QImage | None:
        """The newest picture there is."""
        return self._images.get(layer_id)

    def keep_only(self, layer_ids: set[str]) -> None:
        """Forgets layers that are gone."""
        self._images = {k: v for k, v in self._images.items() if k in layer_ids}
        self._due = {k: v for k, v in self._due.items() if k in layer_ids}

    def expire(self, layer_ids: Iterable[str]) -> None:
        """Has the pictures of these layers made anew, soon."""
        self._due.update(dict.fromkeys(layer_ids))
        if self._due and not self._timer.isActive():
            waited = self._since.elapsed() if self._since.isValid() else _INTERVAL_MS
            self._timer.start(max(0, _INTERVAL_MS - waited))

    def _drawn(self, layer_id: str) -> QImage:
        """One layer on a checkerboard."""
        document = self._app.document
        assert document is not None
        pixels = small_picture(document.snapshot(), document.layer(layer_id), self._size)
        return on_checkerboard(to_srgb(pixels, document.photo.icc))

    def _make(self) -> None:
        self._since.restart()
        while self._due and self._since.elapsed() < _BUDGET_MS:
            layer_id = next(iter(self._due))
            del self._due[layer_id]
            self._images[layer_id] = self._drawn(layer_id)
            self.ready.emit(layer_id)
        if self._due:
            # The rest after what the window has to do meanwhile.
            self._timer.start(0)
