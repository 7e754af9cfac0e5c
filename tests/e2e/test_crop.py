"""The crop tool and the Image menu, by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from ball import BALL, photo
from events import run_events, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from robot import LEFT, Robot

from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.dialogs.sizes import CanvasSizeDialog, ImageSizeDialog
from inpaint_studio.editor.tools.crop import CropTool
from inpaint_studio.render import render

CTRL = Qt.KeyboardModifier.ControlModifier
WIDTH, HEIGHT = 480, 320


@pytest.fixture
def document(robot: Robot) -> Document:
    made = Document(Photo(photo(), "ball.png"))
    robot.window.app.workspace.open(made)
    run_events(20)
    return made


@pytest.fixture
def crop(robot: Robot, document: Document) -> CropTool:
    robot.key(Qt.Key.Key_C)
    tool = robot.view.tool
    assert isinstance(tool, CropTool)
    return tool


def names(document: Document) -> list[str]:
    return [str(step.name) for step in document.history.steps]


def shown(document: Document) -> np.ndarray:
    return np.asarray(render(document.snapshot()).pixels)


def test_a_frame_is_drawn_changed_and_cropped_to(robot: Robot, document: Document, crop: CropTool) -> None:
    before = shown(document)
    robot.drag((100, 80), (300, 200))
    assert crop.frame.box == (100, 80, 200, 120)
    robot.drag((300, 200), (340, 240))
    robot.drag((150, 150), (160, 170))
    assert crop.frame.box == (110, 100, 240, 160)
    robot.key(Qt.Key.Key_Return)
    assert names(document) == ["Crop"] and document.canvas == (0, 0, 240, 160)
    assert np.array_equal(shown(document), before[100:260, 110:350])
    assert crop.frame.box == (0, 0, 240, 160), "the next crop begins with the whole picture"
    robot.ctrl(Qt.Key.Key_Z)
    assert document.canvas == (0, 0, WIDTH, HEIGHT) and crop.frame.box == (0, 0, WIDTH, HEIGHT)


def test_outward_extends_and_fills_in_one_step(robot: Robot, document: Document, crop: CropTool) -> None:
    before = shown(document)
    robot.view.set_zoom(0.8)
    robot.drag((WIDTH, HEIGHT / 2), (WIDTH + 60, HEIGHT / 2))
    assert crop.frame.box == (0, 0, WIDTH + 60, HEIGHT)
    robot.key(Qt.Key.Key_Return)
    assert names(document) == ["Crop and fill"]
    robot.settle()
    picture = shown(document)
    assert picture.shape[1] == WIDTH + 60 and (picture[..., 3] == 255).all()
    assert np.array_equal(picture[:, :WIDTH], before) and not document.missing_parts()
    # The fill is no repetition of the last column.
    assert (picture[:, WIDTH + 30] != picture[:, WIDTH - 1]).any()


def test_without_fill_it_is_transparent(robot: Robot, document: Document, crop: CropTool) -> None:
    robot.view.set_zoom(0.8)
    crop.fill.click()
    robot.drag((WIDTH, HEIGHT / 2), (WIDTH + 60, HEIGHT / 2))
    robot.key(Qt.Key.Key_Return)
    assert names(document) == ["Crop"] and document.canvas == (0, 0, WIDTH + 60, HEIGHT)
    assert not shown(document)[:, WIDTH:].any() and not document.missing_parts()


def test_a_ratio_holds_at_corners_and_sides(robot: Robot, crop: CropTool, document: Document) -> None:
    crop.ratio.setCurrentIndex(2)
    crop.ratio.activated.emit(2)
    assert crop.frame.box == (80, 0, 320, 320)
    robot.drag((400, 320), (300, 250))
    assert crop.frame.box[2] == crop.frame.box[3] < 320
    robot.drag((80, 0), (100, 60))
    left, top, width, height = crop.frame.box
    assert width == height
    robot.drag((left + width, top + height / 2), (left + width - 30, top + height / 2))
    assert crop.frame.box[2] == crop.frame.box[3] == width - 30
    crop.ratio.setCurrentIndex(6)
    crop.ratio.activated.emit(6)
    robot.key(Qt.Key.Key_X)
    assert crop.frame.width / crop.frame.height == pytest.approx(9 / 16, abs=0.01)


def test_a_line_along_the_horizon_straightens(robot: Robot, document: Document, crop: CropTool) -> None:
    robot.drag((100, 100), (300, 120), modifiers=CTRL)
    assert crop.frame.degrees == pytest.approx(5.71, abs=0.3)
    assert crop.straighten.value == pytest.approx(-5.7, abs=0.3)
    robot.key(Qt.Key.Key_Return)
    robot.settle()
    assert names(document) == ["Crop and fill"] and document.canvas == (0, 0, WIDTH, HEIGHT)
    assert (shown(document)[..., 3] == 255).all()
    assert crop.frame.box == (0, 0, WIDTH, HEIGHT) and not crop.frame.degrees, "it is done"
    assert document.tree.base.transform.degrees == pytest.approx(-5.71, abs=0.3)


def test_straightened_without_fill_the_frame_shrinks(
    robot: Robot, document: Document, crop: CropTool
) -> None:
    crop.fill.click()
    slider = crop.straighten.slider
    QTest.mouseClick(slider, LEFT, pos=slider.rect().center() + slider.rect().center() / 3)
    assert (
        crop.frame.degrees < -5 and crop.frame.width < WIDTH and not crop.frame.reaches_out((WIDTH, HEIGHT))
    )
    robot.view.setFocus()
    robot.key(Qt.Key.Key_Return)
    assert names(document) == ["Crop"] and (shown(document)[..., 3] == 255).all()


def test_escape_ends_the_drag_then_the_frame_then_nothing(
    robot: Robot, document: Document, crop: CropTool
) -> None:
    robot.drag((100, 80), (300, 200))
    before = crop.frame
    robot.press(200, 140)
    robot.move(240, 180)
    assert crop.frame != before
    robot.key(Qt.Key.Key_Escape)
    assert crop.frame == before
    QTest.mouseRelease(robot.view.viewport(), LEFT, pos=robot.place(240, 180))
    assert crop.frame == before
    robot.key(Qt.Key.Key_Escape)
    assert crop.frame.box == (0, 0, WIDTH, HEIGHT)
    robot.key(Qt.Key.Key_Escape)
    assert not names(document) and crop.frame.box == (0, 0, WIDTH, HEIGHT)


def test_the_image_menu_turns_and_flips(robot: Robot, document: Document) -> None:
    before = shown(document)
    robot.window.actions_["canvas.turn_right"].trigger()
    assert np.array_equal(shown(document), np.rot90(before, -1))
    run_events(20)
    assert robot.window.scene.size == (HEIGHT, WIDTH)
    assert robot.window.status.photo.text().startswith(f"{HEIGHT} × {WIDTH}")
    robot.window.actions_["canvas.mirror_horizontal"].trigger()
    robot.window.actions_["canvas.turn_left"].trigger()
    robot.window.actions_["canvas.mirror_vertical"].trigger()
    assert np.array_equal(shown(document), before)
    assert names(document)[0] == "Rotate picture right"
    # The photo as it was opened lies where the picture lies.
    robot.window.actions_["canvas.turn_over"].trigger()
    picture = robot.shown()
    QTest.keyPress(robot.view, Qt.Key.Key_Backslash)
    robot.settle()
    assert np.array_equal(robot.shown(), picture)
    QTest.keyRelease(robot.view, Qt.Key.Key_Backslash)


def test_canvas_size_is_asked_for(robot: Robot, document: Document) -> None:
    robot.window.actions_["canvas.size"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CanvasSizeDialog)
    dialog.width_field.setValue(500)
    QTest.mouseClick(dialog._anchors.button(5), LEFT)
    assert dialog.anchor == (1, 0)
    robot.push(dialog, "Change")
    robot.settle()
    assert names(document) == ["Canvas size"] and document.canvas == (0, 0, 500, HEIGHT)
    assert np.array_equal(shown(document)[:, 20:, :3], photo())


def test_image_size_keeps_proportions(robot: Robot, document: Document) -> None:
    robot.window.actions_["canvas.image_size"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImageSizeDialog)
    dialog.width_field.setValue(240)
    assert dialog.chosen == (240, 160) and dialog.percent.value() == 50
    dialog.percent.setValue(200)
    assert dialog.chosen == (960, 640)
    dialog.linked.click()
    dialog.height_field.setValue(100)
    assert dialog.chosen == (960, 100)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not names(document)
    robot.window.actions_["canvas.image_size"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImageSizeDialog)
    dialog.width_field.setValue(240)
    robot.push(dialog, "Resize")
    wait(lambda: names(document) == ["Image size"], "the step")
    assert document.canvas == (0, 0, 240, 160)


def test_what_was_found_lights_up_where_it_lies_after_a_crop(robot: Robot, document: Document) -> None:
    from inpaint_studio.basics import FoundObject, Mask
    from inpaint_studio.studio import lift

    x, y, radius = BALL
    box = Mask(x - radius, y - radius, np.full((2 * radius, 2 * radius), 255, np.uint8))
    lift.set_found(document, [FoundObject(box, "ball", 0.9)])
    robot.window.app.verbs.perform("canvas.crop", x=50, y=40, width=400, height=270)
    robot.window.actions_["canvas.turn_over"].trigger()
    run_events(20)
    robot.key(Qt.Key.Key_V)
    at = 400 - (x - 50), 270 - (y - 40)
    QTest.mouseMove(robot.view.viewport(), robot.place(*at))
    run_events(20)
    assert robot.window.scene.highlighted is not None
    assert robot.window.scene.highlighted.box == (at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
