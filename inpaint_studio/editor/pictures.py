"""Buttons that are pictures with a title, for samples and recent work."""

from __future__ import annotations

import zipfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from inpaint_studio.editor import theme
from inpaint_studio.editor.widgets import FlowLayout, label

if TYPE_CHECKING:
    from collections.abc import Sequence

PICTURE = QSize(160, 112)
_TITLE = 24
_MAX_THUMBNAIL = 8 << 20


def read_small(path: Path, size: QSize) -> QImage:
    """A picture file, or the thumbnail inside an OpenRaster file, covering `size`; null if unreadable."""
    if path.suffix.lower() == ".ora":
        image = _project_thumbnail(path)
    else:
        reader = QImageReader(str(path))
        reader.setAutoTransform(True)
        whole = reader.size()
        if whole.isValid():
            turned = size.transposed() if whole.height() > whole.width() else size
            reader.setScaledSize(whole.scaled(turned, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
        image = reader.read()
    if image.isNull():
        return image
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    return image.scaled(size, mode, Qt.TransformationMode.SmoothTransformation)


def _project_thumbnail(path: Path) -> QImage:
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo("Thumbnails/thumbnail.png")
            if member.file_size > _MAX_THUMBNAIL:
                return QImage()
            return QImage.fromData(archive.read(member))
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return QImage()


class PictureTile(QAbstractButton):
    """A file as a picture with rounded corners over its title. `load` reads the picture."""

    def __init__(self, path: Path, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path, self._image = path, QImage()
        self.setText(title)
        self.setToolTip(str(path))
        self.setAccessibleName(title)
        self.setFixedSize(PICTURE + QSize(0, _TITLE))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def load(self) -> None:
        ratio = self.devicePixelRatioF()
        self._image = read_small(self.path, PICTURE * ratio)
        self.update()

    @property
    def loaded(self) -> bool:
        return not self._image.isNull()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = QRect(2, 2, PICTURE.width() - 4, PICTURE.height() - 4)
        outline = QPainterPath()
        outline.addRoundedRect(place, 8, 8)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(place, theme.color("raised"))
        if self.loaded:
            target = QRect(place.topLeft(), self._image.size().scaled(
                place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding))  # fmt: skip
            target.moveCenter(place.center())
            painter.drawImage(target, self._image)
        if self.isDown():
            painter.fillRect(place, theme.color("pressed"))
        painter.restore()
        lit = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(theme.color("focus" if lit else "line"), 2 if lit else 1))
        painter.drawPath(outline)
        painter.setPen(theme.color("text" if lit else "second"))
        area = QRect(2, PICTURE.height() + 2, PICTURE.width() - 4, _TITLE - 2)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class PictureShelf(QWidget):
    """Lines of pictures of files, under a title if there is one; a click chooses one.

    The pictures are read after it shows.
    """

    chosen = Signal(str)
    """The path of a file."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if title:
            column.addWidget(label(title, "muted"))
        self._flow = FlowLayout(gap=16)
        column.addLayout(self._flow)
        self.tiles: list[PictureTile] = []
        self._waiting: deque[PictureTile] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._load_next)

    def show_files(self, files: Sequence[tuple[Path, str]]) -> None:
        """Shows these files with their titles instead; hides itself if there are none."""
        for old in self.tiles:
            self._flow.removeWidget(old)
            old.hide()
            # Later: its click may be what brought us here.
            old.deleteLater()
        self.tiles = [PictureTile(path, title, self) for path, title in files]
        for tile in self.tiles:
            tile.clicked.connect(self._clicked)
            self._flow.addWidget(tile)
        self._waiting = deque(self.tiles)
        self.setVisible(bool(self.tiles))
        if self.isVisible():
            self._timer.start()

    @property
    def reading(self) -> bool:
        """Whether a picture is still to be read."""
        return self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def _load_next(self) -> None:
        """One picture at a time, so that the window answers meanwhile."""
        if self._waiting and self.isVisible():
            self._waiting.popleft().load()
        else:
            self._timer.stop()

    def _clicked(self) -> None:
        tile = self.sender()
        if isinstance(tile, PictureTile):
            self.chosen.emit(str(tile.path))
