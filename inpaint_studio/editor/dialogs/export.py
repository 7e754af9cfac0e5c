"""Where and how to export: format, quality, metadata, and how large the file will be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.app.exporting import Estimate, ExportOptions
from inpaint_studio.editor.widgets import GAP, ElidedLabel, LabelledSlider, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.jobs import Job, JobContext, JobGroup

_DEBOUNCE_MS = 250
_WIDTH = 440


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file: its name for people, its suffix, and what it can hold."""

    name: str
    suffix: str
    quality: bool = False
    transparency: bool = True


FORMATS = (
    ExportFormat("PNG", ".png"),
    ExportFormat("JPEG", ".jpg", quality=True, transparency=False),
    ExportFormat("WebP", ".webp", quality=True),
    ExportFormat("TIFF", ".tif"),
)


def size_in_words(size: int) -> str:
    """Bytes for people: "850 kB", "2.4 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"


class ExportDialog(QDialog):
    """Asks for `ExportOptions`; `options()` is valid at any time, `exec` says whether to go on."""

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        *,
        jobs: JobGroup,
        estimate: Callable[[ExportOptions, JobContext], Estimate],
        quality: int = 92,
        parent: QWidget | None = None,
    ) -> None:
        """`path` is the proposal (its suffix chooses the format), `size` width and height in pixels.

        `estimate` says what a file with some options would be like; it runs in a job.
        """
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._path, self._size, self._transparent = path, size, False
        self._agreed: Path | None = None
        self._jobs, self._estimate = jobs, estimate
        self._job: Job[Estimate] | None = None
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        self.format.addItems([f.name for f in FORMATS])
        self.quality = LabelledSlider("", 1, 100, value=quality)
        self.quality.slider.setAccessibleName("Quality")
        self.metadata = QCheckBox("Keep the camera’s data (EXIF)")
        self.metadata.setChecked(True)
        self.place = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.choose = QPushButton("Choose…")
        self.size_text = label("", "muted")
        self.note = label("", "second")
        self.note.setWordWrap(True)
        self.cancel_button, self.export_button = QPushButton("Cancel"), QPushButton("Export")
        self.export_button.setProperty("accent", True)
        self.export_button.setDefault(True)
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(_DEBOUNCE_MS)
        self._lay_out()
        self._connect()
        kinds = [f.suffix for f in FORMATS]
        suffix = {".jpeg": ".jpg", ".tiff": ".tif"}.get(path.suffix.lower(), path.suffix.lower())
        self.format.setCurrentIndex(kinds.index(suffix) if suffix in kinds else 0)
        self._options_changed()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(GAP)
        place = QHBoxLayout()
        place.setSpacing(GAP)
        place.addWidget(self.place, 1)
        place.addWidget(self.choose)
        grid.addWidget(label("Format", "muted"), 0, 0)
        grid.addWidget(self.format, 0, 1)
        grid.addWidget(label("Quality", "muted"), 1, 0)
        grid.addWidget(self.quality, 1, 1)
        grid.addWidget(self.metadata, 2, 1)
        grid.addWidget(label("File", "muted"), 3, 0)
        grid.addLayout(place, 3, 1)
        grid.addWidget(label("Size", "muted"), 4, 0)
        grid.addWidget(self.size_text, 4, 1)
        grid.setRowMinimumHeight(4, 28)
        grid.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.note, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(20)
        column.addLayout(grid)
        column.addLayout(buttons)
        self.setFixedWidth(_WIDTH)

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._options_changed)
        self.quality.changed.connect(self._options_changed)
        self.metadata.toggled.connect(self._options_changed)
        self.choose.clicked.connect(self._choose)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.accept)
        self._debounce.timeout.connect(self._ask_size)
        self.finished.connect(self._stop)

    @property
    def kind(self) -> ExportFormat:
        return FORMATS[self.format.currentIndex()]

    def options(self) -> ExportOptions:
        """What is chosen now."""
        path = self._path.with_suffix(self.kind.suffix)
        return ExportOptions(path, round(self.quality.value), self.metadata.isChecked())

    @Slot()
    def _options_changed(self, *_: object) -> None:
        path = self.options().path
        self.quality.setEnabled(self.kind.quality)
        self.place.set_text(str(path))
        self._show_notes()
        self._show_size("…")
        self._debounce.start()

    def _show_notes(self) -> None:
        path, notes = self.options().path, []
        if self._transparent and not self.kind.transparency:
            notes.append(f"{self.kind.name} has no transparency: it becomes white.")
        if path != self._agreed and path.exists():
            notes.append("The file there will be replaced.")
        self.note.setText(" ".join(notes))

    def _show_size(self, words: str) -> None:
        self.size_text.setText(f"{self._size[0]} × {self._size[1]} · {words}")

    @Slot()
    def _ask_size(self) -> None:
        work = partial(self._estimate, self.options())
        self._job = self._jobs.submit(
            "Estimating the size", work, lane="interactive", key="export-size", quiet=True
        )
        self._job.finished.connect(self._size_known)
        self._job.failed.connect(self._size_failed)

    def _size_known(self, estimate: Estimate) -> None:
        self._show_size(size_in_words(estimate.size))
        self._transparent = estimate.transparent
        self._show_notes()

    def _size_failed(self, why: str) -> None:
        self._show_size("?")
        self.note.setText(why)

    @Slot()
    def _choose(self) -> None:
        filters = ";;".join(f"{f.name} (*{f.suffix})" for f in FORMATS)
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export", str(self.options().path), filters, f"{self.kind.name} (*{self.kind.suffix})"
        )
        if not chosen:
            return
        suffix = Path(chosen).suffix.lower()
        for i, kind in enumerate(FORMATS):
            if suffix == kind.suffix:
                self.format.setCurrentIndex(i)
        # The file dialog has asked already whether to replace what is there under the name as it was typed.
        self._agreed = Path(chosen)
        typed = any(suffix == kind.suffix for kind in FORMATS)
        self._path = self._agreed if typed else Path(chosen + self.kind.suffix)
        self._options_changed()

    @Slot()
    def _stop(self, *_: object) -> None:
        self._debounce.stop()
        if self._job is not None:
            self._job.cancel()
