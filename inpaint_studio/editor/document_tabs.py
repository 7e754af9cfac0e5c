"""A tab for each open document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from inpaint_studio.editor.following import follow
from inpaint_studio.editor.layer_mime import has_layers
from inpaint_studio.editor.widgets import icon_button

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.workspace import Workspace

HEIGHT = 32
_LONGEST = 220
_HOVER_MS = 400
"""How long something must be held over a tab until its document comes in front."""
_MODIFIED = "• "


class DocumentTabs(QTabBar):
    """Follows a workspace: a click shows a document, ✕ or the middle button asks to close it."""

    close_asked = Signal(object)
    """The OpenDocument that shall be closed."""
    dropped = Signal(object, object)
    """A QMimeData of files or layers dropped here, and the OpenDocument of the tab, None beside all."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._ends: dict[OpenDocument, list[Callable[[], None]]] = {}
        self.setAccessibleName("Open documents")
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAcceptDrops(True)
        self.setFixedHeight(HEIGHT)
        self._hovered: OpenDocument | None = None
        self._hover = QTimer(self)
        self._hover.setSingleShot(True)
        self._hover.setInterval(_HOVER_MS)
        self._hover.timeout.connect(self._show_hovered)
        self.currentChanged.connect(self._chosen)
        self.tabMoved.connect(self._moved)
        follow(self, workspace.opened, self._add)
        follow(self, workspace.closed, self._remove)
        follow(self, workspace.current_changed, self._show_current)

    def documents(self) -> list[OpenDocument]:
        """Those of the tabs, from left to right."""
        return [self.tabData(index) for index in range(self.count())]

    def document_at(self, place: QPoint) -> OpenDocument | None:
        """The document of the tab at a place, None beside all tabs."""
        index = self.tabAt(place)
        return None if index < 0 else self.tabData(index)

    def _add(self, opened: OpenDocument) -> None:
        self.blockSignals(True)
        index = self.insertTab(self._workspace.documents.index(opened), "")
        self.setTabData(index, opened)
        self.setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(opened))
        self.blockSignals(False)
        show = partial(self._name, opened)
        self._ends[opened] = [opened.changed.connect(show), opened.saved.connect(show)]
        self._name(opened)

    def _close_button(self, opened: OpenDocument) -> QToolButton:
        button = icon_button("close", "Close", size=12)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._ask_to_close, opened))
        return button

    def _ask_to_close(self, opened: OpenDocument, _checked: bool = False) -> None:
        self.close_asked.emit(opened)

    def _name(self, opened: OpenDocument, _change: object = None) -> None:
        """Shows what a document is called, and whether it has changes that are not saved."""
        index = self.documents().index(opened)
        modified = opened.document.modified
        text = f"{_MODIFIED if modified else ''}{opened.name}".replace("&", "&&")
        if self.tabText(index) == text:
            return
        self.setTabText(index, text)
        where = str(opened.file or opened.name)
        self.setTabToolTip(index, f"{where} (not saved)" if modified else where)
        button = self.tabButton(index, QTabBar.ButtonPosition.RightSide)
        button.setToolTip(f"Close {opened.name}")
        button.setAccessibleName(f"Close {opened.name}")

    def _remove(self, opened: OpenDocument) -> None:
        for end in self._ends.pop(opened):
            end()
        self.blockSignals(True)
        self.removeTab(self.documents().index(opened))
        self.blockSignals(False)
        self._show_current()

    def _show_current(self) -> None:
        current = self._workspace.current
        if current in self.documents():
            self.blockSignals(True)
            self.setCurrentIndex(self.documents().index(current))
            self.blockSignals(False)

    def _chosen(self, index: int) -> None:
        if index >= 0:
            self._workspace.show(self.tabData(index))

    def _moved(self, _before: int, _after: int) -> None:
        for place, opened in enumerate(self.documents()):
            self._workspace.move(opened, place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        opened = self.document_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and opened is not None:
            self.close_asked.emit(opened)
        else:
            super().mouseReleaseEvent(event)

    def tabSizeHint(self, index: int) -> QSize:
        size = super().tabSizeHint(index)
        size.setWidth(min(size.width(), _LONGEST))
        return size

    # What is dragged here

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or has_layers(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        over = self.document_at(event.position().toPoint())
        if over is not self._hovered:
            self._hovered = over
            self._hover.start()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hovered = None
        self._hover.stop()

    def _show_hovered(self) -> None:
        if self._hovered in self._workspace.documents:
            self._workspace.show(self._hovered)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hovered = None
        self._hover.stop()
        self.dropped.emit(event.mimeData(), self.document_at(event.position().toPoint()))
        event.acceptProposedAction()
