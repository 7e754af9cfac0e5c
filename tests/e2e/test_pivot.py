"""The box of the move tool: its pivot, and handles that keep proportions."""

from __future__ import annotations

import numpy as np
import pytest
from ball import photo
from events import run_events
from PySide6.QtCore import Qt
from robot import Robot

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.document.transform import transform_point
from inpaint_studio.editor.tools.move import MoveTool
from inpaint_studio.studio import lift

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def document(robot: Robot) -> Document:
    """A square of 80 pixels at (200, 120), lifted, active, and the move tool."""
    made = Document(Photo(photo(), "ball.png"))
    square = lift.lift(made, Mask(200, 120, np.full((80, 80), 255, np.uint8)), "square")
    robot.window.app.workspace.open(made)
    robot.window.app.workspace.set_active(square)
    robot.settle()
    robot.view.set_zoom(1.0)
    run_events(20)
    robot.key(Qt.Key.Key_V)
    return made


def tool(robot: Robot) -> MoveTool:
    held = robot.view.tool
    assert isinstance(held, MoveTool)
    return held


def at(document: Document, x: float, y: float) -> tuple[float, float]:
    """Where a point of the square's source lies."""
    return transform_point(document.layers[-1].transform.matrix(), x, y)


def test_it_turns_about_its_middle_and_about_a_pivot_that_was_dragged(
    robot: Robot, document: Document
) -> None:
    robot.drag((290, 210), (310, 160), modifiers=CTRL)
    assert at(document, 240, 160) == pytest.approx((240, 160), abs=0.01)
    robot.ctrl(Qt.Key.Key_Z)
    tool(robot).pivot.click()
    robot.drag((240, 160), (200, 120))
    assert tool(robot).box.pivot == pytest.approx((200, 120), abs=1.5)
    assert document.history.position == 1, "the pivot is no step"
    pivot = tool(robot).box.pivot
    assert pivot is not None
    robot.drag((290, 210), (250, 240), modifiers=CTRL)
    assert document.layers[-1].transform.degrees > 5
    assert at(document, *pivot) == pytest.approx(pivot, abs=0.01), "what it turns about stays"
    assert at(document, 240, 160) != pytest.approx((240, 160), abs=5)


def test_near_the_middle_the_pivot_rests_there_and_another_layer_has_its_own(
    robot: Robot, document: Document
) -> None:
    tool(robot).pivot.click()
    robot.drag((240, 160), (220, 150))
    assert tool(robot).box.pivot is not None
    robot.drag((220, 150), (243, 161))
    assert tool(robot).box.pivot is None
    robot.drag((240, 160), (220, 150))
    robot.ctrl(Qt.Key.Key_J)
    assert tool(robot).box.pivot is None
    tool(robot).pivot.click()
    robot.drag((240, 160), (250, 170), modifiers=CTRL)
    assert document.layers[-1].transform.dx == 10, "without a pivot the middle moves the layer"


@pytest.mark.parametrize(("locked", "modifiers"), [(True, CTRL), (False, CTRL | SHIFT)])
def test_proportions_are_kept(
    robot: Robot, document: Document, locked: bool, modifiers: Qt.KeyboardModifier
) -> None:
    if locked:
        tool(robot).keep.click()
    robot.drag((280, 200), (330, 210), modifiers=modifiers)
    transform = document.layers[-1].transform
    assert transform.scale_x == pytest.approx(transform.scale_y) and transform.scale_x > 1.3


def test_a_kept_proportion_is_let_go_by_shift(robot: Robot, document: Document) -> None:
    tool(robot).keep.click()
    robot.drag((280, 200), (330, 210), modifiers=CTRL | SHIFT)
    transform = document.layers[-1].transform
    assert transform.scale_x > 1.3 and transform.scale_y < 1.3
