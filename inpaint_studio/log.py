"""The log: one small rotating file in the user's state folder, made when there is something to say."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_BYTES = 500_000
_CHATTER = ("PIL", "imagecodecs", "tifffile", "urllib3", "filelock")
"""Libraries whose remarks go to the log and not to the terminal."""


def log_path() -> Path:
    """Where the log of this user lies, whether or not there is one yet."""
    return _state_folder() / "inpaint-studio.log"


def _state_folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData/Local") / "Inpaint Studio"
    if sys.platform == "darwin":
        return Path.home() / "Library/Logs/Inpaint Studio"
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local/state") / "inpaint-studio"


def start() -> None:
    """Sends warnings, errors and uncaught exceptions to the log, once a process.

    Where the folder can't be made, the program works without a log.
    """
    root = logging.getLogger("inpaint_studio")
    if root.handlers:
        return
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError):
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _CHATTER:
        library = logging.getLogger(name)
        library.addHandler(handler)
        library.propagate = False
    # A console that was redirected away has no stderr.
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            faulthandler.enable()
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger("inpaint_studio").error("Uncaught", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
