"""Networks: which one selects and where they run; those by others, and getting or removing them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.dialogs.scrolling import scrolling
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import GAP, Line, label

if TYPE_CHECKING:
    from inpaint_studio.app.networks import Networks
    from inpaint_studio.jobs import Job
    from inpaint_studio.studio.models import Offer

_INTRODUCTION = (
    "Inpaint Studio works without them. Nothing is fetched unless you choose Get, which also means that "
    "you accept the terms shown. Every file is checked before it is used."
)
_STEPS = 1000
_DEVICES = {
    "auto": "The fastest of this computer",
    "cpu": "Processor (CPU)",
    "cuda": "NVIDIA graphics card (CUDA)",
    "directml": "Graphics card (DirectML)",
    "coreml": "Apple's processors (CoreML)",
}


class _Row(QFrame):
    """One network. Of its buttons (`get`, `from_file`, `remove`, `cancel`) those that fit now are shown."""

    def __init__(self, networks: Networks, offer: Offer) -> None:
        super().__init__()
        self._networks = networks
        self._job: Job[object] | None = None
        self.get, self.from_file = QPushButton("Get"), QPushButton("From a file…")
        self.remove, self.cancel = QPushButton("Remove"), QPushButton("Cancel")
        self.state = label("", "muted")
        self.trouble = label("", "bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        host = urlsplit(offer.sources[0]).hostname
        self.get.setToolTip(f"Fetch {offer.size / 1e6:.0f} MB from {host}")
        self.from_file.setToolTip("Add it from ONNX files that you have")
        for button in self._buttons():
            button.setAutoDefault(False)
            button.setAccessibleName(f"{button.text().removesuffix('…')}: {offer.title}")
        self._arrange(offer)
        self.show_offer(offer)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.get, self.from_file, self.remove, self.cancel

    def _arrange(self, offer: Offer) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, GAP, GAP)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(label(offer.title))
        head.addWidget(self.state)
        head.addStretch(1)
        for button in self._buttons():
            head.addWidget(button)
        column.addLayout(head)
        terms = f"{offer.size / 1e6:.0f} MB. Terms: {offer.licence}. {offer.home}"
        for text, role in ((offer.about, "muted"), (terms, "second")):
            words: QLabel = label(text, role)
            words.setWordWrap(True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(words)
        column.addWidget(self.trouble)
        column.addWidget(self.bar)

    def show_offer(self, offer: Offer) -> None:
        """Shows whether it is here, and how far it has come."""
        job, had_focus = self._networks.running(offer.id), any(b.hasFocus() for b in self._buttons())
        self.state.setText("Installed" if offer.installed and job is None else "")
        self.get.setVisible(job is None and not offer.installed)
        self.from_file.setVisible(job is None and not offer.installed)
        self.remove.setVisible(job is None and offer.installed)
        self.cancel.setVisible(job is not None)
        if had_focus:
            # Not the button of the next row, which a second press of the space bar would reach.
            next(button for button in self._buttons() if not button.isHidden()).setFocus()
        self.bar.setVisible(job is not None)
        if job is not None and job is not self._job:
            self._show_progress(job.fraction, "")
            follow(self, job.progress, self._show_progress)
            follow(self, job.failed, self._show_trouble)
            self.trouble.hide()
        self._job = job

    def _show_progress(self, fraction: float, _words: str) -> None:
        self.bar.setValue(round(fraction * _STEPS))
        self.state.setText(f"{fraction:.0%}")

    def _show_trouble(self, why: str) -> None:
        self.trouble.setText(why)
        self.trouble.show()

    def stop(self) -> None:
        """Cancels what goes on; what came already is kept to go on from."""
        if self._job is not None:
            self._job.cancel()


class NetworksDialog(QDialog):
    """A row for each network of the catalogue. Closing it stops nothing: the line below shows it, too."""

    def __init__(self, networks: Networks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._networks = networks
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Networks")
        self.resize(600, 560)
        self.rows: dict[str, _Row] = {}
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for offer in networks.offers():
            rows.addWidget(Line())
            row = self.rows[offer.id] = _Row(networks, offer)
            row.get.clicked.connect(partial(self._networks.fetch, offer))
            row.from_file.clicked.connect(partial(self._add, offer))
            row.remove.clicked.connect(partial(self._networks.remove, offer))
            row.cancel.clicked.connect(row.stop)
            rows.addWidget(row)
        rows.addStretch(1)
        self.selector, self.device = QComboBox(), QComboBox()
        self._arrange(inner)
        self._show_choices()
        self.selector.activated.connect(lambda _: networks.choose_selector(self.selector.currentData()))
        self.device.activated.connect(lambda _: networks.choose_device(self.device.currentData()))
        follow(self, networks.changed, self._show)

    def _arrange(self, inner: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(GAP)
        column.addLayout(self._choices())
        column.addSpacing(GAP)
        column.addWidget(label("Networks by others", "heading"))
        text = label(_INTRODUCTION, "muted")
        text.setWordWrap(True)
        column.addWidget(text)
        column.addWidget(scrolling(inner), 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.close_button = QPushButton("Close")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons.addWidget(self.close_button)
        column.addLayout(buttons)

    def _choices(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, box in (("&Select objects by", self.selector), ("&Run networks on", self.device)):
            form.addRow(text, box)
            box.setAccessibleName(text.replace("&", ""))
        self.selector.setToolTip("What answers the clicks, boxes and lines of the selection tools")
        return form

    def _show_choices(self) -> None:
        """What can be chosen here, and what is."""
        networks = self._networks
        devices = [(name, _DEVICES.get(name, name)) for name in networks.devices()]
        for box, choices, chosen in (
            (self.selector, networks.selectors(), networks.selector),
            (self.device, devices, networks.device),
        ):
            box.clear()
            for name, title in choices:
                box.addItem(title, name)
            box.setCurrentIndex(box.findData(chosen))
            box.setEnabled(len(choices) > 1)

    def _show(self) -> None:
        self._show_choices()
        for offer in self._networks.offers():
            self.rows[offer.id].show_offer(offer)

    def _add(self, offer: Offer) -> None:
        paths, _ = QFileDialog.getOpenFileNames(
            self, f"Files of {offer.title}", str(Path.home()), "Networks (*.onnx)"
        )
        if paths:
            self._networks.add(offer, [Path(path) for path in paths])
