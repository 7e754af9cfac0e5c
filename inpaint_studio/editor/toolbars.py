"""The column of tools at the left, and the bar of the tool in hand at the top."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QPushButton, QStackedWidget, QToolBar, QWidget

from inpaint_studio.editor import theme
from inpaint_studio.editor.actions import native_keys
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.tools.base import Tool, ToolContext
from inpaint_studio.editor.tools.options import Brush
from inpaint_studio.editor.tools.paint import PaintingTool
from inpaint_studio.editor.tools.table import GROUPS, TOOLS
from inpaint_studio.editor.widgets import GAP, MARGIN, label
from inpaint_studio.studio.verbs import VERBS, next_step

_MARGIN, _SPACING = 6, 4
"""Of the tools, as in the style sheet."""

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application


class ToolColumn(QObject):
    """Makes the tools and hands one of them to the view."""

    taken = Signal(object)
    """The Tool now in hand."""

    def __init__(self, window: QMainWindow, context: ToolContext) -> None:
        super().__init__(window)
        self._context = context
        self._tool: Tool | None = None
        self.brush = Brush(self)
        bar = QToolBar("Tools", window)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setOrientation(Qt.Orientation.Vertical)
        bar.setIconSize(QSize(theme.ICON_SIZE, theme.ICON_SIZE))
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, bar)
        if (layout := bar.layout()) is not None:
            # What the style sheet says of a bar at the left counts only when it is applied anew: the tools
            # would jump when the theme changes.
            layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
            layout.setSpacing(_SPACING)
        self.bar = bar
        self.tools: dict[str, Tool] = {}
        self._actions: dict[str, QAction] = {}
        group = QActionGroup(self)
        ends = [sum(GROUPS[: i + 1]) for i in range(len(GROUPS))]
        for number, kind in enumerate(TOOLS, 1):
            tool = kind(context, self.brush, self) if issubclass(kind, PaintingTool) else kind(context, self)
            self.tools[kind.name] = tool
            action = QAction(kind.title, window)
            action.setCheckable(True)
            action.setShortcut(QKeySequence(kind.key))
            action.setToolTip(f"{kind.title} ({kind.key})")
            action.setData(kind.name)
            theme.set_icon(action, kind.icon)
            group.addAction(action)
            bar.addAction(action)
            self._actions[kind.name] = action
            if number in ends[:-1]:
                bar.addSeparator()
        group.triggered.connect(self._chosen)
        follow(self, context.app.workspace.leaving, self._lay_aside)
        follow(self, context.app.workspace.current_changed, self._take_up)

    def take(self, name: str) -> None:
        """Takes a tool in hand."""
        self._actions[name].setChecked(True)
        self._hand(self.tools[name])

    def _chosen(self, action: QAction) -> None:
        self._hand(self.tools[action.data()])

    def _hand(self, tool: Tool) -> None:
        view = self._context.view
        self._lay_aside()
        self._tool = view.tool = tool
        self._take_up()
        view.update_cursor()
        view.setFocus()
        self.taken.emit(tool)

    def _lay_aside(self) -> None:
        """Before another tool, or another document: tools are active only with a document."""
        if self._tool is not None and self._context.app.workspace.current is not None:
            self._tool.deactivate()

    def _take_up(self) -> None:
        if self._tool is not None and self._context.app.workspace.current is not None:
            self._tool.activate()

    def set_enabled(self, on: bool) -> None:
        self.bar.setEnabled(on)


class OptionsBar(QToolBar):
    """Options of the tool in hand; at the right end what to do next, in the accent colour."""

    pressed = Signal(str)
    """The id of the verb that a button stands for."""

    def __init__(self, app: Application, parent: QWidget) -> None:
        super().__init__("Options", parent)
        self.setObjectName("options")
        self.setMovable(False)
        self._app = app
        self._title = label("")
        self._title.setStyleSheet("font-weight: 600;")
        self._stack = QStackedWidget()
        self._pages: dict[str, QWidget] = {}
        find = VERBS["objects.find"]
        self._find = QPushButton(find.title)
        self._find.setToolTip(f"Finds what can be lifted ({native_keys(find.keys[0])})")
        self._next = QPushButton()
        self._next.setProperty("accent", True)
        for button in (self._find, self._next):
            # A click must not leave it with the focus: Space pans.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._verb = VERBS["file.open"]
        self._arrange()
        self._find.clicked.connect(partial(self._press, find.id))
        self._next.clicked.connect(self._press_next)
        self.follow()

    def _arrange(self) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        row.setSpacing(GAP)
        row.addWidget(self._title)
        row.addWidget(self._stack)
        row.addStretch(1)
        row.addWidget(self._find)
        row.addWidget(self._next)
        self.addWidget(holder)
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(0, 0, 0, 0)

    def show_tool(self, tool: Tool) -> None:
        if tool.name not in self._pages:
            page = QWidget()
            row = QHBoxLayout(page)
            row.setContentsMargins(MARGIN, 0, 0, 0)
            row.setSpacing(2 * GAP)
            for widget in tool.options():
                row.addWidget(widget)
            row.addStretch(1)
            self._pages[tool.name] = page
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(self._pages[tool.name])
        self._title.setText(tool.title)

    def _press(self, verb_id: str, _checked: bool = False) -> None:
        self.pressed.emit(verb_id)

    def _press_next(self) -> None:
        self.pressed.emit(self._verb.id)

    def follow(self) -> None:
        """Offers what to do next, from where the work stands."""
        self._verb, text = next_step(self._app.verbs.context())
        self._next.setText(text)
        opened = self._app.document is not None
        self._find.setVisible(opened and self._verb.id != "objects.find")
        for widget in (self._title, self._stack):
            widget.setVisible(opened)
