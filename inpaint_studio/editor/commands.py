"""What the menus do, each a method of one word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication

from inpaint_studio import __version__
from inpaint_studio.basics import Mask
from inpaint_studio.editor.edging import EdgeCommands
from inpaint_studio.editor.enhancing import EnhanceCommands
from inpaint_studio.editor.fill_commands import FillCommands
from inpaint_studio.editor.selection_commands import SelectionCommands
from inpaint_studio.editor.theme import ThemeName, apply_theme
from inpaint_studio.studio.frames import home
from inpaint_studio.studio.masks import invert

if TYPE_CHECKING:
    from inpaint_studio.editor.window import Window


class Commands(QObject):
    """Slots of the action table (`actions.ACTIONS`); all work on the window's session."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.selection = SelectionCommands(window)
        self.edge = EdgeCommands(window)
        self.enhance = EnhanceCommands(window)
        self.fill = FillCommands(window)

    # File

    def open(self) -> None:
        self._window.filing.open()

    def save(self) -> None:
        self._window.filing.save()

    def save_as(self) -> None:
        self._window.filing.save_as()

    def export(self) -> None:
        if self._session.filling:
            self._session.message.emit("What was behind is still being filled; export when the bar is gone.")
        elif self._session.document is not None and self._session.document.unfilled_parts():
            self._window.filing.export_rough()
        else:
            self._window.filing.export()

    def close_document(self) -> None:
        self._window.filing.close()

    def quit(self) -> None:
        self._window.close()

    # Edit

    def undo(self) -> None:
        self._window.drop_drag()
        self._session.undo()

    def redo(self) -> None:
        self._window.drop_drag()
        self._session.redo()

    def copy(self) -> None:
        self._window.filing.copy()

    def paste(self) -> None:
        self._window.filing.paste()

    def delete(self) -> None:
        """The selection, else the object pointed at, else the active layer."""
        document = self._session.document
        if document is None:
            return
        hovered = self._window.hovered
        if document.state.selection is not None:
            self._session.remove_selection()
        elif hovered is not None and hovered in document.state.found:
            self._session.remove_object(hovered)
        elif self._session.active is not None:
            layer = document.state.layer(self._session.active)
            if layer is not None and not layer.movable:
                self._session.message.emit("Select something first, or choose a layer to delete.")
            else:
                self._session.delete(self._session.active)

    # Select

    def find(self) -> None:
        self._session.find()

    def lift_all(self) -> None:
        self._session.lift_all()

    def select_all(self) -> None:
        width, height = self._window.scene.size
        self._session.select(Mask(0, 0, np.full((height, width), 255, np.uint8)), "Select all")

    def deselect(self) -> None:
        self._session.select(None, "Deselect")

    def invert(self) -> None:
        document = self._session.document
        if document is not None and document.state.selection is not None:
            width, height = self._window.scene.size
            inverse = invert(document.state.selection, (width, height))
            self._session.select(inverse, "Invert selection")

    def lift(self) -> None:
        self._session.lift_selection()

    def remove_selection(self) -> None:
        self._session.remove_selection()

    # Layer

    def duplicate(self) -> None:
        if self._session.active:
            self._session.duplicate(self._session.active)

    def put_back(self) -> None:
        if self._session.active:
            self._session.put_back(self._session.active)

    def delete_layer(self) -> None:
        if self._session.active:
            self._session.delete(self._session.active)

    def flip_horizontal(self) -> None:
        self._session.flip(True)

    def flip_vertical(self) -> None:
        self._session.flip(False)

    def transform(self) -> None:
        """The handles are those of the move tool."""
        self._window.column.take("move")

    def reset_transform(self) -> None:
        document, active = self._session.document, self._session.active
        if document is not None and active is not None:
            place = home(document.tree, document.layer(active))
            self._session.set_transform(active, place, step="step.reset")

    def _reorder(self, by: int) -> None:
        document, active = self._session.document, self._session.active
        if document is not None and active is not None:
            order = [node.id for node in document.tree.siblings(active)]
            self._session.reorder(active, min(max(order.index(active) + by, 0), len(order)))

    def forward(self) -> None:
        self._reorder(1)

    def backward(self) -> None:
        self._reorder(-1)

    def to_front(self) -> None:
        self._reorder(1 << 16)

    def to_back(self) -> None:
        self._reorder(-(1 << 16))

    # View

    def zoom_in(self) -> None:
        self._window.view.zoom_by(1)

    def zoom_out(self) -> None:
        self._window.view.zoom_by(-1)

    def fit(self) -> None:
        self._window.view.fit()

    def actual_size(self) -> None:
        self._window.view.actual_size()

    def _theme(self, name: ThemeName) -> None:
        QSettings().setValue("theme", name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, name)

    def theme_dark(self) -> None:
        self._theme("dark")

    def theme_light(self) -> None:
        self._theme("light")

    def theme_system(self) -> None:
        self._theme("system")

    def full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def hide_panels(self) -> None:
        self._window.toggle_panels()

    # Help

    def keys(self) -> None:
        from inpaint_studio.editor.dialogs.keys import KeysDialog

        KeysDialog(self._window).open()

    def about(self) -> None:
        from inpaint_studio.editor.dialogs.about import AboutDialog

        dialog = AboutDialog(__version__, self._window)
        dialog.open()
