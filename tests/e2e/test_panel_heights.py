"""Panels at the right keep their heights while one works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from ball import BALL
from events import run_events, wait
from PySide6.QtCore import Qt

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.editor.theme import apply_theme
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from robot import Robot


def heights(robot: Robot) -> list[int]:
    run_events(100)
    return [dock.height() for dock in robot.window.docks]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """As the program is: without its style sheet the bar at the top changes its height with the tool."""
    before = qapp.styleSheet()
    apply_theme(qapp, "dark")
    yield
    qapp.setStyleSheet(before)


def test_only_fill_options_change_them(robot: Robot, photo_path: Path) -> None:
    window, app = robot.window, robot.window.app
    window.setAnimated(False)
    window.filing.open_path(photo_path)
    wait(lambda: app.document is not None, "the photo")
    document = app.document
    assert document is not None
    before = heights(robot)
    section = window.properties.fill
    assert before[2] >= window.properties.whole_height, "all of a cutout's properties are seen"
    x, y, radius = BALL
    things = [
        FoundObject(Mask(i, 0, np.full((9, 9), 255, np.uint8)), f"thing {i}", 1.0) for i in range(0, 400, 10)
    ]
    lift.set_found(document, things)
    assert heights(robot) == before, "with many chips"
    robot.key(Qt.Key.Key_M)
    robot.drag((x - radius, y - radius), (x + radius, y + radius))
    robot.key(Qt.Key.Key_Return)
    assert len(document.layers) == 2 and heights(robot) == before, "with a cutout"
    app.workspace.set_active(document.layers[0].id)
    assert heights(robot) == before, "with the backdrop"
    robot.push(section, "Fill options")
    opened = heights(robot)
    assert opened[2] > before[2]
    robot.push(section, "Fill options")
    assert heights(robot) == before
    robot.settle()
