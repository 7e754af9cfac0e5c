"""Enhancing layers from the menu: the dialog that asks how strongly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from inpaint_studio.document.transform import transform_point

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from inpaint_studio.app.application import Application
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.document import Layer
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.editor.dialogs.enhance import EnhanceDialog
    from inpaint_studio.studio.enhance import EnhanceRequest


class EnhanceCommands(QObject):
    """The window's function for enhancing."""

    def __init__(self, app: Application, view: View, window: QWidget) -> None:
        """`window` owns the dialogs."""
        super().__init__(window)
        self._window, self._view, self._workspace = window, view, app.workspace

    def ask(self) -> None:
        """Asks how strongly to enhance the active layer."""
        from inpaint_studio.editor.dialogs.enhance import EnhanceDialog
        from inpaint_studio.studio import enhance

        opened = self._workspace.current
        layer = opened.document.state.layer(opened.active) if opened is not None else None
        if opened is None or layer is None:
            return
        with self._workspace.notices.attempt():
            wanted = enhance.request(opened.document, layer.id)
            dialog = EnhanceDialog(
                opened.document, wanted, opened.jobs, at=self._seen(layer, wanted), parent=self._window
            )
            dialog.finished.connect(partial(self._answered, opened, layer.id, dialog))
            dialog.open()

    def _seen(self, layer: Layer, wanted: EnhanceRequest) -> tuple[float, float]:
        """The middle of what the canvas shows if it lies on the layer, else the layer's middle."""
        view, frame = self._view, wanted.frame
        place = view.mapToScene(view.viewport().rect().center())
        x, y = transform_point(layer.transform.inverse(), place.x(), place.y())
        x, y = (x - frame.left) * frame.scale_x, (y - frame.top) * frame.scale_y
        if not layer.movable and 0 <= x < frame.width and 0 <= y < frame.height:
            return x, y
        return frame.width / 2, frame.height / 2

    def _answered(self, opened: OpenDocument, layer_id: str, dialog: EnhanceDialog, result: int) -> None:
        if result == QDialog.DialogCode.Accepted and opened in self._workspace.documents:
            opened.enhancing.start(layer_id, dialog.strength)
        dialog.deleteLater()
