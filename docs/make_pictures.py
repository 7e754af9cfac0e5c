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

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QSettings, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.basics import Mask
from inpaint_studio.editor.app import application
from inpaint_studio.editor.dialogs.edge import EdgeDialog
from inpaint_studio.editor.theme import apply_theme
from inpaint_studio.editor.tools.transforming import Grab
from inpaint_studio.editor.window import Window
from inpaint_studio.resources import resource
from inpaint_studio.studio.find import Prompts, object_mask

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURES = Path(__file__).parent / "pictures"
CAR, BALLOON = (560.0, 565.0, 890.0, 400.0), (675.0, 210.0)
"""In the sample "meadow" a box round the car (x, y, width, height), and a point on the balloon."""
SHADOW = 985, 800, 540, 170
"""A box round the shadow that the car leaves on the road."""


def pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(done: Callable[[], bool]) -> None:
    for _ in range(6000):
        if done():
            break
        pause(10)
    pause(300)


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
        pause(1500)
        PICTURES.mkdir(exist_ok=True)
        keep(window, "start.png")
        take_apart(window)
        keep(window, "lifted.png")
        look_at_fills(window)
        keep(window, "fills.png")
        window.app.fills.look(None)
        keep_edge(window)
        point_at_balloon(window)
        keep(window, "pointing.png")
        click_balloon(window)
        keep(window, "main-dark.png")
        apply_theme(app, "light")
        pause(500)
        keep(window, "main-light.png")
        window.app.document.mark_saved()
        window.close()
    return 0


def take_apart(window: Window) -> None:
    """Opens the sample, lifts its car, drives it up the road, smaller, and removes the shadow it left."""
    app = window.app
    window.filing.open_path(resource("samples", "meadow.jpg"))
    wait(lambda: app.document is not None and not window.scene.busy)
    app.verbs.perform("selection.set", mask=object_mask(app.document.photo.pixels, Prompts(box=CAR)))
    app.verbs.perform("selection.lift")
    wait(lambda: not app.document.missing_parts() and not app.workspace.busy)
    car = app.document.layers[-1]
    app.verbs.set_property(car.id, "name", "Car")
    x, y, w, h = car.source_box
    grab = Grab((1, 1), car.source_box, car.transform, (float(x + w), float(y + h)))
    smaller = grab.dragged((x + w * 0.55, y + h * 0.55), constrain=True, centred=False)
    app.verbs.perform("layer.place", layer=car.id, transform=smaller, step="step.scale")
    app.verbs.perform(
        "layer.place", layer=car.id, transform=replace(smaller, dx=smaller.dx - 330, dy=smaller.dy - 20)
    )
    app.verbs.perform("area.remove", mask=shadow(), label="shadow")
    app.fills.look(None)
    app.workspace.set_active(car.id)
    wait(lambda: not document_waits(window))


def shadow() -> Mask:
    """What the car's shadow covers, as somebody would paint over it with the remove brush."""
    x, y, w, h = SHADOW
    down, across = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    return Mask(x, y, np.where(down**2 + across**2 <= 1, 255, 0).astype(np.uint8))


def document_waits(window: Window) -> bool:
    return bool(window.app.document.missing_parts()) or window.app.workspace.busy or window.scene.busy


def look_at_fills(window: Window) -> None:
    """Shows the strip of fills for what the car left behind, all of them made, and the fill options."""
    window.app.verbs.ask("fill.options")
    wait(lambda: not window.app.candidates.making and not window.app.workspace.busy)
    window.app.verbs.perform("fill.candidate", number=window.app.fills.neighbour(1))
    wait(lambda: not window.scene.busy)


def keep_edge(window: Window) -> None:
    """The dialog of the car's edge, over white."""
    window.properties.fill.options.click()
    window.app.fills.look(None)
    window.commands.edge.of_layer()
    dialog = window.findChild(EdgeDialog)
    dialog.over.choose("white")
    wait(lambda: dialog.view.image is not None and not window.app.workspace.worker.running())
    dialog.grab().save(str(PICTURES / "edge.png"))
    dialog.reject()


def on_screen(window: Window, point: tuple[float, float]) -> QPoint:
    return window.view.viewportTransform().map(QPointF(*point)).toPoint()


def point_at_balloon(window: Window) -> None:
    window.column.take("object")
    selecting = window.app.workspace.current.selecting
    wait(lambda: selecting.is_ready)
    seen: list[object] = []
    selecting.previewed.connect(seen.append)
    QTest.mouseMove(window.view.viewport(), on_screen(window, BALLOON))
    wait(lambda: bool(seen))


def click_balloon(window: Window) -> None:
    QTest.mouseClick(window.view.viewport(), Qt.MouseButton.LeftButton, pos=on_screen(window, BALLOON))
    prompting = window.app.workspace.current.prompting
    wait(lambda: not prompting.busy and not window.app.workspace.busy)


if __name__ == "__main__":
    sys.exit(main())
