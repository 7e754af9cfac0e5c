"""The object tool with a network behind it, by mouse and keys: one that goes by colour."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from by_colour import SIDE, ByColour
from events import run_events, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from robot import LEFT, NONE, Robot
from squares import (
    ALT,
    BLUE,
    IMAGE,
    LEFT_OF_RED,
    ON_BLUE,
    ON_RED,
    RED,
    SCALE,
    SHIFT,
    Watched,
    alike,
    answered,
    selected,
    steps,
    tool,
)

from inpaint_studio.app import prompting
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines import registry


def test_a_click_takes_the_object_and_its_sharp_edge_joins_the_step(
    robot: Robot, document: Document, selector: Watched
) -> None:
    selector.gates["refine"].clear()
    robot.click(*ON_RED)
    wait(lambda: document.state.selection is not None, "the first mask")
    assert alike(document, RED) > 0.85
    first = document.state.selection
    selector.gates["refine"].set()
    answered(robot)
    assert document.state.selection is not first and alike(document, RED) > 0.97
    assert steps(robot) == ["Select object"]
    robot.ctrl(Qt.Key.Key_Z)
    assert document.state.selection is None
    robot.ctrl(Qt.Key.Key_Z, SHIFT)
    assert alike(document, RED) > 0.97
    assert selector.threads and threading.main_thread().ident not in selector.threads


def test_other_answers_by_a_key_in_the_same_step(robot: Robot, document: Document) -> None:
    robot.click(*ON_RED)
    answered(robot)
    (words,) = [each for each in robot.window.view.findChildren(QPushButton) if each.isVisible()]
    assert words.text().startswith("1 of 3")
    assert robot.window.view.rect().contains(words.geometry())
    robot.key(Qt.Key.Key_Period)
    answered(robot)
    assert alike(document, LEFT_OF_RED) > 0.7 and words.text().startswith("2 of 3")
    robot.key(Qt.Key.Key_Period)
    answered(robot)
    assert alike(document, RED | BLUE) > 0.9
    robot.key(Qt.Key.Key_Period)
    answered(robot)
    assert alike(document, RED) > 0.97
    robot.key(Qt.Key.Key_Comma)
    answered(robot)
    assert alike(document, RED | BLUE) > 0.9
    QTest.mouseClick(words, LEFT)
    answered(robot)
    assert alike(document, RED) > 0.97
    assert steps(robot) == ["Select object"]
    robot.key(Qt.Key.Key_Escape)
    assert document.state.selection is None and not words.isVisible()
    assert not tool(robot).marks


def test_shift_adds_and_alt_takes_away_by_clicks_alone(
    robot: Robot, document: Document, selector: Watched
) -> None:
    robot.click(*ON_RED)
    answered(robot)
    robot.click(*ON_BLUE, SHIFT)
    answered(robot)
    assert alike(document, RED | BLUE) > 0.9
    robot.click(ON_BLUE[0] + 12, ON_BLUE[1], ALT)
    answered(robot)
    assert alike(document, RED) > 0.9
    assert steps(robot) == ["Select object", "Add to selection", "Take from selection"]
    last = selector.of("select")[-1]
    assert last.labels == (1, 1, 0) and last.previous is None and len(last.points) == 3
    assert len(tool(robot).marks) == 3
    robot.click(*ON_BLUE)
    answered(robot)
    assert alike(document, BLUE) > 0.97 and selector.of("select")[-1].labels == (1,)


def test_without_an_object_begun_they_join_the_selection(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_M)
    robot.drag((0, 0), (RED.shape[1], RED.shape[0]))
    robot.key(Qt.Key.Key_W)
    robot.click(*ON_RED, ALT)
    answered(robot)
    assert alike(document, ~RED) > 0.97
    robot.click(*ON_BLUE, SHIFT | ALT)
    answered(robot)
    assert alike(document, BLUE) > 0.97


@pytest.mark.parametrize("way", ["Box", "Lasso"])
def test_dragging_draws_round_the_object(
    robot: Robot, document: Document, selector: Watched, way: str
) -> None:
    robot.push(robot.window.options, way)
    left, top, right, bottom = (v * SCALE for v in (76, 26, 132, 78))
    robot.drag((left, top), (right, top), (right, bottom), *([(left, bottom)] if way == "Lasso" else []))
    answered(robot)
    assert alike(document, BLUE) > 0.85
    said = selector.of("select")[-1]
    assert (said.box is not None) == (way == "Box") and bool(said.lasso) == (way == "Lasso")
    robot.click(*ON_BLUE, ALT)
    wait(lambda: len(selector.of("select")) == 2, "the correction")
    robot.settle()
    again = selector.of("select")[-1]
    assert (again.box, again.lasso, again.labels) == (said.box, said.lasso, (0,))


def test_the_lasso_tool_tightens_where_that_is_chosen(robot: Robot, document: Document) -> None:
    robot.key(Qt.Key.Key_L)
    lasso: Any = robot.window.column.tools["lasso"]
    left, top, right, bottom = (v * SCALE for v in (76, 26, 132, 78))
    corners = (left, top), (right, top), (right, bottom), (left, bottom)
    robot.drag(*corners)
    assert selected(document)[top + 6, left + 6]
    lasso.tighten.click()
    robot.drag(*corners)
    wait(lambda: not lasso.prompting.busy, "the object in the line")
    assert alike(document, BLUE) > 0.85 and steps(robot) == ["Select by lasso"] * 2


def test_enter_waits_for_the_sharp_edge(robot: Robot, document: Document, selector: Watched) -> None:
    selector.gates["refine"].clear()
    robot.click(*ON_RED)
    wait(lambda: document.state.selection is not None, "the first mask")
    robot.key(Qt.Key.Key_Return)
    assert len(document.layers) == 1
    wait(lambda: selector.of("refine"), "the sharpening")
    selector.gates["refine"].set()
    wait(lambda: len(document.layers) == 2, "the cutout")
    mask = document.layers[1].mask
    assert mask is not None
    full = mask.full(RED.shape) > 127
    assert (full & RED).sum() / (full | RED).sum() > 0.97
    robot.settle()
    assert steps(robot) == ["Select object", "Lift object"]


def test_what_the_user_went_on_from_is_not_sharpened_any_more(
    robot: Robot, document: Document, selector: Watched
) -> None:
    selector.gates["refine"].clear()
    robot.click(*ON_RED)
    wait(lambda: selector.of("refine"), "the sharpening")
    robot.ctrl(Qt.Key.Key_D)
    selector.gates["refine"].set()
    robot.settle()
    run_events(30)
    assert document.state.selection is None and steps(robot) == ["Select object", "Deselect"]


@pytest.mark.parametrize("how", ["escape", "undo", "other tool"])
def test_a_click_that_waits_can_be_dropped(
    robot: Robot, document: Document, selector: Watched, how: str
) -> None:
    robot.click(*ON_BLUE)
    answered(robot)
    selector.gates["select"].clear()
    robot.click(*ON_RED, SHIFT)
    wait(lambda: len(selector.of("select")) == 2, "the click")
    if how == "escape":
        robot.key(Qt.Key.Key_Escape)
    elif how == "undo":
        robot.ctrl(Qt.Key.Key_Z)
        robot.ctrl(Qt.Key.Key_Z, SHIFT)
    else:
        robot.key(Qt.Key.Key_M)
        robot.key(Qt.Key.Key_W)
    selector.gates["select"].set()
    robot.settle()
    run_events(30)
    assert alike(document, BLUE) > 0.97 and steps(robot) == ["Select object"]
    robot.click(ON_BLUE[0] + 12, ON_BLUE[1], SHIFT)
    answered(robot)
    assert selector.of("select")[-1].points == (
        (selector.of("select")[0].points[0]), selector.of("select")[-1].points[1]
    ), "goes on from the click that was answered"  # fmt: skip


def test_twenty_clicks_with_undo_and_redo_give_the_same_mask(
    robot: Robot, document: Document, selector: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompting, "_SHARPEN_MS", 0)
    rng = np.random.default_rng(8)
    spots = rng.integers(0, (RED.shape[1] - 1, RED.shape[0] - 1), (20, 2)).tolist()
    modifiers = [NONE, *(SHIFT if add else ALT for add in rng.integers(0, 2, 19))]

    def click(number: int) -> None:
        robot.click(*spots[number], modifiers[number])
        wait(lambda: not tool(robot).prompting.waiting, "the answer")

    for number in range(20):
        click(number)
    answered(robot)
    straight, prompts = document.state.selection, selector.of("select")[-1]
    assert straight is not None and len(prompts.points) == 20

    other = Document(Photo(IMAGE.copy(), "again.png"))
    robot.window.app.document.mark_saved()  # type: ignore[union-attr]
    robot.window.app.workspace.open(other)
    for number in range(20):
        click(number)
        back = 1 if number % 3 or number < 2 else 2
        for _ in range(back):
            robot.ctrl(Qt.Key.Key_Z)
        if number % 2:
            for _ in range(back):
                robot.ctrl(Qt.Key.Key_Z, SHIFT)
        else:
            for again in range(number + 1 - back, number + 1):
                click(again)
    answered(robot)
    assert selector.of("select")[-1] == prompts or tool(robot).prompting.request.prompts == prompts  # type: ignore[union-attr]
    assert other.state.selection is not None and other.state.selection.same(straight)
    assert len(steps(robot)) == 20


def test_a_selection_long_undone_goes_on_from_its_clicks(
    robot: Robot, document: Document, selector: Watched
) -> None:
    robot.click(*ON_RED)
    answered(robot)
    robot.ctrl(Qt.Key.Key_D)
    robot.key(Qt.Key.Key_V)
    robot.key(Qt.Key.Key_W)
    assert not tool(robot).marks
    robot.ctrl(Qt.Key.Key_Z)
    assert alike(document, RED) > 0.97 and len(tool(robot).marks) == 1
    robot.click(*ON_BLUE, SHIFT)
    answered(robot)
    assert selector.of("select")[-1].labels == (1, 1) and alike(document, RED | BLUE) > 0.9


def test_what_is_not_there_is_told_and_nothing_changes(
    robot: Robot, document: Document, selector: Watched
) -> None:
    errors: list[str] = []
    robot.window.app.notices.error.connect(errors.append)
    robot.drag((-60, -60), (-5, -5))
    wait(lambda: errors, "the error")
    assert "beside the photo" in errors[0] and not steps(robot)
    robot.click(-20, 50)
    wait(lambda: len(errors) == 2, "the error")
    assert "Click on the photo itself" in errors[1]
    robot.click(*ON_RED)
    answered(robot)
    robot.click(*ON_RED, ALT)
    robot.settle()
    wait(lambda: len(errors) == 3, "the contradiction")
    assert alike(document, RED) > 0.97 and steps(robot) == ["Select object"]


@pytest.mark.parametrize("kind", ["grey", "see-through", "tiny", "one pixel"])
def test_any_photo_can_be_clicked(robot: Robot, selector: Watched, kind: str) -> None:
    pixels = IMAGE
    if kind == "grey":
        pixels = np.repeat(IMAGE[..., :1], 3, axis=2)
    elif kind == "see-through":
        pixels = np.dstack([IMAGE, np.where(RED | BLUE, 255, 0).astype(np.uint8)])
    elif kind == "tiny":
        pixels = np.ascontiguousarray(IMAGE[100:140:2, 60:180:4])
    elif kind == "one pixel":
        pixels = np.ascontiguousarray(IMAGE[:1, :1])
    document = Document(Photo(np.ascontiguousarray(pixels), "odd.png"))
    robot.window.app.workspace.open(document)
    robot.key(Qt.Key.Key_W)
    height, width = pixels.shape[:2]
    told: list[str] = []
    robot.window.app.notices.error.connect(told.append)
    robot.window.app.notices.message.connect(told.append)
    robot.click(width // 4, height // 2)
    wait(lambda: document.state.selection is not None or told, "an answer")
    answered(robot)
    selection = document.state.selection
    assert selection is None or (selection.full((height, width))[height // 2, width // 4] == 255)
    assert (selection is None) == (kind == "one pixel")


def test_double_of_the_network_is_asked_at_the_size_it_was_made_for(selector: Watched) -> None:
    assert isinstance(selector.network, ByColour) and selector.network.settings.side == SIDE


def test_what_stands_out_is_one_step_and_a_click_then_begins_anew(
    robot: Robot, document: Document, selector: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry.installed
    others = {"finder": [engine for engine in known("finder") if "coverage" not in engine.gives]}
    monkeypatch.setattr(registry, "installed", lambda kind: others.get(kind) or known(kind))
    robot.click(*ON_BLUE)
    answered(robot)
    robot.window.actions_["selection.subject"].trigger()
    wait(lambda: len(steps(robot)) == 2, "the subject")
    assert steps(robot)[-1] == "Select subject" and alike(document, RED) > 0.9
    assert not tool(robot).marks
    robot.click(*ON_BLUE, SHIFT)
    answered(robot)
    assert alike(document, RED | BLUE) > 0.9 and selector.of("select")[-1].labels == (1,)
