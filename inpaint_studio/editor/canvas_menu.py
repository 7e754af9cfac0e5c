"""The menu of what lies under the pointer on the canvas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.editor.window import Window

_SELECTION = (
    "lift", "remove_selection", "", "invert", "selection.grow", "selection.shrink", "selection.feather",
    "edge.ask", "", "selection.save_mask", "deselect",
)  # fmt: skip


class CanvasMenu(QObject):
    """Shows the menu of the selection, hole, layer or found object that the right button is pressed on."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        window.view.menu_asked.connect(self._show)

    def at(self, point: QPointF) -> QMenu | None:
        """The menu for a canvas point; the caller shows and deletes it. None where there is only backdrop.

        A hole is looked at and a layer becomes the active one.
        """
        document, scene = self._session.document, self._window.scene
        if document is None:
            return None
        x, y = point.x(), point.y()
        selection = document.state.selection
        if selection is not None and selection.window((int(x // 1), int(y // 1), 1, 1))[0, 0] > 127:
            return self._of_selection()
        hole = self._session.fills.hole_at(x, y)
        if hole is not None:
            self._session.fills.look(hole)
            return self._window.commands.fill.menu()
        layer = scene.layer_at(x, y)
        if layer is not None:
            self._session.set_active(layer)
            return self._window.layers.menu()
        found = scene.found_at(x, y)
        return None if found is None else self._of_found(found)

    def _of_selection(self) -> QMenu:
        menu = QMenu(self._window)
        for does in _SELECTION:
            if does:
                menu.addAction(self._window.actions_[does])
            else:
                menu.addSeparator()
        return menu

    def _of_found(self, found: FoundObject) -> QMenu:
        menu, session = QMenu(self._window), self._session
        menu.addAction(f"Lift {found.label}", partial(session.lift_object, found))
        menu.addAction(f"Remove {found.label}", partial(session.remove_object, found))
        menu.addAction(f"Select {found.label}", partial(session.select, found.mask, f"Select {found.label}"))
        return menu

    def _show(self, point: QPointF, place: QPoint) -> None:
        menu = self.at(point)
        if menu is not None:
            if self._window.view.tool is not None:
                self._window.view.tool.leave()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(place)
