"""Choosing among fills with mouse and keys, in the real window; only the filler is a quick one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from ball import BALL, photo
from events import run_events, wait
from manyfills import COLOURS, ManyFiller, install
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu
from robot import LEFT, Robot

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import parts
from inpaint_studio.render import render
from inpaint_studio.studio import lift
from inpaint_studio.studio.find import Prompts, object_mask

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.document import Document
    from inpaint_studio.editor.canvas.strip import Strip

X, Y, RADIUS = BALL


@pytest.fixture
def filler(monkeypatch: pytest.MonkeyPatch) -> ManyFiller:
    return install(monkeypatch)


@pytest.fixture
def document(robot: Robot, filler: ManyFiller) -> Document:
    """The photo of the ball, opened from the start screen."""
    tile = robot.window.start.tiles()[0]
    QTest.mouseClick(tile, LEFT)
    wait(lambda: robot.window.app.document is not None, "the photo")
    robot.settle()
    assert robot.window.app.document is not None
    return robot.window.app.document


def strip(robot: Robot) -> Strip:
    return robot.window.strip


def ready(robot: Robot, count: int = 3) -> None:
    """Waits until all fills to choose from are there."""
    wait(
        lambda: (
            len(robot.window.app.fills.numbers) == count
            and not robot.window.app.candidates.making
            and not robot.window.app.workspace.is_filling
        ),
        "the fills",
    )
    robot.settle()


def colour(robot: Robot, x: float, y: float) -> tuple[int, ...]:
    """What the canvas shows at a point, from the window's own pixels."""
    image = robot.view.viewport().grab().toImage()
    shown = image.pixelColor(robot.place(x, y))
    return shown.red(), shown.green(), shown.blue()


def names(robot: Robot) -> list[str]:
    assert robot.window.app.document is not None
    return [step.name for step in robot.window.app.document.history.steps]


def test_remove_choose_more_keep_and_take_all_back(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    wait(lambda: strip(robot).isVisible(), "the strip")
    ready(robot)
    assert colour(robot, 90, 260) == pytest.approx(COLOURS[0], abs=3)
    robot.key(Qt.Key.Key_Period)
    assert colour(robot, 90, 260) == pytest.approx(COLOURS[1], abs=3)
    QTest.mouseClick(strip(robot).thumbnails[2], LEFT)
    assert colour(robot, 90, 260) == pytest.approx(COLOURS[3], abs=3)
    robot.push(strip(robot), "More")
    ready(robot)
    robot.push(strip(robot), "Keep")
    assert not strip(robot).isVisible()
    assert names(robot) == ["Remove painted area", "Choose fill 2", "Choose fill 3", "Fill again"]
    end = render(document.snapshot()).pixels
    for _ in range(4):
        robot.ctrl(Qt.Key.Key_Z)
    robot.settle()
    assert np.array_equal(render(document.snapshot()).pixels[..., :3], photo())
    for _ in range(4):
        robot.ctrl(Qt.Key.Key_Y)
    robot.settle()
    assert np.array_equal(render(document.snapshot()).pixels, end)
    assert not strip(robot).isVisible()


def test_painting_on_goes_to_the_next_hole(robot: Robot, document: Document, filler: ManyFiller) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    robot.key(Qt.Key.Key_Period)
    robot.drag((400, 40), (440, 40))
    assert strip(robot).isVisible()
    ready(robot)
    first, second = parts(document.tree, document.layers[0])
    assert first.options.candidate == 1 and second.options.candidate == 0
    robot.key(Qt.Key.Key_Comma)
    first, second = parts(document.tree, document.layers[0])
    assert (first.options.candidate, second.options.candidate) == (1, 2)
    assert filler.asked == [1, 4, 1, 4]


def test_delete_of_a_selection_and_of_a_cutout(robot: Robot, document: Document) -> None:
    ball = object_mask(photo(), Prompts(box=(X - 60, Y - 60, 120, 120)))
    robot.window.app.verbs.perform("selection.set", mask=ball)
    robot.key(Qt.Key.Key_Delete)
    ready(robot)
    assert strip(robot).isVisible() and names(robot)[-1] == "Remove selection"
    robot.key(Qt.Key.Key_Escape)
    assert not strip(robot).isVisible()
    robot.ctrl(Qt.Key.Key_Z)
    robot.ctrl(Qt.Key.Key_L)
    robot.settle()
    assert not strip(robot).isVisible(), "only lifted"
    robot.key(Qt.Key.Key_Delete)
    ready(robot)
    assert strip(robot).isVisible() and names(robot)[-1] == "Delete object"
    robot.key(Qt.Key.Key_Period)
    assert colour(robot, X, Y) == pytest.approx(COLOURS[1], abs=3)


def test_lifting_everything_makes_one_fill_each(robot: Robot, document: Document, filler: ManyFiller) -> None:
    ball = object_mask(photo(), Prompts(box=(X - 60, Y - 60, 120, 120)))
    lift.set_found(document, [FoundObject(ball, "ball", 1.0)])
    robot.window.app.verbs.perform("objects.lift_all")
    robot.settle()
    assert filler.asked == [1] and not strip(robot).isVisible()
    robot.key(Qt.Key.Key_V)
    robot.drag((X, Y), (X + 100, Y))
    robot.settle()
    assert filler.asked == [1] and not strip(robot).isVisible()


def test_the_menu_of_a_hole(robot: Robot, document: Document, menus: list[QMenu]) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    robot.key(Qt.Key.Key_Return)
    robot.ask_menu(300, 60)
    assert not menus and not strip(robot).isVisible()
    robot.ask_menu(90, 260)
    assert len(menus) == 1 and strip(robot).isVisible()
    next(a for a in menus[0].actions() if a.text().startswith("Fill options")).trigger()
    run_events(20)
    section = robot.window.properties.fill
    assert section.filler.isVisible() and strip(robot).isVisible()
    section.filler.setFocus()
    for _ in range(section.filler.findData("telea")):
        QTest.keyClick(section.filler, Qt.Key.Key_Down)
    assert parts(document.tree, document.layers[0])[0].options.filler == "telea"
    ready(robot)
    assert strip(robot).isVisible(), "a choice does not end the looking"


def test_choosing_from_the_menu_bar(robot: Robot, document: Document) -> None:
    actions = robot.window.actions_
    assert not actions["fill.choose"].isEnabled()
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    robot.key(Qt.Key.Key_Escape)
    assert actions["fill.choose"].isEnabled()
    robot.ctrl(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert strip(robot).isVisible()
    robot.key(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    ready(robot)
    assert strip(robot).isVisible() and names(robot)[-1] == "Fill again"


def test_the_sampling_area_is_painted_shown_and_taken_back(
    robot: Robot, document: Document, filler: ManyFiller
) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    before = colour(robot, 385, 280)
    robot.key(Qt.Key.Key_S)
    robot.drag((300, 280), (400, 280))
    ready(robot)
    sample = parts(document.tree, document.layers[0])[0].options.sample
    assert sample is not None and sample.full((320, 480))[280, 350] == 255 and sample.area < 10_000
    area = filler.calls[-1]["task"].source_mask
    assert np.count_nonzero(area) == np.count_nonzero(sample.crop > 127)
    tinted = colour(robot, 385, 280)
    assert tinted != pytest.approx(before, abs=10), "the area shows"
    assert strip(robot).isVisible() and names(robot)[-1] == "Paint sampling area"
    robot.key(Qt.Key.Key_X)
    robot.drag((300, 280), (330, 280))
    smaller = parts(document.tree, document.layers[0])[0].options.sample
    assert smaller is not None and smaller.area < sample.area
    robot.ctrl(Qt.Key.Key_Z)
    robot.ctrl(Qt.Key.Key_Z)
    assert parts(document.tree, document.layers[0])[0].options.sample is None
    assert colour(robot, 385, 280) == pytest.approx(before, abs=3), "and the tint is gone with it"
    robot.key(Qt.Key.Key_V)
    assert not document.missing_parts()


def test_filled_with_the_scenery_and_with_the_selection_from_the_menu(
    robot: Robot, document: Document, filler: ManyFiller
) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    sky = Mask.place(np.full((60, 480), 255, np.uint8))
    lift.set_found(document, [FoundObject(sky, "sky", 1.0, "area")])
    robot.window.app.verbs.perform(
        "selection.set", mask=Mask.place(np.full((40, 50), 255, np.uint8), 300, 200)
    )
    robot.settle()
    actions, menu = robot.window.actions_, robot.window.actions_.menus["Fill > Fill with"]
    assert [action.isEnabled() for action in menu.actions()] == [True, False, False, False, True]
    assert "No road was found" in actions["fill.like_road"].toolTip()
    for name, area in (("fill.like_sky", sky.area), ("fill.like_selection", 40 * 50)):
        actions[name].trigger()
        wait(lambda: not document.missing_parts(), "the fill")
        robot.settle()
        assert np.count_nonzero(filler.calls[-1]["task"].source_mask) == area
    robot.ctrl(Qt.Key.Key_Z)
    robot.ctrl(Qt.Key.Key_Z)
    assert parts(document.tree, document.layers[0])[0].options.sample is None


def test_sampling_on_a_turned_cutout_is_in_its_own_pixels(robot: Robot, document: Document) -> None:
    ball = object_mask(photo(), Prompts(box=(X - 60, Y - 60, 120, 120)))
    robot.window.app.verbs.perform("selection.set", mask=ball)
    robot.ctrl(Qt.Key.Key_L)
    robot.settle()
    app = robot.window.app
    cutout = document.layer(app.active or "")
    from dataclasses import replace

    turned = replace(cutout.transform.rebased((X, Y)), degrees=90, dx=120)
    app.verbs.perform("layer.place", layer=cutout.id, transform=turned)
    robot.key(Qt.Key.Key_J)
    robot.drag((X + 120, Y), (X + 124, Y))
    ready(robot)
    robot.key(Qt.Key.Key_S)
    # To the right of its middle on the canvas is above it in its source.
    robot.drag((X + 150, Y), (X + 154, Y))
    sample = document.layer(cutout.id).holes[-1].options.sample
    assert sample is not None
    assert sample.full((320, 480))[Y - 32, X] == 255 and sample.full((320, 480))[Y, X + 32] == 0


def test_without_a_hole_the_brush_says_so(robot: Robot, document: Document) -> None:
    told: list[str] = []
    robot.window.app.notices.message.connect(told.append)
    robot.key(Qt.Key.Key_S)
    robot.drag((300, 280), (400, 280))
    assert told and "no hole" in told[0] and names(robot) == []


def test_choices_come_back_from_the_project(
    robot: Robot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    robot.key(Qt.Key.Key_Comma)
    before, path = render(document.snapshot()).pixels, tmp_path / "a.ora"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    robot.ctrl(Qt.Key.Key_S)
    wait(path.exists, "the project")
    robot.settle()
    robot.ctrl(Qt.Key.Key_W)
    tile = next(t for t in robot.window.start.tiles() if t.path == path)
    QTest.mouseClick(tile, LEFT)
    wait(lambda: robot.window.app.document is not None, "the project")
    robot.settle()
    again: Any = robot.window.app.document
    assert np.array_equal(render(again.snapshot()).pixels, before) and not again.missing_parts()
    robot.ctrl(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    ready(robot)
    assert np.array_equal(render(again.snapshot()).pixels, before), "what was chosen stays as it was"
    robot.key(Qt.Key.Key_Period)
    assert colour(robot, 90, 260) == pytest.approx(COLOURS[0], abs=3)


def test_the_strip_steps_aside_for_the_hand(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_J)
    robot.drag((60, 260), (120, 260))
    ready(robot)
    robot.key(Qt.Key.Key_H)
    robot.press(200, 100)
    assert not strip(robot).isVisible()
    robot.move(220, 120)
    QTest.mouseRelease(robot.view.viewport(), LEFT, pos=robot.place(220, 120))
    run_events(20)
    assert strip(robot).isVisible()
    hole = robot.view.mapFromScene(QPointF(90, 260)) + QPoint(0, 0)
    assert abs(strip(robot).geometry().center().x() - hole.x()) < 80 or strip(robot).x() <= 12
