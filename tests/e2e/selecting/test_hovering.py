"""Before a click: what is prepared, and what the pointer shows."""

from __future__ import annotations

import numpy as np
from events import run_events, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from robot import Robot
from squares import (
    BLUE,
    IMAGE,
    LEFT_OF_RED,
    ON_BLUE,
    ON_GREY,
    ON_RED,
    RED,
    SHIFT,
    Watched,
    alike,
    answered,
    hovered,
    is_ready,
    shown,
    steps,
    tool,
)

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Transform
from inpaint_studio.render import render
from inpaint_studio.studio import lift


def test_it_is_prepared_when_the_tool_is_taken_and_again_only_when_the_picture_changes(
    robot: Robot, document: Document, selector: Watched
) -> None:
    robot.click(*ON_RED)
    answered(robot)
    robot.key(Qt.Key.Key_M)
    robot.key(Qt.Key.Key_W)
    robot.click(*ON_BLUE)
    answered(robot)
    assert len(selector.of("prepare")) == 1
    assert np.array_equal(selector.images[0], document.layers[0].source)
    robot.window.app.verbs.set_property(document.layers[0].id, "opacity", 0.5)
    wait(
        lambda: len(selector.of("prepare")) > 1 and is_ready(robot),
        "the new picture",
    )
    robot.settle()
    assert np.abs(selector.images[-1].astype(int) - (IMAGE // 2 + 64)).max() <= 2, "half, on grey"
    robot.ctrl(Qt.Key.Key_Z)
    cutout = lift.lift(document, Mask.place(RED.astype(np.uint8) * 255), "car")
    robot.settle()
    wait(
        lambda: np.array_equal(selector.images[-1], document.layers[0].source),
        "a cutout at home shows nothing new",
    )
    robot.window.app.verbs.perform("layer.place", layer=cutout, transform=Transform(0, 30))
    robot.settle()
    shown = render(document.snapshot()).pixels[..., :3].astype(int)
    wait(lambda: np.abs(selector.images[-1] - shown).max() <= 2, "the cutout that moved")


def test_hovering_shows_what_a_click_would_take(robot: Robot, document: Document, selector: Watched) -> None:
    hovered(robot, *ON_RED)
    wait(lambda: shown(robot) is not None, "the tint")
    box = shown(robot)
    assert box is not None and np.abs(np.array(box) - np.array([60, 72, 120, 120])).max() <= 8
    assert document.state.selection is None and not steps(robot) and not selector.of("select")
    hovered(robot, *ON_BLUE)
    wait(lambda: (shown(robot) or (0,))[0] > 200, "the other")
    robot.click(*ON_BLUE)
    assert shown(robot) is None
    answered(robot)
    hovered(robot, ON_RED[0], ON_RED[1] + 1)
    wait(lambda: shown(robot) is not None, "the tint again")
    robot.key(Qt.Key.Key_M)
    assert shown(robot) is None


def test_a_modifier_shows_what_the_click_would_be_then(
    robot: Robot, document: Document, selector: Watched
) -> None:
    robot.click(*ON_RED)
    answered(robot)
    hovered(robot, *ON_BLUE)
    wait(lambda: (shown(robot) or (0,))[0] > 200, "the tint of a click without Shift")
    QTest.keyPress(robot.view, Qt.Key.Key_Shift)
    wait(lambda: selector.of("glance")[-1].labels == (1, 1), "what Shift would add")
    wait(lambda: (shown(robot) or (999,))[0] < 200, "both")
    QTest.keyRelease(robot.view, Qt.Key.Key_Shift, SHIFT)
    wait(lambda: selector.of("glance")[-1].labels == (1,), "without Shift again")
    # A pointer left where the next test wants it would not move there.
    hovered(robot, *ON_GREY)
    robot.settle()


def test_only_the_newest_point_is_answered(robot: Robot, document: Document, selector: Watched) -> None:
    hovered(robot, *ON_BLUE)
    wait(lambda: shown(robot) is not None, "a tint")
    selector.gates["glance"].clear()
    before = len(selector.of("glance"))
    hovered(robot, *ON_RED)
    wait(lambda: len(selector.of("glance")) > before, "the glance")
    for x in range(10):
        hovered(robot, ON_GREY[0] + x, ON_GREY[1])
    run_events(60)
    assert len(selector.of("glance")) == before + 1, "one at a time"
    selector.gates["glance"].set()
    wait(lambda: (shown(robot) or (9,))[0] == 0, "the grey round the squares")
    robot.settle()
    points = [p.points[0] for p in selector.of("glance")[before:]]
    assert len(points) == 2 and points[1][0] > ON_GREY[0] + 8


def test_nothing_is_looked_at_while_a_click_waits(
    robot: Robot, document: Document, selector: Watched
) -> None:
    selector.gates["select"].clear()
    robot.click(*ON_RED)
    wait(lambda: selector.of("select"), "the click")
    before = len(selector.of("glance"))
    for x in range(6):
        hovered(robot, ON_BLUE[0] + x, ON_BLUE[1])
    run_events(80)
    waiting = [job.title for job in robot.window.app.workspace.worker.running()]
    assert waiting == ["Selecting"] and len(selector.of("glance")) == before
    selector.gates["select"].set()
    answered(robot)
    assert alike(document, RED) > 0.97
    wait(lambda: len(selector.of("glance")) > before, "the newest point is looked at")
    robot.settle()
    hovered(robot, ON_BLUE[0] + 8, ON_BLUE[1])
    wait(lambda: (shown(robot) or (0,))[0] > 200, "the tint")
    hovered(robot, -30, 20)
    assert shown(robot) is None
    robot.settle()


def test_a_found_thing_is_shown_and_taken_at_once_and_has_other_answers(
    robot: Robot, document: Document, selector: Watched
) -> None:
    car = FoundObject(Mask.place(RED.astype(np.uint8) * 255), "car", 0.9)
    road = FoundObject(Mask.place((~RED & ~BLUE).astype(np.uint8) * 255), "road", 0.9, "area")
    lift.set_found(document, [car, road])
    before = len(selector.of("glance"))
    hovered(robot, *ON_RED)
    assert robot.window.app.verbs.context().pointed is document.state.found[0] and shown(robot) is not None
    run_events(60)
    assert len(selector.of("glance")) == before
    selector.gates["select"].clear()
    robot.click(*ON_RED)
    assert document.state.selection is not None and document.state.selection.same(car.mask)
    selector.gates["select"].set()
    answered(robot)
    assert steps(robot)[-1] == "Select car"
    robot.key(Qt.Key.Key_Period)
    answered(robot)
    assert alike(document, LEFT_OF_RED) > 0.7 and steps(robot)[-1] == "Select car"
    robot.click(*ON_BLUE, SHIFT)
    answered(robot)
    assert selector.of("select")[-1].labels == (1, 1)
    robot.click(*ON_GREY)
    answered(robot)
    answer = tool(robot).prompting.answer
    assert answer is not None and answer.proposals[-1].mask.same(road.mask)
