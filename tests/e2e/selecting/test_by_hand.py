"""Polygon lasso and magic wand, by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from events import run_events
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from robot import LEFT, Robot

from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.tools.select import LassoTool
from inpaint_studio.editor.tools.wand import WandTool
from inpaint_studio.studio.selections import filled_outline

SHIFT = Qt.KeyboardModifier.ShiftModifier
CORNERS = [(100.0, 100.0), (200.0, 90.0), (220.0, 200.0), (90.0, 210.0)]


@pytest.fixture
def document(robot: Robot) -> Document:
    """Two red squares on grey."""
    pixels = np.full((320, 480, 3), 120, np.uint8)
    pixels[100:160, 100:160] = (200, 40, 40)
    pixels[100:160, 300:380] = (190, 45, 40)
    made = Document(Photo(pixels, "squares.png"))
    robot.window.app.workspace.open(made)
    robot.settle()
    robot.view.set_zoom(1.0)
    run_events(20)
    return made


@pytest.fixture
def lasso(robot: Robot, document: Document) -> LassoTool:
    robot.key(Qt.Key.Key_L)
    tool = robot.view.tool
    assert isinstance(tool, LassoTool)
    tool.line.choose("polygon")
    return tool


@pytest.fixture
def wand(robot: Robot, document: Document) -> WandTool:
    robot.key(Qt.Key.Key_U)
    tool = robot.view.tool
    assert isinstance(tool, WandTool)
    return tool


def expected(corners: list[tuple[float, float]]) -> np.ndarray:
    return filled_outline(corners, (480, 320)).full((320, 480)) > 127


def selected(document: Document) -> np.ndarray:
    mask = document.state.selection
    return np.zeros((320, 480), bool) if mask is None else mask.full((320, 480)) > 127


def alike(a: np.ndarray, b: np.ndarray) -> bool:
    """Masks that differ by no more than where the mouse rests on the screen."""
    return bool((a ^ b).sum() < 0.02 * max(1, b.sum()))


def test_a_polygon_is_clicked_and_closed_by_enter(robot: Robot, document: Document, lasso: LassoTool) -> None:
    for corner in CORNERS:
        robot.click(*corner)
    assert document.state.selection is None
    robot.key(Qt.Key.Key_Return)
    assert alike(selected(document), expected(CORNERS))
    robot.key(Qt.Key.Key_Escape)
    assert document.state.selection is None, "Esc drops the selection when no line is drawn"


def test_the_first_corner_and_a_double_click_close_it(
    robot: Robot, document: Document, lasso: LassoTool
) -> None:
    for corner in [*CORNERS, CORNERS[0]]:
        robot.click(*corner)
    assert alike(selected(document), expected(CORNERS))
    for corner in ((300.0, 50.0), (400.0, 50.0), (400.0, 90.0)):
        robot.click(*corner, SHIFT)
    QTest.mouseDClick(robot.view.viewport(), LEFT, SHIFT, robot.place(400, 90))
    assert selected(document)[60, 390] and selected(document)[150, 150]


def test_backspace_takes_a_corner_back_and_escape_the_line(
    robot: Robot, document: Document, lasso: LassoTool
) -> None:
    for corner in (*CORNERS, (400.0, 300.0)):
        robot.click(*corner)
    robot.key(Qt.Key.Key_Backspace)
    robot.key(Qt.Key.Key_Return)
    assert alike(selected(document), expected(CORNERS))
    before = selected(document)
    robot.click(10, 10)
    robot.click(60, 10)
    robot.key(Qt.Key.Key_Escape)
    robot.key(Qt.Key.Key_Return)
    assert len(document.layers) == 2, "with no line Enter lifts the selection"
    assert alike(document.layers[-1].mask.full((320, 480)) > 127, before)


def test_freehand_goes_on_as_before(robot: Robot, document: Document, lasso: LassoTool) -> None:
    lasso.line.choose("free")
    robot.drag(*CORNERS, CORNERS[0])
    assert alike(selected(document), expected(CORNERS))


def test_the_wand_takes_what_is_connected_and_follows_its_options(
    robot: Robot, document: Document, wand: WandTool
) -> None:
    robot.click(130, 130)
    robot.settle()
    assert document.state.selection is not None and document.state.selection.box == (100, 100, 60, 60)
    wand.connected.click()
    robot.settle()
    assert document.state.selection.box == (100, 100, 280, 60)
    slider = wand.tolerance.slider
    QTest.mouseClick(slider, LEFT, pos=slider.rect().center() * 0.1)
    robot.settle()
    assert document.state.selection.box == (100, 100, 60, 60), "too little tolerance for the other red"
    assert len(document.history.steps) == 1, "one step, whatever the options"
    robot.ctrl(Qt.Key.Key_Z)
    assert document.state.selection is None


def test_shift_adds_and_a_later_change_is_of_the_last_click_alone(
    robot: Robot, document: Document, wand: WandTool
) -> None:
    robot.click(130, 130)
    robot.settle()
    robot.click(330, 130, SHIFT)
    robot.settle()
    assert selected(document).sum() == 60 * 60 + 80 * 60
    assert len(document.history.steps) == 2
    robot.ctrl(Qt.Key.Key_Z)
    wand.connected.click()
    robot.settle()
    assert selected(document).sum() == 60 * 60, "what was undone is not answered again"
