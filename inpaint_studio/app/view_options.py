"""How the canvas is shown: what the user switches on and off. No history, and the same for all documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics.event import Event

if TYPE_CHECKING:
    from inpaint_studio.app.settings import Settings

SWITCHES = {"rulers": False, "snap": True, "pixel_grid": True, "guides": True}
"""What is on at first, by name."""


MASK_LOOKS = ("tint", "dim", "outline")
"""How a mask is shown that is painted on: tinted, all outside of it dimmed, or by its outline alone."""
MASK_COLOURS = {
    "blue": "#4f8ef7",
    "red": "#ff3b30",
    "green": "#30c552",
    "yellow": "#ffd60a",
    "pink": "#ff4fd8",
}


class ViewOptions:
    """Switches by their names (`SWITCHES`), and the look of masks, remembered between runs."""

    def __init__(self, settings: Settings) -> None:
        self.changed: Event[str] = Event()
        """A switch was turned, or a choice made: its name."""
        self._settings = settings
        # Kept here, too: they are asked for at each painting.
        self._on = {
            name: settings.text(f"view {name}", "yes" if on else "no") == "yes"
            for name, on in SWITCHES.items()
        }

    def is_on(self, name: str) -> bool:
        """Raises KeyError for an unknown switch."""
        return self._on[name]

    def toggle(self, name: str) -> None:
        """Turns a switch. Raises KeyError for an unknown one."""
        self._on[name] = not self._on[name]
        self._settings.keep(f"view {name}", "yes" if self._on[name] else "no")
        self.changed.emit(name)

    @property
    def mask_look(self) -> str:
        """One of `MASK_LOOKS`."""
        chosen = self._settings.text("mask look")
        return chosen if chosen in MASK_LOOKS else MASK_LOOKS[0]

    def next_mask_look(self) -> None:
        """Shows masks in the next of the ways."""
        place = MASK_LOOKS.index(self.mask_look)
        self._settings.keep("mask look", MASK_LOOKS[(place + 1) % len(MASK_LOOKS)])
        self.changed.emit("mask look")

    @property
    def mask_colour(self) -> str:
        """The name of one of `MASK_COLOURS`."""
        chosen = self._settings.text("mask colour")
        return chosen if chosen in MASK_COLOURS else next(iter(MASK_COLOURS))

    def set_mask_colour(self, name: str) -> None:
        """Tints masks in another of `MASK_COLOURS`. Raises KeyError for an unknown one."""
        if name not in MASK_COLOURS:
            raise KeyError(name)
        self._settings.keep("mask colour", name)
        self.changed.emit("mask colour")
