"""Says over the canvas that one layer is shown alone, and ends that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inpaint_studio.editor.canvas.floating import FloatingHint
from inpaint_studio.editor.following import follow

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.canvas.view import View


class SoloHint(QObject):
    """A click on it, or Esc where the tool has no use for it, shows all layers again."""

    def __init__(self, app: Application, view: View) -> None:
        super().__init__(view)
        self._app = app
        self.hint = FloatingHint(view, at_top=True)
        self.hint.clicked.connect(self._end)
        view.escaped.connect(self._end)
        follow(self, app.workspace.solo_changed, self._follow)
        follow(self, app.workspace.current_changed, self._follow)
        follow(self, app.workspace.changed, self._follow)

    def _follow(self, _what: object = None) -> None:
        opened = self._app.workspace.current
        node = None if opened is None else opened.document.tree.find(opened.solo)
        if node is None:
            self.hint.hide()
        else:
            self.hint.show_text(f"Only “{node.name}” is shown  ·  Esc shows all")

    def _end(self) -> None:
        if self._app.workspace.current is not None:
            self._app.workspace.current.set_solo(None)
