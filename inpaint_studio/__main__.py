"""Starts the program: the editor, or a command of the command line."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from inpaint_studio import log
from inpaint_studio.basics import StudioError, message
from inpaint_studio.cli import main as command_line


def open_editor(paths: list[Path]) -> int:
    """The editor with these files; returns its exit code. Raises StudioError if it can't start."""
    on_linux = sys.platform.startswith("linux")
    if on_linux and not any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        raise StudioError(message("start.no_display"))
    try:
        import PySide6.QtWidgets  # noqa: F401 - says which system library is missing
    except ImportError as error:
        raise StudioError(message("start.no_qt", why=error)) from None
    from inpaint_studio.editor.app import run

    return run(paths)


def self_test(window: bool, as_json: bool) -> int:
    """Starts every part once, prints a table and returns the exit code."""
    from inpaint_studio.selftest import run

    return run(window=window, as_json=as_json)


def main(arguments: list[str] | None = None) -> int:
    """The program; returns its exit code: 0 done, 1 could not be done, 2 wrong usage."""
    multiprocessing.freeze_support()
    log.start()
    return command_line(arguments, editor=open_editor, self_test=self_test)


if __name__ == "__main__":
    sys.exit(main())
