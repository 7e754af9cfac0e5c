"""The main window: puts the parts together and lets them follow each other."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from inpaint_studio.app.application import Application
from inpaint_studio.app.open_document import OpenDocument
from inpaint_studio.basics import message
from inpaint_studio.document import Change
from inpaint_studio.editor.actions import Actions
from inpaint_studio.editor.canvas.camera import Outlook
from inpaint_studio.editor.canvas.keys import CanvasKeys
from inpaint_studio.editor.canvas.rulers import Rulers
from inpaint_studio.editor.canvas.scene import Scene
from inpaint_studio.editor.canvas.strip import Strip
from inpaint_studio.editor.canvas.view import View
from inpaint_studio.editor.canvas_menu import CanvasMenu
from inpaint_studio.editor.commands import Commands
from inpaint_studio.editor.docks import Docks
from inpaint_studio.editor.document_tabs import DocumentTabs
from inpaint_studio.editor.file_commands import FileCommands
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.found import FoundPanel
from inpaint_studio.editor.panels.history import HistoryPanel
from inpaint_studio.editor.panels.layers import LayersPanel
from inpaint_studio.editor.panels.properties import PropertiesPanel
from inpaint_studio.editor.qt_settings import QtSettings
from inpaint_studio.editor.solo import SoloHint
from inpaint_studio.editor.start import StartScreen
from inpaint_studio.editor.status import StatusBar
from inpaint_studio.editor.toolbars import OptionsBar, ToolColumn
from inpaint_studio.editor.tools.base import Tool, ToolContext
from inpaint_studio.editor.tools.move import MoveTool
from inpaint_studio.render import profile_name

_SIZE = QSize(1440, 900)
_TITLE_BAR = 40


class Window(QMainWindow):
    """The editor. `app` is what it shows."""

    window_wanted = Signal()
    """Another window shall open."""
    quit_wanted = Signal()
    """All windows shall close."""
    closed = Signal()
    """It closes; its documents are still there."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Inpaint Studio")
        room = self.screen().availableSize() - QSize(0, _TITLE_BAR)
        self.resize(_SIZE.boundedTo(room))
        self.app = Application(QtSettings())
        self.filing = FileCommands(self.app, self)
        self.scene = Scene(self.app, self)
        self.view = View(self.scene)
        self.rulers = Rulers(self.app, self.view, self.scene.guides)
        self.start = StartScreen(self.app.filing.recent)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.view)
        self.tabs = DocumentTabs(self.app.workspace)
        self._outlooks: WeakKeyDictionary[OpenDocument, Outlook] = WeakKeyDictionary()
        self.setCentralWidget(self._make_middle())
        self.options = OptionsBar(self.app, self)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.options)
        self.status = StatusBar(self.app.workspace.worker)
        self.setStatusBar(self.status)
        self.layers, self.found = LayersPanel(self.app), FoundPanel(self.app)
        self.properties = PropertiesPanel(self.app)
        self.docks = Docks(self, self.layers, (self.properties, self.found, HistoryPanel(self.app)))
        self.commands = Commands(self)
        self.actions_ = Actions(self, self.app, self.drop_drag)
        context = ToolContext(self.app, self.scene, self.view)
        self.column = ToolColumn(self, context)
        self._leaving = False
        self.docks.fill_menu(self.actions_.menus["Window"])
        self.strip = Strip(self.app, self.view)
        self.canvas_keys = CanvasKeys(self.view, self)
        self.solo = SoloHint(self.app, self.view)
        self.canvas_menu = CanvasMenu(self.app, self.scene, self.view)
        self._connect()
        self._restore()
        self.column.take("move")
        self._replaced()

    def _make_middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        return middle

    def _connect(self) -> None:
        app = self.app
        follow(self, app.workspace.changed, self._follow)
        follow(self, app.workspace.leaving, self._keep_outlook)
        follow(self, app.workspace.current_changed, self._replaced)
        self.tabs.close_asked.connect(self.filing.close_document)
        follow(self, app.workspace.saved, self._follow)
        follow(self, app.workspace.active_changed, self._follow)
        follow(self, app.notices.message, self.status.show_message)
        follow(self, app.workspace.lifted, self._tell_lifted)
        follow(self, app.notices.error, self.status.show_error)
        follow(self, app.workspace.of_current(lambda each: each.finding.found), self._told_found)
        follow(self, app.verbs.asked, self.commands.do)
        follow(self, app.workspace.pointed_changed, self._follow)
        self.view.zoomed.connect(self.status.show_zoom)
        self.view.dropped.connect(self.commands.clipboard.drop)
        self.tabs.dropped.connect(self.commands.clipboard.drop_on_tabs)
        self.view.tab_pressed.connect(self.docks.toggle)
        self.start.open_requested.connect(self.filing.open)
        self.start.path_chosen.connect(self._open_text)
        follow(self, self.app.filing.recent_changed, self._recent_changed)
        self.column.taken.connect(self._taken)
        for tool in self.column.tools.values():
            tool.hint_changed.connect(self.status.show_hint)
        self.options.pressed.connect(self.actions_.ask)

    # Following

    def _open_text(self, path: str) -> None:
        self.filing.open_path(Path(path))

    def _recent_changed(self) -> None:
        self.start.set_recent(self.app.filing.recent)

    def _taken(self, tool: Tool) -> None:
        self.options.show_tool(tool)
        self.status.show_hint(tool.hint if self.app.document is not None else "")
        self.view.hover_again()

    def _told_found(self, things: int) -> None:
        if things and self.docks.all[0].isVisible():
            self.docks.bring_up(self.found)
        if not things:
            self.app.notices.tell(message("find.nothing"))
        elif things == 1:
            self.app.notices.tell(message("find.found_one"))
        else:
            self.app.notices.tell(message("find.found_many", things=things))

    def _tell_lifted(self, _layer: str) -> None:
        """At home a lifted object looks as before: nothing on the canvas says that it can be moved now."""
        if not isinstance(self.view.tool, MoveTool):
            self.app.notices.tell(message("lift.done"))

    def _keep_outlook(self) -> None:
        if self.app.workspace.current is not None:
            self._outlooks[self.app.workspace.current] = self.view.outlook

    def _replaced(self) -> None:
        document = self.app.document
        self.tabs.setVisible(document is not None)
        self.pages.setCurrentWidget(self.start if document is None else self.view)
        self.docks.show(document is not None)
        if document is not None:
            QTimer.singleShot(0, self, self.docks.settle)
        self.column.set_enabled(document is not None)
        self.status.clear_message()
        if document is None:
            self.status.show_photo(None)
            self.status.show_hint("")
        else:
            self._show_size()
            self._look_again()
            self.view.setFocus()
            if self.view.tool is not None:
                self.status.show_hint(self.view.tool.hint)
        self._follow()

    def _look_again(self) -> None:
        """Looks at the document in front as before, or at all of it."""
        current = self.app.workspace.current
        outlook = self._outlooks.get(current) if current is not None else None
        if outlook is None:
            self.view.fit()
        else:
            self.view.look(outlook)

    def _show_size(self) -> None:
        document = self.app.document
        if document is not None:
            self.status.show_photo(document.canvas[2:], profile_name(document.photo.icc))

    def _follow(self, what: object = None) -> None:
        if isinstance(what, Change) and what.canvas:
            self._show_size()
        if isinstance(what, Change) and what.found:
            self.view.hover_again()
        self.actions_.follow()
        self.options.follow()
        current = self.app.workspace.current
        if current is None:
            self.setWindowTitle("Inpaint Studio")
            self.setWindowModified(False)
        else:
            self.setWindowTitle(f"{current.name}[*] – Inpaint Studio")
            self.setWindowModified(current.document.modified)

    def is_drawing(self) -> bool:
        """Whether a part of the picture is still to be drawn."""
        return self.scene.busy

    def drop_drag(self) -> None:
        """Ends a drag in progress without its effect, before undo or redo."""
        if isinstance(self.view.tool, MoveTool):
            self.view.tool.cancel()

    def take_tool(self, name: str) -> None:
        """Takes a tool in hand."""
        self.column.take(name)

    def rename_layer(self) -> None:
        """Lets the user type another name for the active layer."""
        self.docks.bring_up(self.layers)
        self.layers.rename()

    def show_fill_options(self) -> None:
        """Shows the properties panel with what can be chosen for fills."""
        self.docks.bring_up(self.properties)
        if not self.properties.fill.options.isChecked():
            self.properties.fill.options.click()

    # Beginning and end

    def _restore(self) -> None:
        settings = QSettings()
        geometry, state = settings.value("geometry"), settings.value("layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.docks.restore(state, settings.value("front panel"))

    def ask_for_window(self) -> None:
        """Has another window opened."""
        self.window_wanted.emit()

    def quit(self) -> None:
        """Ends the program, after asking about changes."""
        self.quit_wanted.emit()

    def leave(self) -> None:
        """Closes without asking."""
        self._leaving = True
        QTimer.singleShot(0, self, self.close)

    def closeEvent(self, event: QCloseEvent) -> None:
        unsaved = any(each.document.modified for each in self.app.workspace.documents)
        if (unsaved or self.app.workspace.worker.writing()) and not self._leaving:
            event.ignore()
            self.filing.when_closable(self.leave)
            return
        settings = QSettings()
        settings.setValue("geometry", self.saveGeometry())
        if self.docks.arranged:
            self.docks.show(True)
            settings.setValue("layout", self.saveState())
            settings.setValue("front panel", self.docks.front)
        self.closed.emit()
        self.app.workspace.shut_down()
        event.accept()
