"""Where and how to export: format, quality, metadata, and how large the file will be."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
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
from inpaint_studio.basics import message
from inpaint_studio.basics.parameters import values_for
from inpaint_studio.editor.panels.property_rows import Control, control_for
from inpaint_studio.editor.widgets import GAP, ElidedLabel, label
from inpaint_studio.studio.save import picture_parameters, picture_writers

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.parameters import Value
    from inpaint_studio.jobs import Job, JobContext, JobGroup
    from inpaint_studio.studio.save import Keep, Writer

_DEBOUNCE_MS = 250
_WIDTH = 440
_METADATA: dict[Keep, str] = {"all": "All of it", "copyright": "Artist and copyright only", "none": "None"}


def size_in_words(size: int) -> str:
    """Bytes for people: "850 kB", "2.4 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"


def _filter(writer: Writer) -> str:
    """The format as a file dialog takes it: "JPEG (*.jpg *.jpeg)"."""
    return f"{writer.title} ({' '.join('*' + suffix for suffix in writer.suffixes)})"


def _lost(writer: Writer) -> str:
    """What the format does not keep, in words."""
    return f"Does not keep: {', '.join(sorted(writer.loses))}" if writer.loses else "Keeps all of the picture"


class ExportDialog(QDialog):
    """Asks for `ExportOptions`; `options()` is valid at any time, `exec` says whether to go on."""

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        *,
        jobs: JobGroup,
        estimate: Callable[[ExportOptions, JobContext], Estimate],
        chosen: ExportOptions | None = None,
        deep: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`path` is the proposal (its suffix chooses the format), `size` width and height in pixels.

        `estimate` says what a file with some options would be like; it runs in a job. `chosen` is what was
        chosen last time, `deep` whether the picture has 16 bits a channel.
        """
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._path, self._size, self._transparent = path, size, False
        self._agreed: Path | None = None
        self._jobs, self._estimate = jobs, estimate
        self._job: Job[Estimate] | None = None
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        self._writers = picture_writers()
        for place, writer in enumerate(self._writers):
            self.format.addItem(writer.title)
            self.format.setItemData(place, _lost(writer), Qt.ItemDataRole.ToolTipRole)
        self.controls: dict[str, Control] = {}
        """What is chosen for the formats' parameters, by their names."""
        self._deep = deep
        self._values = values_for(picture_parameters(), chosen.values if chosen else {}, strict=False)
        self.metadata = QComboBox()
        self.metadata.setAccessibleName("Metadata")
        for keep, words in _METADATA.items():
            self.metadata.addItem(words, keep)
        if chosen is not None:
            self.metadata.setCurrentIndex(self.metadata.findData(chosen.metadata))
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
        self.format.setCurrentIndex(self._place_of(path) or 0)
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
        row = 1
        for parameter in picture_parameters():
            control = self.controls[parameter.name] = control_for(parameter)
            control.widget.setToolTip(parameter.help)
            grid.addWidget(label(parameter.label, "muted"), row, 0)
            grid.addWidget(control.widget, row, 1)
            row += 1
        grid.addWidget(label("Metadata", "muted"), row, 0)
        grid.addWidget(self.metadata, row, 1)
        row += 1
        grid.addWidget(label("File", "muted"), row, 0)
        grid.addLayout(place, row, 1)
        grid.addWidget(label("Size", "muted"), row + 1, 0)
        grid.addWidget(self.size_text, row + 1, 1)
        grid.setRowMinimumHeight(row + 1, 28)
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
        for name, control in self.controls.items():
            control.show_value(self._values[name])
            control.changed.connect(partial(self._value_changed, name))
        self.metadata.currentIndexChanged.connect(self._options_changed)
        self.choose.clicked.connect(self._choose)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.accept)
        self._debounce.timeout.connect(self._ask_size)
        self.finished.connect(self._stop)

    @property
    def kind(self) -> Writer:
        """The format that is chosen."""
        return self._writers[self.format.currentIndex()]

    def _place_of(self, path: Path) -> int | None:
        """Where in the list the format of a path's suffix stands."""
        kinds = enumerate(self._writers)
        return next((place for place, kind in kinds if path.suffix.lower() in kind.suffixes), None)

    def options(self) -> ExportOptions:
        """What is chosen now."""
        kept = self._path.suffix.lower() in self.kind.suffixes
        path = self._path if kept else self._path.with_suffix(self.kind.suffixes[0])
        return ExportOptions(path, dict(self._values), self.metadata.currentData())

    def _value_changed(self, name: str, value: Value) -> None:
        self._values[name] = value
        self._options_changed()

    @Slot()
    def _options_changed(self, *_: object) -> None:
        path = self.options().path
        own = {parameter.name for parameter in self.kind.choices}
        for name, control in self.controls.items():
            control.widget.setEnabled(name in own)
        self.place.set_text(str(path))
        self._show_notes()
        self._show_size("…")
        if self.isVisible():
            self._debounce.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._debounce.start()

    def _show_notes(self) -> None:
        path, notes = self.options().path, []
        opaque = "transparency" in self.kind.loses and self._values["ground"] == "transparent"
        if self._transparent and opaque:
            notes.append(f"{self.kind.title} has no transparency: it becomes white.")
        if self._deep and "16 bit" in self.kind.loses:
            notes.append(f"{self.kind.title} has 8 bits a channel: half of the picture's 16 are lost.")
        elif self._deep and self._values["depth"] == "8-bit":
            notes.append("Half of the picture's 16 bits a channel are lost.")
        if path != self._agreed and path.exists():
            notes.append("The file there will be replaced.")
        self.note.setText(" ".join(notes))

    def _show_size(self, words: str) -> None:
        scaled = self.kind.write_layers is None
        width, height = self.kind.finish(self._values).size(*self._size) if scaled else self._size
        self.size_text.setText(f"{width} × {height} · {words}")

    @Slot()
    def _ask_size(self) -> None:
        work = partial(self._estimate, self.options())
        self._job = self._jobs.submit(
            message("job.estimating_size"), work, lane="interactive", key="export-size", quiet=True
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
        filters = ";;".join(_filter(writer) for writer in self._writers)
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export", str(self.options().path), filters, _filter(self.kind)
        )
        if not chosen:
            return
        place = self._place_of(Path(chosen))
        if place is not None:
            self.format.setCurrentIndex(place)
        # The file dialog has asked already whether to replace what is there under the name as it was typed.
        self._agreed = Path(chosen)
        self._path = self._agreed if place is not None else Path(chosen + self.kind.suffixes[0])
        self._options_changed()

    @Slot()
    def _stop(self, *_: object) -> None:
        self._debounce.stop()
        if self._job is not None:
            self._job.cancel()
