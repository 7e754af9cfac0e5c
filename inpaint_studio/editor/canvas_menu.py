"""The menu of what lies under the pointer on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from inpaint_studio.editor.actions import add_verbs
from inpaint_studio.studio.verbs import context_menu

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.studio.verbs import Place


class CanvasMenu(QObject):
    """Shows the menu of the selection, hole, layer or found object that the right button is pressed on."""

    def __init__(self, app: Application, scene: Scene, view: View) -> None:
        super().__init__(view)
        self._app, self._scene, self._view = app, scene, view
        view.menu_asked.connect(self._show)

    def at(self, point: QPointF) -> QMenu | None:
        """The menu for a canvas point; the caller shows and deletes it. None where there is only backdrop.

        A hole is looked at and a layer becomes the active one.
        """
        document, scene, app = self._app.document, self._scene, self._app
        if document is None:
            return None
        x, y = point.x(), point.y()
        selection = document.state.selection
        if selection is not None and selection.covers(x, y):
            return self._menu("selection")
        hole = app.fills.hole_at(x, y)
        if hole is not None:
            app.fills.look(hole)
            return self._menu("hole", hole=hole)
        layer = scene.layer_at(x, y)
        if layer is not None:
            app.workspace.set_active(layer)
            return self._menu("layer", layer=layer)
        found = scene.found_at(x, y)
        return None if found is None else self._menu("object", object=document.state.found.index(found))

    def _menu(self, place: Place, **named: Any) -> QMenu:
        return add_verbs(QMenu(self._view), context_menu(place), self._app, **named)

    def _show(self, point: QPointF, place: QPoint) -> None:
        menu = self.at(point)
        if menu is not None:
            if self._view.tool is not None:
                self._view.tool.leave()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(place)
