"""Panels at the right: twelve layers on a laptop, the others as tabs, heights that stay while one works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from ball import BALL
from events import run_events, wait
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.theme import apply_theme
from inpaint_studio.editor.window import Window
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication, QWidget
    from robot import Robot


def heights(robot: Robot) -> list[int]:
    run_events(100)
    return [dock.height() for dock in robot.window.docks.all if is_in_front(dock)]


def is_in_front(widget: QWidget) -> bool:
    return not widget.visibleRegion().isEmpty()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """As the program is: without its style sheet the bar at the top changes its height with the tool."""
    before = qapp.styleSheet()
    apply_theme(qapp, "dark")
    yield
    qapp.setStyleSheet(before)


@pytest.fixture
def opened(robot: Robot, photo_path: Path) -> Window:
    """The window as large as on a laptop, with a photo."""
    window = robot.window
    window.setAnimated(False)
    window.resize(1366, 728)
    window.filing.open_path(photo_path)
    wait(lambda: window.app.document is not None, "the photo")
    run_events(100)
    return window


def test_twelve_layers_are_seen_on_a_laptop(opened: Window) -> None:
    for number in range(12):
        opened.app.verbs.perform("layer.duplicate")
        assert len(opened.app.document.layers) == number + 2
    run_events(50)
    rows, model = opened.layers.list, opened.layers.model
    room = rows.viewport().rect()
    seen = [row for row in range(model.rowCount()) if room.contains(rows.visualRect(model.index(row)))]
    assert len(seen) >= 12 or len(seen) == model.rowCount()
    assert is_in_front(opened.properties), "and the properties below"


def test_nothing_changes_the_heights_while_one_works(robot: Robot, opened: Window) -> None:
    document = opened.app.document
    assert document is not None
    before = heights(robot)
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
    opened.app.workspace.set_active(document.layers[0].id)
    assert heights(robot) == before, "with the backdrop"
    robot.push(opened.properties.fill, "Fill options")
    assert heights(robot) == before, "with fill options"
    robot.settle()


def test_what_was_found_comes_in_front_and_so_do_fill_options(opened: Window) -> None:
    assert is_in_front(opened.properties) and not is_in_front(opened.found)
    opened._told_found(3)
    run_events(50)
    assert is_in_front(opened.found) and not is_in_front(opened.properties)
    opened.show_fill_options()
    run_events(50)
    assert is_in_front(opened.properties)


def test_panels_are_reset_by_the_menu(robot: Robot, opened: Window) -> None:
    before = heights(robot)
    docks = opened.docks.all
    docks[0].close()
    opened.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks[3])
    opened.actions_["window.reset_panels"].trigger()
    run_events(200)
    assert opened.dockWidgetArea(docks[3]) == Qt.DockWidgetArea.RightDockWidgetArea
    assert heights(robot) == before
    assert is_in_front(opened.layers) and is_in_front(opened.properties)


def test_the_arrangement_is_remembered(robot: Robot, opened: Window) -> None:
    opened.docks.all[3].raise_()
    opened.docks.all[2].close()
    run_events(50)
    opened.app.document.mark_saved()
    opened.close()
    again = Window()
    again.resize(1366, 728)
    again.show()
    again.app.workspace.open(Document(Photo(np.zeros((40, 60, 3), np.uint8), "black.png")))
    run_events(200)
    assert again.docks.all[2].isHidden() and is_in_front(again.docks.all[3])
    again.close()
    again.deleteLater()


def opened_document():
    from inpaint_studio.document import Document, Photo

    return Document(Photo(np.zeros((40, 60, 3), np.uint8), "black.png"))


def test_f2_renames_the_active_layer_wherever_the_focus_is(robot: Robot, opened: Window) -> None:
    opened.docks.all[0].close()
    robot.key(Qt.Key.Key_F2)
    run_events(50)
    assert is_in_front(opened.layers)
    editor = opened.layers.list.findChild(QLineEdit)
    assert editor is not None and editor.isVisible()
