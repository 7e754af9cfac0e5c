"""What the window does for verbs on the picture as a whole, and on how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inpaint_studio.app.view_options import SWITCHES
from inpaint_studio.editor.canvas.camera import TURN

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.editor.dialogs.sizes import CanvasSizeDialog, ImageSizeDialog


class CanvasCommands(QObject):
    """The window's functions for verbs on the canvas (`functions`, by their ids)."""

    def __init__(self, app: Application, view: View, window: QWidget) -> None:
        """`window` owns the dialogs."""
        super().__init__(window)
        self._app, self._window = app, window
        self.functions: dict[str, Callable[[], object]] = {
            "canvas.size": self._ask_canvas_size,
            "canvas.image_size": self._ask_image_size,
            "view.turn_right": partial(view.turn_by, TURN),
            "view.turn_left": partial(view.turn_by, -TURN),
            "view.turn_upright": partial(view.turn_to, 0.0),
            **{f"view.{name}": partial(app.view.toggle, name) for name in SWITCHES},
        }

    def _ask_canvas_size(self) -> None:
        from inpaint_studio.editor.dialogs.sizes import CanvasSizeDialog

        if self._app.document is not None:
            size = self._app.document.canvas[2:]
            dialog = CanvasSizeDialog(size, lambda: self._set_canvas_size(dialog), self._window)
            dialog.open()

    def _set_canvas_size(self, dialog: CanvasSizeDialog) -> None:
        (width, height), (across, down) = dialog.chosen, dialog.anchor
        fill = dialog.fill.isChecked()
        self._app.verbs.perform(
            "canvas.size", width=width, height=height, across=across, down=down, fill=fill
        )

    def _ask_image_size(self) -> None:
        from inpaint_studio.editor.dialogs.sizes import ImageSizeDialog

        if self._app.document is not None:
            size = self._app.document.canvas[2:]
            dialog = ImageSizeDialog(size, lambda: self._set_image_size(dialog), self._window)
            dialog.open()

    def _set_image_size(self, dialog: ImageSizeDialog) -> None:
        width, height = dialog.chosen
        self._app.verbs.perform("canvas.image_size", width=width, height=height)
