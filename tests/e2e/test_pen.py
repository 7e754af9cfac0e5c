"""A pen's pressure changes size and opacity of brushes."""

from __future__ import annotations

import numpy as np
import pytest
from ball import photo
from events import run_events
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from robot import Robot

from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.tools.paint import PaintingTool

NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


@pytest.fixture
def document(robot: Robot) -> Document:
    made = Document(Photo(photo(), "ball.png"))
    robot.window.app.workspace.open(made)
    robot.settle()
    robot.view.set_zoom(1.0)
    run_events(20)
    robot.key(Qt.Key.Key_B)
    return made


def pen(robot: Robot, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
    place = QPointF(robot.place(x, y))
    held = NONE if kind == QEvent.Type.TabletRelease else LEFT
    button = NONE if kind == QEvent.Type.TabletMove else LEFT
    keys = Qt.KeyboardModifier.NoModifier
    device, screen = QPointingDevice.primaryPointingDevice(), robot.view.viewport().mapToGlobal(place)
    event = QTabletEvent(kind, device, place, screen, pressure, 0, 0, 0, 0, 0, keys, button, held)
    QApplication.sendEvent(robot.view.viewport(), event)


def stroke(robot: Robot, pressure: float) -> None:
    pen(robot, QEvent.Type.TabletPress, 100, 100, pressure)
    for x in range(110, 201, 10):
        pen(robot, QEvent.Type.TabletMove, x, 100, pressure)
    pen(robot, QEvent.Type.TabletRelease, 200, 100, 0.0)
    run_events(10)


def painted(document: Document) -> tuple[int, int]:
    """Height of what is selected, and its largest coverage."""
    mask = document.state.selection
    assert mask is not None
    return mask.box[3], int(mask.crop.max())


@pytest.mark.parametrize(
    ("changes", "height", "cover"),
    [("size", 20, 255), ("opacity", 40, 127), ("both", 20, 127), ("nothing", 40, 255)],
)
def test_half_the_pressure(robot: Robot, document: Document, changes: str, height: int, cover: int) -> None:
    tool = robot.view.tool
    assert isinstance(tool, PaintingTool)
    tool.brush.pen = changes
    stroke(robot, 0.5)
    high, most = painted(document)
    assert high == pytest.approx(height, abs=3) and most == pytest.approx(cover, abs=2)


def test_a_mouse_after_a_pen_paints_as_ever(robot: Robot, document: Document) -> None:
    stroke(robot, 0.3)
    robot.ctrl(Qt.Key.Key_D)
    robot.drag((100, 100), (200, 100))
    high, most = painted(document)
    assert high == pytest.approx(40, abs=2) and most == 255


def test_a_stroke_grows_with_the_pressure(robot: Robot, document: Document) -> None:
    pen(robot, QEvent.Type.TabletPress, 100, 100, 0.1)
    for step in range(1, 11):
        pen(robot, QEvent.Type.TabletMove, 100 + 10 * step, 100, 0.1 + 0.09 * step)
    pen(robot, QEvent.Type.TabletRelease, 200, 100, 0.0)
    mask = document.state.selection
    assert mask is not None
    covered = (mask.full((320, 480)) > 127).sum(axis=0)
    assert covered[105] < 12 and covered[195] > 30 and np.diff(covered[105:195:10]).min() >= 0
