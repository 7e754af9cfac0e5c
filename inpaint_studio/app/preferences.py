"""What the user chose for the program as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics.event import Event

if TYPE_CHECKING:
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.settings import Settings

UNDO_MEGABYTES = (64, 16384)
"""The least and the most memory that steps back may take."""
RECOVERY_SECONDS = (1, 600)
_UNDO, _RECOVERY = 512, 3
_UNDO_KEY, _RECOVERY_KEY = "undo megabytes", "recovery seconds"


class Preferences:
    """Kept in the settings, and given to the documents that are open and that will be opened."""

    def __init__(self, settings: Settings) -> None:
        self.changed: Event[[]] = Event()
        self._settings = settings

    @property
    def restores_session(self) -> bool:
        """Whether the program begins with the files that were open last."""
        return self._settings.text("restore session", "no") == "yes"

    def set_restores_session(self, on: bool) -> None:
        self._settings.keep("restore session", "yes" if on else "no")

    @property
    def undo_megabytes(self) -> int:
        """Memory for the steps of a document; older ones are moved to a file."""
        return self._number(_UNDO_KEY, _UNDO, UNDO_MEGABYTES)

    def set_undo_megabytes(self, megabytes: int) -> None:
        self._keep(_UNDO_KEY, megabytes)

    @property
    def recovery_seconds(self) -> int:
        """A change is on the disk so much later, for the case that the program ends without saving."""
        return self._number(_RECOVERY_KEY, _RECOVERY, RECOVERY_SECONDS)

    def set_recovery_seconds(self, seconds: int) -> None:
        self._keep(_RECOVERY_KEY, seconds)

    def apply(self, opened: OpenDocument) -> None:
        """Gives an open document what was chosen; what never was stays as it is."""
        if self._settings.text(_UNDO_KEY):
            opened.document.history.limit = self.undo_megabytes << 20
        if self._settings.text(_RECOVERY_KEY):
            opened.recovery.delay_ms = self.recovery_seconds * 1000

    def _number(self, key: str, usual: int, limits: tuple[int, int]) -> int:
        """A number as it was kept, in its limits; the usual one where it is none."""
        text = self._settings.text(key, str(usual))
        return min(max(int(text), limits[0]), limits[1]) if text.isdecimal() else usual

    def _keep(self, key: str, value: int) -> None:
        self._settings.keep(key, str(value))
        self.changed.emit()
