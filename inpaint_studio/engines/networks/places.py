"""Where networks lie: those that come with the program, a user's own, and what was measured of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from inpaint_studio.resources import resource


def own_folder() -> Path:
    """The folder for networks that a user adds, whether or not it exists."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData/Local") / "Inpaint Studio" / "models"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Inpaint Studio/models"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local/share") / "inpaint-studio" / "models"


def cache_folder() -> Path:
    """The folder for what can be found out again, whether or not it exists."""
    if sys.platform == "win32":
        return own_folder().parent / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/Inpaint Studio"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "inpaint-studio"


def folder_of(name: str) -> Path:
    """The folder of the network called `name`: the user's own if card and graphs are there.

    So a network that a user trained or fetched takes the place of the program's own of that name.
    """
    own = own_folder()
    if (own / f"{name}.json").is_file() and any(own.glob(f"{name}*.onnx")):
        return own
    return resource("models")


def has_network(name: str) -> bool:
    """Whether there is a card of that name; whether it and its graphs are sound shows on loading."""
    return (folder_of(name) / f"{name}.json").is_file()
