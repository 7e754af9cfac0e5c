"""What the window does itself for verbs of the application, and for those that it asks about first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication, QInputDialog

from inpaint_studio import __version__
from inpaint_studio.basics import message
from inpaint_studio.editor.canvas_commands import CanvasCommands
from inpaint_studio.editor.clipboard_commands import ClipboardCommands
from inpaint_studio.editor.edge_commands import EdgeCommands
from inpaint_studio.editor.enhance_commands import EnhanceCommands
from inpaint_studio.editor.layer_export_commands import LayerExportCommands
from inpaint_studio.editor.selection_commands import SelectionCommands
from inpaint_studio.editor.theme import ThemeName, apply_theme

if TYPE_CHECKING:
    from inpaint_studio.editor.window import Window


Functions = dict[str, Callable[[], object]]
"""The window's functions for verbs, by the verbs' ids."""


class Commands(QObject):
    """The window's functions for verbs, by their ids (`functions`); the app asks for them."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._app = window.app
        self.clipboard = ClipboardCommands(window.app, window.filing, window.view, window)
        self.selection = SelectionCommands(window.app, window.scene, window.view, window)
        self.edge = EdgeCommands(window.app, window)
        self.enhance = EnhanceCommands(window.app, window.view, window)
        self.canvas = CanvasCommands(window.app, window.scene, window.view, window)
        self.layer_export = LayerExportCommands(window.app, window)
        self.functions: Functions = {
            **self._on_documents(),
            **self.clipboard.functions,
            **self.selection.functions,
            **self.canvas.functions,
            **self._on_the_window(),
        }

    def _on_documents(self) -> Functions:
        window, filing = self._window, self._window.filing
        return {
            "file.from_camera": filing.from_camera,
            "file.new_window": window.ask_for_window,
            "file.open": filing.open,
            "file.open_recent": filing.open_recent,
            "file.place": filing.place,
            "file.save": filing.save,
            "file.save_as": filing.save_as,
            "file.export": self._export,
            **self.layer_export.functions,
            "file.close": filing.close,
            "application.quit": window.quit,
            "objects.find": self._find,
            "edge.refine": self.edge.ask,
            "layer.refine_edge": self.edge.of_layer,
            "layer.enhance": self.enhance.ask,
            "layer.name": window.rename_layer,
            "object.rename": self._rename_object,
            "layer.replace_picture": filing.replace_picture,
            "layer.transform": partial(window.take_tool, "move"),
            "fill.choose": window.app.fills.look_at_scope,
            "fill.options": self._fill_options,
            "fill.paint_sample": partial(window.take_tool, "sampling"),
        }

    def _on_the_window(self) -> Functions:
        window, view, theme = self._window, self._window.view, self._theme
        return {
            "view.zoom_in": partial(view.zoom_by, 1),
            "view.zoom_out": partial(view.zoom_by, -1),
            "view.fit": view.fit,
            "view.actual_size": view.actual_size,
            "view.dark_theme": partial(theme, "dark"),
            "view.light_theme": partial(theme, "light"),
            "view.system_theme": partial(theme, "system"),
            "window.next_document": partial(window.app.workspace.show_next, 1),
            "window.previous_document": partial(window.app.workspace.show_next, -1),
            "edit.preferences": self._preferences,
            "window.full_screen": self._full_screen,
            "window.hide_panels": window.docks.toggle,
            "window.reset_panels": window.docks.reset,
            "help.commands": self._palette,
            "help.keys": self._keys,
            "file.batch": self._batch,
            "help.networks": self._networks,
            "help.diagnostics": self._copy_diagnostics,
            "help.about": self._about,
        }

    def do(self, verb_id: str) -> None:
        """Does what the window does for a verb. Raises KeyError for one that needs no window."""
        self.functions[verb_id]()

    def _find(self) -> None:
        if self._app.workspace.current is not None:
            self._app.workspace.current.finding.start()

    def _rename_object(self) -> None:
        current = self._app.workspace.current
        found = None if current is None else current.pointed
        if current is None or found is None:
            return
        name, given = QInputDialog.getText(self._window, "Rename object", "Name", text=found.label)
        if given and name.strip() != found.label:
            number = current.document.state.found.index(found)
            self._app.verbs.perform("object.rename", object=number, name=name)

    def _export(self) -> None:
        document = self._app.document
        if self._app.workspace.is_filling:
            self._app.notices.tell(message("export.still_filling"))
        elif document is not None and document.unfilled_parts():
            self._window.filing.export_rough()
        else:
            self._window.filing.export()

    def _fill_options(self) -> None:
        """Opens the choices in the properties panel."""
        self._app.fills.look_at_scope()
        if self._app.fills.target is not None:
            self._window.show_fill_options()

    def _theme(self, name: ThemeName) -> None:
        QSettings().setValue("theme", name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, name)

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _palette(self) -> None:
        from inpaint_studio.editor.palette import Palette

        Palette(self._app, self._window.actions_.ask, self._window)

    def _preferences(self) -> None:
        from inpaint_studio.editor.dialogs.preferences import PreferencesDialog

        PreferencesDialog(self._app, self._theme, self._window).open()

    def _keys(self) -> None:
        from inpaint_studio.editor.dialogs.keys import KeysDialog

        KeysDialog(self._window).open()

    def _batch(self) -> None:
        from inpaint_studio.editor.dialogs.batch import BatchDialog

        BatchDialog(self._app, self._window).show()

    def _networks(self) -> None:
        from inpaint_studio.editor.dialogs.networks import NetworksDialog

        NetworksDialog(self._app.networks, self._window).open()

    def _copy_diagnostics(self) -> None:
        from inpaint_studio.studio.diagnostics import diagnostics

        QApplication.clipboard().setText(diagnostics())
        self._app.notices.tell(message("help.diagnostics_copied"))

    def _about(self) -> None:
        from inpaint_studio.editor.dialogs.about import AboutDialog

        AboutDialog(__version__, self._window).open()
