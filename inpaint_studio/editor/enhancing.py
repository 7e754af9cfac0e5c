"""Enhancing layers from the menu: the dialog, the job behind the window, and what comes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from inpaint_studio.basics import StudioError
from inpaint_studio.document.transform import transform_point

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Layer
    from inpaint_studio.editor.dialogs.enhance import EnhanceDialog
    from inpaint_studio.editor.window import Window
    from inpaint_studio.jobs import JobContext
    from inpaint_studio.studio.enhance import Enhanced, EnhanceRequest


class EnhanceCommands(QObject):
    """The window's function for enhancing."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session

    def ask(self) -> None:
        """Asks how strongly to enhance the active layer."""
        from inpaint_studio.editor.dialogs.enhance import EnhanceDialog
        from inpaint_studio.studio import enhance

        document = self._session.document
        layer = document.state.layer(self._session.active) if document is not None else None
        if document is None or layer is None:
            return
        try:
            wanted = enhance.request(document, layer.id)
        except StudioError as error:
            self._session.error.emit(str(error))
            return
        dialog = EnhanceDialog(
            document, wanted, self._session.worker, at=self._seen(layer, wanted), parent=self._window
        )
        dialog.finished.connect(partial(self._answered, document, layer.id, dialog))
        dialog.open()

    def _seen(self, layer: Layer, wanted: EnhanceRequest) -> tuple[float, float]:
        """The middle of what the canvas shows if it lies on the layer, else the layer's middle."""
        view, frame = self._window.view, wanted.frame
        place = view.mapToScene(view.viewport().rect().center())
        x, y = transform_point(layer.transform.inverse(), place.x(), place.y())
        x, y = (x - frame.left) * frame.scale_x, (y - frame.top) * frame.scale_y
        if not layer.movable and 0 <= x < frame.width and 0 <= y < frame.height:
            return x, y
        return frame.width / 2, frame.height / 2

    def _answered(self, document: Document, layer_id: str, dialog: EnhanceDialog, result: int) -> None:
        if result == QDialog.DialogCode.Accepted and document is self._session.document:
            self._start(document, layer_id, dialog.strength)
        dialog.deleteLater()

    def _start(self, document: Document, layer_id: str, strength: float) -> None:
        from inpaint_studio.studio import enhance

        layer = document.state.layer(layer_id)
        if layer is None or not strength:
            return
        try:
            wanted = enhance.request(document, layer_id, strength)
        except StudioError as error:
            self._session.error.emit(str(error))
            return

        def work(context: JobContext) -> Enhanced:
            context.report(0.0, "Enhancing")
            return enhance.run(wanted, context)

        job = self._session.worker.submit(
            f"Enhancing “{layer.name}”", work, lane="long", key=f"enhance {layer_id}"
        )
        job.finished.connect(partial(self._done, document, wanted))
        job.failed.connect(self._session.error.emit)

    def _done(self, document: Document, wanted: EnhanceRequest, made: Enhanced) -> None:
        from inpaint_studio.studio import enhance

        layer_id = wanted.layers[0].id
        if document is not self._session.document or document.state.layer(layer_id) is None:
            return
        if self._softening(wanted) or not enhance.apply(document, wanted, made):
            # Its edge or its holes are others by now: what it is now is enhanced instead.
            self._start(document, layer_id, wanted.strength)

    def _softening(self, wanted: EnhanceRequest) -> bool:
        """Whether new edges and colours are still being made for one of the layers."""
        opened = self._session.workspace.current
        return opened is not None and any(opened.matting.running_for(layer.id) for layer in wanted.layers)
