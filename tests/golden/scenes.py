"""Draws the window and its dialogs in both themes: started by `drawing.draw` with a folder.

A process of its own, because the scale of the screen is settled when a QApplication starts. Photo, objects
and fills are made up, so that the look alone decides what is seen.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import manyfills
import numpy as np
import pytest
from ball import BALL, photo
from events import run_events, wait
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.app import application
from inpaint_studio.editor.theme import apply_theme
from inpaint_studio.editor.window import Window
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from inpaint_studio.editor.theme import ThemeName

THEMES: tuple[ThemeName, ...] = ("dark", "light")
X, Y, RADIUS = BALL
READY: dict[str, Callable[[Any], object]] = {
    "file.export": lambda dialog: "kB" in dialog.size_text.text(),
    "edge.refine": lambda dialog: dialog.view.image is not None,
    "layer.enhance": lambda dialog: dialog.takes.text(),
}
"""Whether a dialog shows what it works out when it opens."""


def disc(x: int, y: int, radius: int) -> Mask:
    down, across = np.mgrid[-radius:radius, -radius:radius] + 0.5
    return Mask.place(
        np.where(down**2 + across**2 < radius**2, 255, 0).astype(np.uint8), x - radius, y - radius
    )


class Stage:
    """The window with a photo in it, and the folder for the pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.application = application()
        self.window = Window()
        self.window.setAnimated(False)
        self.window.resize(1200, 800)
        self.window.show()
        self.app = self.window.app

    def keep(self, name: str, widget: QWidget | None = None) -> None:
        """Writes what a widget, or the window, looks like in each theme."""
        for theme in THEMES:
            apply_theme(self.application, theme)
            run_events(100)
            assert (widget or self.window).grab().save(str(self.folder / f"{name}-{theme}.png"))

    def settle(self) -> None:
        """Waits until nothing is worked on any more."""
        workspace, scene = self.app.workspace, self.window.scene
        wait(lambda: not workspace.busy and not scene.busy, "the jobs")
        run_events(100)

    def keep_dialog(self, verb: str) -> None:
        """Asks for a verb that opens a dialog, and keeps and closes that."""
        QTimer.singleShot(100, lambda: self._keep_open_dialog(verb))
        self.app.verbs.ask(verb)
        wait(lambda: not self._dialogs(), f"the dialog of {verb}")

    def _dialogs(self) -> list[QDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    def _keep_open_dialog(self, verb: str) -> None:
        wait(lambda: bool(self._dialogs()), f"the dialog of {verb}")
        (dialog,) = self._dialogs()
        wait(lambda: READY.get(verb, QDialog.isVisible)(dialog), f"what the dialog of {verb} shows")
        self.settle()
        self.keep(verb, dialog)
        dialog.reject()


def play(stage: Stage) -> None:
    """All scenes, one after the other."""
    wait(lambda: all(tile.loaded for tile in stage.window.start.tiles()), "the samples")
    stage.keep("start")
    document = Document(Photo(photo(), "ball.png"))
    stage.app.workspace.open(document)
    stage.settle()
    stage.keep("opened")
    ball, sky = disc(X, Y, RADIUS), Mask.place(np.full((100, 480), 255, np.uint8))
    things = [FoundObject(ball, "ball", 0.9), FoundObject(disc(60, 270, 20), "stone", 0.8)]
    lift.set_found(document, [*things, FoundObject(sky, "sky", 0.9, "area")])
    stage.app.verbs.perform("object.lift", object=0)
    stage.settle()
    stage.keep("lifted")
    for verb in ("file.export", "edge.refine", "layer.enhance", "help.about", "help.keys"):
        stage.keep_dialog(verb)
    stage.app.verbs.perform("area.remove", mask=disc(400, 250, 30), label="blot")
    wait(lambda: len(stage.app.fills.numbers) == 3 and stage.window.strip.isVisible(), "the fills")
    stage.settle()
    stage.keep("fills")
    for dock in stage.window.docks.all[:2]:
        dock.hide()
        stage.settle()
        stage.keep(f"without {dock.windowTitle().lower()}")
        dock.show()
        stage.settle()
    document.mark_saved()


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(kind, QSettings.Scope.UserScope, home)
        manyfills.install(patch)
        stage = Stage(folder)
        try:
            play(stage)
        finally:
            stage.window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
