"""A picture from a camera: look, count down, take, take again, use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.images import to_image
from inpaint_studio.editor.widgets import GAP, label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from inpaint_studio.app.camera import Cameras
    from inpaint_studio.basics.mask import Array

_WIDTH, _HEIGHT = 640, 480
_COUNTDOWNS = (0, 3, 10)


class CameraDialog(QDialog):
    """Shows what a camera sees until a picture is taken; `used` gives that to the program."""

    used = Signal(object)
    """H×W×3 uint8 RGB."""

    def __init__(self, cameras: Cameras, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("From camera")
        self._cameras = cameras
        self._taken: Array | None = None
        self._seen: Array | None = None
        self._left = 0
        self._over = False
        self.picture = QLabel("Looking for cameras…")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedSize(_WIDTH, _HEIGHT)
        self.picture.setWordWrap(True)
        self.picture.setAccessibleName("What the camera sees")
        self.camera, self.countdown = QComboBox(), QComboBox()
        self.camera.setAccessibleName("Camera")
        self.countdown.setAccessibleName("Countdown")
        for seconds in _COUNTDOWNS:
            self.countdown.addItem(f"{seconds} s" if seconds else "At once", seconds)
        self.mirror = QCheckBox("&Mirror")
        self.take, self.use, self.cancel = QPushButton("&Take"), QPushButton("&Use"), QPushButton("Cancel")
        self.use.setProperty("accent", True)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._arrange()
        self._connect()
        self._set_ready(on=False)
        job = cameras.find()
        job.finished.connect(self._found)
        job.failed.connect(self._tell)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for widget in (self.camera, self.mirror, label("Countdown", "muted"), self.countdown):
            row.addWidget(widget)
        row.addStretch(1)
        for button in (self.cancel, self.take, self.use):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(2 * GAP)
        column.addWidget(self.picture)
        column.addLayout(row)

    def _connect(self) -> None:
        self.camera.activated.connect(self._camera_chosen)
        self.take.clicked.connect(self._take_pressed)
        self.use.clicked.connect(self._use_pressed)
        self.cancel.clicked.connect(self.reject)
        self._tick.timeout.connect(self._count)

    def _set_ready(self, *, on: bool) -> None:
        self.take.setEnabled(on)
        self.use.setEnabled(on and self._taken is not None)

    # The camera

    def _found(self, numbers: list[int]) -> None:
        for number in numbers:
            self.camera.addItem(f"Camera {number + 1}", number)
        self._camera_chosen(0)

    def _camera_chosen(self, index: int) -> None:
        self._taken = self._seen = None
        self._set_ready(on=False)
        job = self._cameras.open(self.camera.itemData(index))
        job.finished.connect(lambda _none: self._look())
        job.failed.connect(self._tell)

    def _look(self) -> None:
        if not self._over and self._taken is None:
            job = self._cameras.frame()
            job.finished.connect(self._show_frame)
            job.failed.connect(self._tell)

    def _show_frame(self, pixels: Array) -> None:
        if self._over or self._taken is not None:
            return
        self._seen = np.ascontiguousarray(pixels[:, ::-1]) if self.mirror.isChecked() else pixels
        self._show(self._seen)
        self._set_ready(on=True)
        self._look()

    def _show(self, pixels: Array) -> None:
        opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = to_image(np.concatenate([pixels, opaque], axis=2)).scaled(_WIDTH, _HEIGHT, keep, smooth)
        self.picture.setPixmap(QPixmap.fromImage(image))

    def _tell(self, sentence: str) -> None:
        if not self._over:
            self.picture.setText(sentence)
            self._set_ready(on=False)

    # Taking

    def _take_pressed(self) -> None:
        if self._taken is not None:
            self._taken = None
            self.take.setText("&Take")
            self._set_ready(on=True)
            self._look()
            return
        self._left = self.countdown.currentData()
        if self._left:
            self.take.setText(f"{self._left} …")
            self._tick.start()
        else:
            self._take()

    def _count(self) -> None:
        self._left -= 1
        if self._left > 0:
            self.take.setText(f"{self._left} …")
        else:
            self._tick.stop()
            self._take()

    def _take(self) -> None:
        self._taken = self._seen
        self.take.setText("&Take again")
        self._set_ready(on=self._taken is not None)
        self.use.setFocus()

    def _use_pressed(self) -> None:
        if self._taken is not None:
            self.used.emit(self._taken)
            self.accept()

    def done(self, result: int) -> None:
        """Lets the camera go, however the dialog ends."""
        self._end()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._tick.stop()
            self._cameras.close()
