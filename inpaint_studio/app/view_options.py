"""How the canvas is shown: what the user switches on and off. No history, and the same for all documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics.event import Event

if TYPE_CHECKING:
    from inpaint_studio.app.settings import Settings

SWITCHES = {"rulers": False, "snap": True, "pixel_grid": True, "guides": True}
"""What is on at first, by name."""


class ViewOptions:
    """Switches by their names (`SWITCHES`), remembered between runs."""

    def __init__(self, settings: Settings) -> None:
        self.changed: Event[str] = Event()
        """A switch was turned: its name."""
        self._settings = settings

    def is_on(self, name: str) -> bool:
        """Raises KeyError for an unknown switch."""
        return self._settings.text(f"view {name}", "yes" if SWITCHES[name] else "no") == "yes"

    def toggle(self, name: str) -> None:
        """Turns a switch. Raises KeyError for an unknown one."""
        self._settings.keep(f"view {name}", "no" if self.is_on(name) else "yes")
        self.changed.emit(name)
