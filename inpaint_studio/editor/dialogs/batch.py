"""One action for many photos: which, what, where to, and how far it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import GAP, ElidedLabel, LabelledSlider, label
from inpaint_studio.jobs import in_words
from inpaint_studio.studio.batch import ACTIONS, Options, Order

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.studio.batch import Outcome

_WIDTH = 560
_EXISTING = {
    "stop": "Stop before anything is done", "skip": "Leave the photo out", "replace": "Replace the file",
    "number": "Number the result",
}  # fmt: skip
_OWN = "As the photo, or the action's own"


class PathField(QWidget):
    """A folder, and a button to choose it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self._title = title
        self.text = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.button = QPushButton("Choose…")
        self.button.setAccessibleName(title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self._choose)

    def show_path(self, path: Path) -> None:
        self.path = path
        self.text.set_text(str(path))

    @Slot()
    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self._title, str(self.path or Path.home()))
        if chosen:
            self.show_path(Path(chosen))


class BatchDialog(QDialog):
    """Asks for an `Order` and follows `app.batching`; open beside the window, which can be worked in."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Batch")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._batching, self._settings = app.batching, app.settings
        self._photos: list[Path] = []
        self._failed: list[str] = []
        self._done = 0
        self._make_fields()
        self._lay_out()
        self._connect()
        self._show_photos()
        self._action_changed()
        self._show_running(self._batching.running is not None)

    def _make_fields(self) -> None:
        self.photos = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.add_files, self.add_folder = QPushButton("Add photos…"), QPushButton("Add folder…")
        self.clear = QPushButton("Clear")
        self.action = QComboBox()
        for action in ACTIONS.values():
            self.action.addItem(action.title, action.id)
        self.label = QLineEdit("subject")
        self.label.setToolTip("What finders call it, such as “car”, or “subject” for what stands out most")
        self.masks = PathField("Folder of masks")
        self.strength = LabelledSlider("", 0, 100, value=100, unit="%")
        self.format = QComboBox()
        self.quality = LabelledSlider("", 1, 100, value=92)
        self.folder = PathField("Folder of the results")
        self.folder.show_path(Path(self._settings.text("batch folder", str(Path.home()))))
        self.existing = QComboBox()
        for key, words in _EXISTING.items():
            self.existing.addItem(words, key)
        self.processes = QSpinBox()
        self.processes.setRange(1, max(1, os.cpu_count() or 1))
        self.processes.setToolTip("Each takes up to 1 GB of memory")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.note = label("", "second")
        self.note.setWordWrap(True)
        self.errors = QPlainTextEdit()
        self.errors.setReadOnly(True)
        self.errors.setAccessibleName("What could not be done")
        self.close_button, self.start_button = QPushButton("Close"), QPushButton("Start")
        self.start_button.setProperty("accent", True)
        self.start_button.setDefault(True)

    def _lay_out(self) -> None:
        self._rows: dict[str, tuple[QWidget, QWidget]] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(GAP)
        self._grid.setColumnStretch(1, 1)
        chosen = QHBoxLayout()
        chosen.setSpacing(GAP)
        chosen.addWidget(self.photos, 1)
        for button in (self.add_files, self.add_folder, self.clear):
            chosen.addWidget(button)
        self._grid.addWidget(label("Photos", "muted"), 0, 0)
        self._grid.addLayout(chosen, 0, 1)
        for key, words, field in (
            ("action", "Do", self.action), ("label", "What", self.label), ("mask_dir", "Masks", self.masks),
            ("strength", "Strength", self.strength), ("suffix", "Format", self.format),
            ("quality", "Quality", self.quality), ("folder", "Into", self.folder),
            ("existing", "If a file is there", self.existing), ("processes", "Processes", self.processes),
        ):  # fmt: skip
            self._add_row(key, words, field)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.note, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.start_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(16)
        column.addLayout(self._grid)
        column.addWidget(self.bar)
        column.addWidget(self.errors, 1)
        column.addLayout(buttons)
        self.setMinimumWidth(_WIDTH)
        self.bar.hide()
        self.errors.hide()

    def _add_row(self, key: str, words: str, field: QWidget) -> None:
        row, name = len(self._rows) + 1, label(words, "muted")
        field.setAccessibleName(words)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(field, row, 1)
        self._rows[key] = name, field

    def _connect(self) -> None:
        self.add_files.clicked.connect(self._add_files)
        self.add_folder.clicked.connect(self._add_folder)
        self.clear.clicked.connect(self._clear)
        self.action.currentIndexChanged.connect(self._action_changed)
        self.close_button.clicked.connect(self.close)
        self.start_button.clicked.connect(self._start_or_stop)
        follow(self, self._batching.progress, self._show_progress)
        follow(self, self._batching.done, self._show_done)
        follow(self, self._batching.ended, self._ended)
        follow(self, self._batching.failed, self._refused)
        follow(self, self._batching.stopped, self._stopped)

    # What is chosen

    @Slot()
    def _add_files(self) -> None:
        start = self._settings.text("folder", str(Path.home()))
        chosen, _ = QFileDialog.getOpenFileNames(self, "Photos", start)
        self.add([Path(each) for each in chosen])

    @Slot()
    def _add_folder(self) -> None:
        start = self._settings.text("folder", str(Path.home()))
        chosen = QFileDialog.getExistingDirectory(self, "Folder of photos", start)
        self.add([Path(chosen)] if chosen else [])

    def add(self, paths: list[Path]) -> None:
        """Adds photos, and folders of photos."""
        self._photos += [path for path in paths if path not in self._photos]
        self._show_photos()

    @Slot()
    def _clear(self) -> None:
        self._photos = []
        self._show_photos()

    def _show_photos(self) -> None:
        names = ", ".join(path.name for path in self._photos)
        self.photos.set_text(names or "None yet")
        self.clear.setEnabled(bool(self._photos))
        self.start_button.setEnabled(bool(self._photos) or self._batching.running is not None)

    @Slot()
    def _action_changed(self) -> None:
        action = ACTIONS[self.action.currentData()]
        for key in ("label", "mask_dir", "strength", "quality"):
            for widget in self._rows[key]:
                widget.setVisible(key in action.reads)
        self.format.clear()
        self.format.addItem(_OWN, "")
        for suffix in action.suffixes:
            self.format.addItem(suffix.lstrip(".").upper(), suffix)

    def order(self) -> Order:
        """What is chosen now."""
        action = ACTIONS[self.action.currentData()]
        masks = self.masks.path if "mask_dir" in action.reads else None
        options = Options(
            label=self.label.text().strip() or "subject",
            mask_dir=str(masks) if masks is not None else "",
            suffix=self.format.currentData(),
            strength=self.strength.value / 100,
            quality=round(self.quality.value),
        )
        folder = self.folder.path or Path.home()
        return Order(tuple(self._photos), folder, action.id, options, self.existing.currentData())

    # How far it is

    @Slot()
    def _start_or_stop(self) -> None:
        if self._batching.running is not None:
            self.note.setText("Stopping after the photos under way…")
            self._batching.stop()
            return
        order = self.order()
        if order.action == "mask-dir" and not order.options.mask_dir:
            self.note.setText("Choose the folder of the masks first.")
            return
        self._settings.keep("batch folder", str(order.folder))
        self._failed, self._done = [], 0
        self.errors.clear()
        self.errors.hide()
        self.bar.setValue(0)
        self.note.setText("Looking at the photos…")
        self._batching.start(order, self.processes.value())
        self._show_running(True)

    def _show_running(self, on: bool) -> None:
        self.start_button.setText("Stop" if on else "Start")
        self.bar.setVisible(on or self._done > 0)
        for row in self._rows.values():
            row[1].setEnabled(not on)
        for button in (self.add_files, self.add_folder):
            button.setEnabled(not on)
        self._show_photos()

    def _show_progress(self, fraction: float, words: str) -> None:
        job = self._batching.running
        left = "" if job is None else in_words(job.seconds_left)
        self.bar.setValue(round(1000 * fraction))
        self.note.setText(", ".join(part for part in (words, left) if part))

    def _show_done(self, outcome: Outcome) -> None:
        if not outcome.error:
            self._done += 1
            return
        self._failed.append(f"{outcome.task.source.name}: {outcome.error}")
        self.errors.setPlainText("\n".join(self._failed))
        self.errors.show()

    def _ended(self, left_out: list[Path]) -> None:
        self.bar.setValue(1000)
        before = f", {len(left_out)} were there already" if left_out else ""
        failed = f", {len(self._failed)} could not be done" if self._failed else ""
        self.note.setText(f"{self._done} of {self._done + len(self._failed)} photos done{before}{failed}.")
        self._show_running(False)

    def _refused(self, sentence: str) -> None:
        self.note.setText(sentence)
        self._show_running(False)

    def _stopped(self) -> None:
        self.note.setText(f"Stopped; {self._done} photos are done. Start goes on where it stopped.")
        self._show_running(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._batching.stop()
        super().closeEvent(event)
