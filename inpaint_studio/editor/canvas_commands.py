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
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.editor.dialogs.sizes import CanvasSizeDialog, ImageSizeDialog
    from inpaint_studio.editor.match_bar import MatchBar


class CanvasCommands(QObject):
    """The window's functions for verbs on the canvas (`functions`, by their ids)."""

    def __init__(self, app: Application, scene: Scene, view: View, window: QWidget) -> None:
        """`window` owns the dialogs."""
        super().__init__(window)
        self._app, self._scene, self._view, self._window = app, scene, view, window
        self.match_bar: MatchBar | None = None
        self.functions: dict[str, Callable[[], object]] = {
            "canvas.size": self._ask_canvas_size,
            "canvas.image_size": self._ask_image_size,
            "layer.match": self._match,
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

    def _match(self) -> None:
        """Asks with a slider how far the active layer takes the look of its place."""
        from inpaint_studio.editor.match_bar import MatchBar
        from inpaint_studio.studio import match

        if self.match_bar is not None:
            self.match_bar.close()
        document, active = self._app.document, self._app.active
        if document is None or active is None:
            return
        with self._app.notices.attempt():
            wanted = match.request(document, active)
            self.match_bar = MatchBar(self._app, self._scene, self._view, wanted)
            self.match_bar.closed.connect(self._match_closed)

    def _match_closed(self) -> None:
        self.match_bar = None
