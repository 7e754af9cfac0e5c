"""Preferences: what is chosen here counts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.app.preferences import RECOVERY_SECONDS, UNDO_MEGABYTES
from inpaint_studio.editor.theme import theme
from inpaint_studio.editor.widgets import GAP, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.theme import ThemeName

_THEMES: tuple[tuple[ThemeName, str], ...] = (
    ("dark", "Dark"), ("light", "Light"), ("system", "As the system"),
)  # fmt: skip
_DEVICES = {
    "auto": "The fastest", "cpu": "Processor", "cuda": "CUDA", "directml": "DirectML", "coreml": "Core ML",
}  # fmt: skip


class PreferencesDialog(QDialog):
    """Look, start, networks, memory and recovery, each with its name and what it means."""

    def __init__(
        self, app: Application, wear: Callable[[ThemeName], None], parent: QWidget | None = None
    ) -> None:
        """`wear` puts a theme on the whole program."""
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._app, self._wear = app, wear
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * GAP)
        self._form.setVerticalSpacing(GAP)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.theme, self.device, self.selector = QComboBox(), QComboBox(), QComboBox()
        self.session = QCheckBox("&Begin with the files that were open last")
        self.undo, self.recovery = QSpinBox(), QSpinBox()
        self._fill()
        self._arrange()
        self._connect()

    def _fill(self) -> None:
        app = self._app
        for name, title in _THEMES:
            self.theme.addItem(title, name)
        self.theme.setCurrentIndex(self.theme.findData(theme().choice))
        for device in app.networks.devices():
            self.device.addItem(_DEVICES.get(device, device), device)
        self.device.setCurrentIndex(max(0, self.device.findData(app.networks.device)))
        for engine, title in app.networks.selectors():
            self.selector.addItem(title, engine)
        self.selector.setCurrentIndex(max(0, self.selector.findData(app.networks.selector)))
        self.session.setChecked(app.preferences.restores_session)
        for box, limits, value, unit in (
            (self.undo, UNDO_MEGABYTES, app.preferences.undo_megabytes, " MB"),
            (self.recovery, RECOVERY_SECONDS, app.preferences.recovery_seconds, " s"),
        ):
            box.setRange(*limits)
            box.setSuffix(unit)
            box.setValue(value)
        self.undo.setSingleStep(64)

    def _arrange(self) -> None:
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("&Theme", self.theme, ""),
            ("Start", self.session, ""),
            ("&Device of networks", self.device, "A network that fails there runs on the processor."),
            ("&Select object by", self.selector, ""),
            ("&Memory for undo", self.undo, "Of each document; what is older is kept in a file."),
            ("&Recovery data after", self.recovery, "So much of the work can be lost in a power cut."),
        )
        for name, widget, help in rows:
            title = QLabel(name)
            title.setBuddy(widget)
            widget.setAccessibleName(name.replace("&", ""))
            widget.setAccessibleDescription(help)
            self._form.addRow(title, widget)
            if help:
                self._form.addRow("", label(help, "second"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(2 * GAP)
        column.addWidget(label("Preferences", "heading"))
        column.addLayout(self._form)
        column.addStretch(1)
        column.addWidget(buttons)
        self.setMinimumWidth(460)

    def _connect(self) -> None:
        preferences = self._app.preferences
        self.theme.activated.connect(self._theme_chosen)
        self.device.activated.connect(self._device_chosen)
        self.selector.activated.connect(self._selector_chosen)
        self.session.toggled.connect(preferences.set_restores_session)
        self.undo.valueChanged.connect(preferences.set_undo_megabytes)
        self.recovery.valueChanged.connect(preferences.set_recovery_seconds)

    def _theme_chosen(self, index: int) -> None:
        self._wear(self.theme.itemData(index))

    def _device_chosen(self, index: int) -> None:
        self._app.networks.choose_device(self.device.itemData(index))

    def _selector_chosen(self, index: int) -> None:
        self._app.networks.choose_selector(self.selector.itemData(index))
