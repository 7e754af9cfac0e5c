"""What is shown while no photo is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inpaint_studio.editor import theme
from inpaint_studio.editor.pictures import PictureShelf, PictureTile
from inpaint_studio.editor.widgets import label
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMN = 688
"""Four pictures and the gaps between them."""
_MOST = 8
SENTENCE = "Drop a photo here: its objects become layers, and what was behind them is filled in."


def sample_paths() -> list[Path]:
    """The pictures that come with the program."""
    return sorted(resource("samples").glob("*.jpg"))


def _sample_title(path: Path) -> str:
    plain = path.stem.replace("-", " ").replace("_", " ")
    return plain[:1].upper() + plain[1:]


class DropArea(QFrame):
    """The dashed area with the one button; a click anywhere in it is a click on the button."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.active = False
        self.setMinimumHeight(232)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        heading = label("Take a photo apart", "heading")
        sentence = label(SENTENCE, "muted")
        sentence.setWordWrap(True)
        for text in (heading, sentence):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton("Open photo…")
        self.button.setProperty("accent", True)
        self.button.setToolTip("Open a photo or a project (Ctrl+O)")
        self.button.clicked.connect(self.clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(heading)
        column.addWidget(sentence)
        column.addSpacing(12)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        theme.theme().changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        self._picture.setPixmap(theme.pixmap("image", 40, "second", self.devicePixelRatioF()))

    def set_active(self, on: bool) -> None:
        """Lights up while something that can be opened is held over the window."""
        self.active = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("accent-line" if self.active else "second"), 1.5)
        pen.setDashPattern([4, 4])
        if not self.active:
            painter.setOpacity(0.6)
        place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(place, 12, 12)
        painter.fillPath(outline, theme.color("selected" if self.active else "panel"))
        painter.setPen(pen)
        painter.drawPath(outline)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class StartScreen(QFrame):
    """A place to drop a photo, and samples and recent work as pictures, which are read after it shows."""

    open_requested = Signal()
    path_chosen = Signal(str)

    def __init__(
        self,
        recent: Sequence[str] = (),
        samples: Sequence[Path] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.drop = DropArea()
        self.drop.clicked.connect(self.open_requested)
        self._recent, self._samples = PictureShelf("Recent"), PictureShelf("Samples")
        for shelf in (self._recent, self._samples):
            shelf.chosen.connect(self.path_chosen)
        self._make_column()
        shown = list(sample_paths() if samples is None else samples)[:_MOST]
        self._samples.show_files([(path, _sample_title(path)) for path in shown])
        self.set_recent(recent)

    def _make_column(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(_COLUMN)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 32, 0, 32)
        column.setSpacing(24)
        column.addStretch(1)
        for widget in (self.drop, self._recent, self._samples):
            column.addWidget(widget)
        column.addStretch(1)
        page = QFrame()
        page.setBackgroundRole(QPalette.ColorRole.Window)
        page.setAutoFillBackground(True)
        row = QHBoxLayout(page)
        row.setContentsMargins(24, 0, 24, 0)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def set_recent(self, paths: Sequence[str]) -> None:
        """Shows the newest of these files; those that are gone are left out."""
        there = [p for p in map(Path, paths) if p.is_file()]
        self._recent.show_files([(path, path.name) for path in there[: _MOST // 2]])

    def tiles(self) -> list[PictureTile]:
        """All pictures, recent ones first."""
        return [*self._recent.tiles, *self._samples.tiles]

    @staticmethod
    def _paths(event: QDropEvent) -> list[str]:
        return [u.toLocalFile() for u in event.mimeData().urls() if u.isLocalFile()]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._paths(event):
            event.acceptProposedAction()
            self.drop.set_active(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop.set_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop.set_active(False)
        for path in self._paths(event):
            self.path_chosen.emit(path)
        event.acceptProposedAction()
