"""Starts the editor: one QApplication, one window."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from inpaint_studio import __version__
from inpaint_studio.app.recovery import left_behind
from inpaint_studio.basics import StudioError, message
from inpaint_studio.editor.last_words import LastWords
from inpaint_studio.editor.theme import ThemeName, apply_theme
from inpaint_studio.editor.window import Window
from inpaint_studio.editor.windows import Windows
from inpaint_studio.jobs import GuiCollector
from inpaint_studio.resources import resource

_PATIENCE = 60.0


def application() -> QApplication:
    """The one QApplication, dressed; made at the first call."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    policy = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(policy)
    app = QApplication(sys.argv[:1])
    app.setOrganizationName("Inpaint Studio")
    app.setApplicationName("Inpaint Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("inpaint-studio")
    app.setWindowIcon(QIcon(str(resource("app", "256.png"))))
    names: dict[str, ThemeName] = {"dark": "dark", "light": "light"}
    apply_theme(app, names.get(str(QSettings().value("theme", "dark")), "system"))
    return app


def run(paths: list[Path]) -> int:
    """Opens a window with these files and runs until the last one is closed; returns the exit code."""
    app = application()
    collector = GuiCollector(app)
    windows = Windows()
    first = windows.open()
    remembered = first.app.filing.session if first.app.preferences.restores_session else []
    wanted = paths or remembered
    QTimer.singleShot(0, first, lambda: first.filing.open_paths(map(str, wanted)))
    QTimer.singleShot(0, first, lambda: first.filing.offer_recovery(left_behind()))
    last_words = LastWords(windows.write_recovery_data, app)
    code = app.exec()
    last_words.close()
    collector.close()
    return code


def _wait(done: object, seconds: float = _PATIENCE) -> bool:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    return bool(done())


def self_test(sample: Path) -> str:
    """Opens a photo in a real window, finds, lifts and fills; returns what was seen.

    Raises StudioError if a step does not end well.
    """
    application()
    window = Window()
    window.show()
    try:
        window.filing.open_path(sample)
        if not _wait(lambda: window.app.document is not None and not window.scene.busy):
            raise StudioError(message("selftest.not_opened"))
        document = window.app.document
        assert document is not None
        window.app.verbs.ask("objects.find")
        if not _wait(lambda: bool(document.state.found)):
            raise StudioError(message("selftest.not_found"))
        window.app.verbs.perform("object.lift", object=0)
        if not _wait(lambda: not document.missing_parts()):
            raise StudioError(message("selftest.not_filled"))
        return f"{len(document.layers)} layers, hole filled"
    finally:
        if window.app.document is not None:
            window.app.document.mark_saved()
        window.close()
