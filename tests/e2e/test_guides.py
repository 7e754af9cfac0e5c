"""Guides, rulers, snapping, the pixel grid and the turned view, by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from ball import photo
from events import run_events
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from robot import LEFT, Robot

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.document.guides import Guide
from inpaint_studio.editor.canvas.rulers import Ruler, step_for
from inpaint_studio.editor.images import from_image
from inpaint_studio.studio import canvas, guides, lift
from inpaint_studio.studio.open import open_document
from inpaint_studio.studio.save import save

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def document(robot: Robot) -> Document:
    """A square of 60 pixels at (100, 100), lifted, and the move tool."""
    made = Document(Photo(photo(), "ball.png"))
    lift.lift(made, Mask(100, 100, np.full((60, 60), 255, np.uint8)), "square")
    robot.window.app.workspace.open(made)
    robot.settle()
    robot.view.set_zoom(1.0)
    run_events(20)
    robot.key(Qt.Key.Key_V)
    return made


def place(document: Document) -> tuple[int, int]:
    return document.layers[-1].bounds()[:2]


def pull(robot: Robot, ruler: Ruler, x: float, y: float) -> None:
    """Drags from a ruler to a canvas point."""
    QTest.mousePress(ruler, LEFT, pos=ruler.rect().center())
    target = robot.view.viewport().mapTo(robot.view, robot.place(x, y))
    at = QPointF(ruler.mapFrom(robot.view, target))
    for kind, buttons in (
        (QEvent.Type.MouseMove, LEFT),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        event = QMouseEvent(kind, at, ruler.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(ruler, event)
    run_events(5)


def test_a_layer_snaps_to_the_edge_of_the_picture_and_not_with_ctrl(robot: Robot, document: Document) -> None:
    robot.drag((130, 130), (34, 90))
    assert place(document) == (0, 60), "4 pixels from the edge it rests on it"
    robot.drag((30, 90), (47, 130), modifiers=CTRL)
    assert place(document) == (17, 100)
    robot.drag((47, 130), (33, 130), modifiers=CTRL)
    assert place(document) == (3, 100)


def test_snapping_can_be_switched_off(robot: Robot, document: Document) -> None:
    robot.window.actions_["view.snap"].trigger()
    assert not robot.window.actions_["view.snap"].isChecked()
    robot.drag((130, 130), (34, 90))
    assert place(document) == (4, 60)


def test_guides_come_out_of_the_rulers_and_hold_what_is_moved(robot: Robot, document: Document) -> None:
    rulers = robot.window.rulers
    assert rulers.top.isHidden()
    robot.ctrl(Qt.Key.Key_R)
    assert rulers.top.isVisible() and robot.window.actions_["view.rulers"].isChecked()
    robot.view.set_zoom(1.0)
    pull(robot, rulers.top, 200, 250)
    pull(robot, rulers.left, 300, 200)
    assert document.state.guides == (Guide("y", 250), Guide("x", 300))
    robot.drag((130, 130), (273, 217))
    assert place(document) == (240, 190), "right and lower edge on the guides"
    # A guide is dragged itself, and out of the picture it goes.
    robot.drag((300, 30), (350, 30))
    assert document.state.guides == (Guide("y", 250), Guide("x", 350))
    robot.drag((350, 30), (-20, 30))
    assert document.state.guides == (Guide("y", 250),)
    names = [str(step.name) for step in document.history.steps]
    assert names[-2:] == ["Move guide", "Remove guide"]
    robot.ctrl(Qt.Key.Key_Z)
    assert Guide("x", 350) in document.state.guides
    robot.window.actions_["guide.clear"].trigger()
    assert not document.state.guides
    robot.ctrl(Qt.Key.Key_R)
    assert rulers.top.isHidden()


def test_a_handle_snaps_too(robot: Robot, document: Document) -> None:
    guides.add(document, "x", 200)
    robot.click(130, 130)
    robot.drag((160, 130), (196, 130))
    assert document.layers[-1].bounds() == (100, 100, 100, 60)


def test_hidden_guides_hold_nothing(robot: Robot, document: Document) -> None:
    guides.add(document, "x", 200)
    robot.window.actions_["view.guides"].trigger()
    robot.click(130, 130)
    robot.drag((130, 130), (167, 130))
    assert place(document)[0] == 137


def test_guides_are_kept_in_projects_and_follow_the_picture(document: Document, tmp_path) -> None:
    guides.add(document, "x", 100)
    guides.add(document, "y", 20)
    assert document.modified
    save(document, tmp_path / "project.ora")
    again, _ = open_document(tmp_path / "project.ora")
    assert again.state.guides == document.state.guides
    canvas.turn(document, 1)
    assert document.state.guides == (Guide("y", 100), Guide("x", 300))
    canvas.crop(document, (10, 20, 200, 200), 5.0)
    assert not document.state.guides, "neither upright nor level"


@pytest.mark.parametrize("degrees", [30.0, 90.0])
def test_on_a_turned_view_tools_hit_what_is_seen(robot: Robot, document: Document, degrees: float) -> None:
    robot.view.turn_to(degrees)
    robot.view.set_zoom(0.7)
    assert robot.view.zoom == pytest.approx(0.7)
    robot.drag((130, 130), (170, 160), modifiers=CTRL)
    # The mouse rests on whole pixels of the screen.
    assert abs(place(document)[0] - 140) <= 2 and abs(place(document)[1] - 130) <= 2
    robot.view.fit()
    seen = robot.view.viewportTransform().mapRect(QRectF(0, 0, *robot.window.scene.size))
    assert robot.view.viewport().rect().contains(seen.toAlignedRect()), "all of it is seen"
    robot.key(Qt.Key.Key_Up, CTRL | Qt.KeyboardModifier.AltModifier)
    assert robot.view.turned == 0


def test_keys_turn_the_view_and_zoom_keeps_the_point(robot: Robot, document: Document) -> None:
    robot.window.actions_["view.turn_right"].trigger()
    robot.window.actions_["view.turn_right"].trigger()
    assert robot.view.turned == 30
    before = robot.view.to_scene(QPointF(200, 150))
    robot.view.set_zoom(2.5, QPointF(200, 150))
    after = robot.view.to_scene(QPointF(200, 150))
    assert abs(before.x() - after.x()) < 1 and abs(before.y() - after.y()) < 1


def test_fingers_zoom_and_turn(robot: Robot, document: Document) -> None:
    view, kinds = robot.view, Qt.NativeGestureType
    at = QPointF(300, 200)
    for kind, value in ((kinds.ZoomNativeGesture, 0.5), (kinds.RotateNativeGesture, 20.0)):
        before = view.to_scene(at)
        event = QNativeGestureEvent(
            kind, QPointingDevice.primaryPointingDevice(), 2, at, at, at, value, QPointF()
        )
        QApplication.sendEvent(view.viewport(), event)
        after = view.to_scene(at)
        assert abs(before.x() - after.x()) < 1.5 and abs(before.y() - after.y()) < 1.5
    assert view.zoom == pytest.approx(1.5) and view.turned == pytest.approx(20)


def test_zoom_goes_from_1_to_3200_percent(robot: Robot, document: Document) -> None:
    robot.view.set_zoom(0.0001)
    assert robot.view.zoom == pytest.approx(0.01)
    robot.view.set_zoom(1000)
    assert robot.view.zoom == pytest.approx(32)


def grab(robot: Robot) -> np.ndarray:
    robot.settle()
    run_events(30)
    return from_image(robot.view.viewport().grab().toImage())[..., :3]


def test_a_grid_between_large_pixels(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_H)
    robot.view.set_zoom(16.0)
    with_grid = grab(robot)
    robot.window.actions_["view.pixel_grid"].trigger()
    without = grab(robot)
    assert (with_grid != without).any(axis=2).mean() > 0.05
    robot.view.set_zoom(2.0)
    small = grab(robot)
    robot.window.actions_["view.pixel_grid"].trigger()
    assert np.array_equal(grab(robot), small), "small pixels have none"


@pytest.mark.parametrize(("scale", "step"), [(1, 100), (0.1, 1000), (32, 2), (0.5, 200), (100, 1)])
def test_numbers_of_a_ruler_can_be_read(scale: float, step: int) -> None:
    assert step_for(scale) == step
    assert step * scale >= 60
