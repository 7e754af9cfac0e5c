"""Makes the pictures of the window in docs/pictures from the program's own samples.

python docs/make_pictures.py    (QT_QPA_PLATFORM=offscreen where there is no display)
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.editor.app import application
from inpaint_studio.editor.theme import apply_theme
from inpaint_studio.editor.tools.transforming import Grab
from inpaint_studio.editor.window import Window
from inpaint_studio.resources import resource
from inpaint_studio.studio.find import Prompts, object_mask

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURES = Path(__file__).parent / "pictures"
CAR, BALLOON = (560.0, 565.0, 890.0, 400.0), (545.0, 60.0, 260.0, 360.0)
"""Boxes round two objects of the sample "meadow": x, y, width, height."""


def wait(done: Callable[[], bool]) -> None:
    for _ in range(6000):
        if done():
            break
        QTest.qWait(10)
    QTest.qWait(300)


def keep(window: Window, name: str) -> None:
    window.status.show_hint(window.view.tool.hint if window.view.tool is not None else "")
    QApplication.processEvents()
    window.grab().save(str(PICTURES / name))


def main() -> int:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    with tempfile.TemporaryDirectory() as home:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        app = application()
        apply_theme(app, "dark")
        window = Window()
        window.resize(QSize(1440, 900))
        window.show()
        QTest.qWait(1500)
        PICTURES.mkdir(exist_ok=True)
        keep(window, "start.png")
        take_apart(window)
        keep(window, "lifted.png")
        window.column.take("object")
        balloon = object_mask(window.session.document.photo.pixels, Prompts(box=BALLOON))
        window.session.select(balloon, "Select object")
        QTest.qWait(300)
        keep(window, "main-dark.png")
        apply_theme(app, "light")
        QTest.qWait(500)
        keep(window, "main-light.png")
        window.session.document.mark_saved()
        window.close()
    return 0


def take_apart(window: Window) -> None:
    """Opens the sample, lifts its car and drives it up the road, smaller."""
    session = window.session
    window.filing.open_path(resource("samples", "meadow.jpg"))
    wait(lambda: session.document is not None and not window.scene.busy)
    session.select(object_mask(session.document.photo.pixels, Prompts(box=CAR)), "Select object")
    session.lift_selection()
    wait(lambda: not session.document.missing_parts() and not session.worker.running())
    car = session.document.layers[-1]
    session.rename(car.id, "Car")
    x, y, w, h = car.source_box
    grab = Grab((1, 1), car.source_box, car.transform, (float(x + w), float(y + h)))
    smaller = grab.dragged((x + w * 0.55, y + h * 0.55), constrain=True, centred=False)
    session.set_transform(car.id, smaller, verb="Scale")
    session.set_transform(car.id, replace(smaller, dx=smaller.dx - 330, dy=smaller.dy - 20))
    wait(lambda: not window.scene.busy)


if __name__ == "__main__":
    sys.exit(main())
