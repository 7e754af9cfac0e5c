"""The application's settings, kept where the system keeps those of programs."""

from __future__ import annotations

from PySide6.QtCore import QSettings


class QtSettings:
    """An `app.settings.Settings`."""

    def __init__(self) -> None:
        self._settings = QSettings()

    def text(self, key: str, default: str = "") -> str:
        return str(self._settings.value(key, default))

    def texts(self, key: str) -> list[str]:
        # A list of one text comes back as that text.
        value = self._settings.value(key, [])
        return [str(each) for each in value] if isinstance(value, list) else [str(value)]

    def keep(self, key: str, value: str | list[str]) -> None:
        self._settings.setValue(key, value)
