"""The panels at the right: the layers, and below them the others as tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget

from inpaint_studio.editor import theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QWidget

    from inpaint_studio.editor.panels.layers import LayersPanel
    from inpaint_studio.editor.widgets import Panel

ROWS = 12
"""So many layers are to be seen at once, where the screen has room for them."""
_LEAST = 110
"""What the tabs below keep of the height."""
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Docks(QObject):
    """Arranges the panels, and remembers which were shown while there is nothing to say."""

    def __init__(self, window: QMainWindow, layers: LayersPanel, others: tuple[Panel, ...]) -> None:
        """`others` are the tabs; the first of them is in front at first."""
        super().__init__(window)
        self._window, self._layers = window, layers
        self.arranged = False
        """Whether the heights are settled: by the program once, then by the user."""
        self._waiting: list[QDockWidget] = []
        self._front: QDockWidget | None = None
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        window.setTabPosition(_RIGHT, QTabWidget.TabPosition.North)
        self.all = [self._make(panel) for panel in (layers, *others)]
        self._place()

    def _make(self, panel: Panel) -> QDockWidget:
        title = panel.header.title
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock {title}")
        dock.setWidget(panel)
        dock.setTitleBarWidget(panel.header)
        panel.header.set_closable(True)
        panel.header.close_requested.connect(dock.close)
        return dock

    def fill_menu(self, menu: QMenu) -> None:
        """Adds what shows and hides each panel."""
        menu.addSeparator()
        for dock in self.all:
            menu.addAction(dock.toggleViewAction())

    def _place(self) -> None:
        """Puts the panels where they are at first."""
        top, first, *more = self.all
        for dock in self.all:
            self._window.addDockWidget(_RIGHT, dock)
        self._window.splitDockWidget(top, first, Qt.Orientation.Vertical)
        for dock in more:
            self._window.tabifyDockWidget(first, dock)
        first.raise_()
        widths = [theme.PANEL_WIDTH] * 2
        self._window.resizeDocks([top, first], widths, Qt.Orientation.Horizontal)

    def settle(self) -> None:
        """Gives the layers the height of `ROWS` rows, once, and the tabs the rest."""
        if self.arranged:
            return
        self.arranged = True
        top, first = self.all[:2]
        below = next((dock for dock in self.all[1:] if dock.isVisible() and dock.height() > 1), first)
        whole = top.height() + below.height()
        height = min(self._layers.height_for(ROWS), whole - _LEAST)
        self._window.resizeDocks([top, below], [height, whole - height], Qt.Orientation.Vertical)

    def reset(self) -> None:
        """Puts all panels back to where, and as large as, they were at first."""
        for dock in self.all:
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        self._place()
        for dock in self.all:
            dock.show()
        self.all[1].raise_()
        self.arranged = False
        self.settle()

    @property
    def front(self) -> str:
        """The name of the tab in front."""
        self._remember_front()
        return self.all[1].objectName() if self._front is None else self._front.objectName()

    def restore(self, state: object, front: object) -> None:
        """Arranges the panels as when a window was closed: its `saveState`, and the name of the front tab."""
        self.arranged = isinstance(state, QByteArray) and self._window.restoreState(state)
        self._front = next((dock for dock in self.all if dock.objectName() == front), None)

    def show(self, on: bool) -> None:
        """Panels have nothing to say about no document: they wait until one is opened."""
        if not on:
            self._remember_front()
            self._waiting += [dock for dock in self.all if not dock.isHidden()]
            for dock in self._waiting:
                dock.hide()
        else:
            for dock in self._waiting:
                dock.show()
            if self._waiting:
                self._raise_front()
            self._waiting = []

    def _remember_front(self) -> None:
        seen = [dock for dock in self.all[1:] if not dock.visibleRegion().isEmpty()]
        self._front = seen[0] if seen else self._front

    def _raise_front(self) -> None:
        """A dock that is shown again comes in front of the tab that was."""
        (self._front or self.all[1]).raise_()

    def toggle(self) -> None:
        """Hides all panels, or shows them again."""
        shown = any(dock.isVisible() for dock in self.all)
        if shown:
            self._remember_front()
        for dock in self.all:
            dock.setVisible(not shown)
        if not shown:
            self._raise_front()

    def bring_up(self, panel: QWidget) -> None:
        """Shows a panel, in front of the other tabs."""
        dock = next(dock for dock in self.all if dock.widget() is panel)
        dock.show()
        dock.raise_()
