"""The column of tools at the left, and the bar of the tool in hand at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QPushButton, QStackedWidget, QToolBar, QWidget

from inpaint_studio.editor import theme
from inpaint_studio.editor.tools.base import Desk, Tool
from inpaint_studio.editor.tools.options import Brush
from inpaint_studio.editor.tools.paint import PaintingTool
from inpaint_studio.editor.tools.table import GROUPS, TOOLS
from inpaint_studio.editor.widgets import GAP, MARGIN, label

_MARGIN, _SPACING = 6, 4
"""Of the tools, as in the style sheet."""

if TYPE_CHECKING:
    from inpaint_studio.editor.session import Session


class ToolColumn(QObject):
    """Makes the tools and hands one of them to the view."""

    taken = Signal(object)
    """The Tool now in hand."""

    def __init__(self, window: QMainWindow, desk: Desk) -> None:
        super().__init__(window)
        self._desk = desk
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
            tool = kind(desk, self.brush, self) if issubclass(kind, PaintingTool) else kind(desk, self)
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

    def take(self, name: str) -> None:
        """Takes a tool in hand."""
        self._actions[name].setChecked(True)
        self._hand(self.tools[name])

    def _chosen(self, action: QAction) -> None:
        self._hand(self.tools[action.data()])

    def _hand(self, tool: Tool) -> None:
        view = self._desk.view
        if view.tool is not None:
            view.tool.deactivate()
        view.tool = tool
        tool.activate()
        view.update_cursor()
        view.setFocus()
        self.taken.emit(tool)

    def set_enabled(self, on: bool) -> None:
        self.bar.setEnabled(on)


class OptionsBar(QToolBar):
    """Options of the tool in hand; at the right end what to do next, in the accent colour."""

    find_pressed = Signal()
    next_pressed = Signal(str)
    """Which: open, find, lift, lift_all or export."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Options", parent)
        self.setObjectName("options")
        self.setMovable(False)
        self._session = session
        self._title = label("")
        self._title.setStyleSheet("font-weight: 600;")
        self._stack = QStackedWidget()
        self._pages: dict[str, QWidget] = {}
        self._find = QPushButton("Find objects")
        self._find.setToolTip("Finds what can be lifted (Ctrl+F)")
        self._next = QPushButton()
        self._next.setProperty("accent", True)
        for button in (self._find, self._next):
            # A click must not leave it with the focus: Space pans.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._does = "open"
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
        self._find.clicked.connect(self.find_pressed)
        self._next.clicked.connect(self._pressed)
        self.follow()

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

    def _pressed(self) -> None:
        self.next_pressed.emit(self._does)

    def follow(self) -> None:
        """Chooses what to do next from where the work stands."""
        document = self._session.document
        state = document.state if document is not None else None
        if state is None:
            does, text = "open", "Open photo…"
        elif state.selection is not None:
            does, text = "lift", "Lift object ⏎"
        elif any(o.kind == "thing" for o in state.found):
            does, text = "lift_all", "Lift all"
        elif len(state.layers) == 1 and not state.layers[0].holes:
            does, text = "find", "Find objects"
        else:
            does, text = "export", "Export…"
        self._does = does
        self._next.setText(text)
        self._find.setVisible(state is not None and does != "find")
        for widget in (self._title, self._stack):
            widget.setVisible(state is not None)
