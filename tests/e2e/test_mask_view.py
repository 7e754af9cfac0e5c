"""Masks can be seen while they are painted, and a layer alone is a way of looking."""

from __future__ import annotations

import numpy as np
import pytest
from ball import BALL, photo
from events import run_events
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from robot import LEFT, Robot

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.images import from_image
from inpaint_studio.editor.tools.mask_painting import MaskPaintingTool
from inpaint_studio.render import render
from inpaint_studio.studio import canvas, lift

X, Y, RADIUS = BALL


@pytest.fixture
def document(robot: Robot) -> Document:
    """A square lifted from the photo, which rests at home."""
    made = Document(Photo(photo(), "ball.png"))
    lift.lift(made, Mask(100, 100, np.full((60, 60), 255, np.uint8)), "square")
    robot.window.app.workspace.open(made)
    robot.settle()
    robot.view.set_zoom(1.0)
    run_events(20)
    return made


def tool(robot: Robot) -> MaskPaintingTool:
    held = robot.view.tool
    assert isinstance(held, MaskPaintingTool)
    return held


def seen(robot: Robot) -> np.ndarray:
    robot.settle()
    robot.view.tool.leave()
    run_events(20)
    pixels = from_image(robot.view.viewport().grab().toImage())[..., :3]
    corner, (width, height) = robot.place(0, 0), robot.window.scene.size
    return pixels[corner.y() : corner.y() + height, corner.x() : corner.x() + width].astype(int)


@pytest.mark.parametrize("key", [Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_R])
def test_the_mask_of_a_layer_at_home_is_seen_with_each_brush(
    robot: Robot, document: Document, key: Qt.Key
) -> None:
    layer = document.layers[-1]
    assert layer.id in document.tree.at_home
    robot.key(Qt.Key.Key_H)
    plain = seen(robot)
    robot.key(key)
    view = tool(robot).mask_view
    assert view.shown is not None and view.shown.same(layer.mask)
    tinted = seen(robot)
    inside, outside = (slice(110, 150), slice(110, 150)), (slice(200, 240), slice(110, 150))
    assert np.abs(tinted[inside] - plain[inside]).mean() > 15
    assert np.array_equal(tinted[outside], plain[outside])
    assert np.abs(tinted[98:102, 110:150] - plain[98:102, 110:150]).max() > 60, "the outline"
    robot.key(Qt.Key.Key_O)
    dimmed = seen(robot)
    assert np.array_equal(dimmed[inside], plain[inside])
    assert dimmed[outside].mean() < 0.5 * plain[outside].mean()
    robot.key(Qt.Key.Key_O)
    outlined = seen(robot)
    assert np.array_equal(outlined[inside], plain[inside])
    assert np.array_equal(outlined[outside], plain[outside])
    assert np.abs(outlined[98:102, 110:150] - plain[98:102, 110:150]).max() > 60
    robot.key(Qt.Key.Key_H)
    assert np.array_equal(seen(robot), plain), "no other tool shows it"


def test_it_follows_strokes_undo_and_the_active_layer(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_B)
    view = tool(robot).mask_view
    robot.press(160, 130)
    robot.move(190, 130)
    run_events(40)
    assert view.tinted is not None and view.tinted.box[2] > 85, "while it is painted"
    QTest.mouseRelease(robot.view.viewport(), LEFT, pos=robot.place(190, 130))
    assert view.shown is not None and view.shown.same(document.layers[-1].mask) and view.shown.box[2] > 85
    robot.ctrl(Qt.Key.Key_Z)
    assert view.shown is not None and view.shown.box == (100, 100, 60, 60)
    robot.window.app.workspace.set_active(document.tree.base.id)
    assert view.shown is None
    robot.window.app.workspace.set_active(document.layers[-1].id)
    canvas.turn(document, 2)
    assert view.shown is not None and view.shown.box == (480 - 160, 320 - 160, 60, 60)


def test_the_colour_is_chosen_and_kept(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_B)
    before = seen(robot)[130, 130]
    robot.window.app.view.set_mask_colour("red")
    red = seen(robot)[130, 130]
    assert red[0] > before[0] and red[2] < before[2]
    robot.key(Qt.Key.Key_R)
    assert np.array_equal(seen(robot)[130, 130], red)


def test_alone_is_no_step_and_putting_back_shows_all_again(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_H)
    before, steps = seen(robot), document.history.position
    document.go_to(steps - 1)
    document.redo()
    document.undo()
    robot.window.app.workspace.set_active(document.tree.base.id)
    assert document.can_redo
    robot.window.app.verbs.ask("layer.solo", layer=document.tree.base.id)
    assert document.can_redo, "what only changes the view takes no redo away"
    robot.window.app.verbs.ask("layer.solo", layer=document.tree.base.id)
    document.redo()
    square = document.layers[-1].id
    robot.window.app.verbs.ask("layer.solo", layer=square)
    alone = seen(robot)
    assert not np.array_equal(alone[200, 200], before[200, 200])
    assert np.array_equal(alone[130, 130], before[130, 130])
    assert robot.window.solo.hint.isVisible() and document.history.position == steps
    assert (render(document.snapshot()).pixels[..., 3] == 255).all(), "the document is as it was"
    robot.window.app.verbs.perform("layer.put_back", layer=square)
    assert np.array_equal(seen(robot), before), "no empty checkerboard stays behind"
    assert robot.window.solo.hint.isHidden()
    assert all(layer.visible for layer in document.layers)


def test_escape_ends_it_and_what_is_dragged_meanwhile_is_shown(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_H)
    before = seen(robot)
    square = document.layers[-1].id
    robot.window.app.verbs.ask("layer.solo", layer=square)
    robot.key(Qt.Key.Key_V)
    robot.drag((130, 130), (230, 130), modifiers=Qt.KeyboardModifier.ControlModifier)
    robot.key(Qt.Key.Key_H)
    moved = seen(robot)
    assert np.array_equal(moved[130, 230], before[130, 130])
    robot.key(Qt.Key.Key_Escape)
    assert robot.window.app.workspace.current is not None and robot.window.app.workspace.current.solo is None
    whole = seen(robot)
    assert np.array_equal(whole[300, 300], before[300, 300])
