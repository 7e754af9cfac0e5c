"""The object tool with a network behind it, by mouse and keys: one that goes by colour."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from by_colour import SIDE, ByColour, picture, selector_by_colour
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from robot import LEFT, NONE, Robot, wait

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Photo, Transform
from inpaint_studio.editor import picking
from inpaint_studio.editor.tools.object import ObjectTool
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.selectors.network import NetworkSelector
from inpaint_studio.render import compose_document
from inpaint_studio.studio import find, lift

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
SCALE = 3
IMAGE, RED, BLUE = picture(SCALE)
ON_RED, ON_BLUE, ON_GREY = (36 * SCALE, 40 * SCALE), (104 * SCALE, 50 * SCALE), (70 * SCALE, 10 * SCALE)
LEFT_OF_RED = RED & (np.arange(RED.shape[1]) < 40 * SCALE)
"""A part without an edge of its own, so that it can't be sharp."""


class Watched(NetworkSelector):
    """The selector by colour; keeps what it was asked, and waits at the gate."""

    def __init__(self) -> None:
        plain = selector_by_colour()
        super().__init__(network=plain._network, settings=plain._settings)
        self.asked: list[tuple[str, Prompts]] = []
        self.images: list[np.ndarray] = []
        self.threads: set[int] = set()
        self.gates = {name: threading.Event() for name in ("prepare", "select", "refine", "glance")}
        for gate in self.gates.values():
            gate.set()

    def _pass_gate(self, name: str, prompts: Prompts) -> None:
        self.asked.append((name, prompts))
        self.threads.add(threading.get_ident())
        assert self.gates[name].wait(20)

    def prepare(self, image: Any, **options: Any) -> Any:
        self.images.append(image)
        self._pass_gate("prepare", Prompts())
        return super().prepare(image, **options)

    def select(self, prepared: Any, prompts: Prompts) -> Any:
        self._pass_gate("select", prompts)
        return super().select(prepared, prompts)

    def refine(self, prepared: Any, prompts: Prompts, proposal: Any, **options: Any) -> Any:
        self._pass_gate("refine", prompts)
        return super().refine(prepared, prompts, proposal, **options)

    def glance(self, prepared: Any, prompts: Prompts) -> Any:
        self._pass_gate("glance", prompts)
        return super().glance(prepared, prompts)

    def of(self, name: str) -> list[Prompts]:
        return [prompts for asked, prompts in self.asked if asked == name]


@pytest.fixture
def selector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    made = Watched()
    plain: Callable[..., Any] = find.registry.load
    monkeypatch.setattr(
        find.registry, "load", lambda name, kind: made if kind == "selector" else plain(name, kind)
    )
    monkeypatch.setattr(find, "best_selector", lambda: "network")
    monkeypatch.setattr(picking, "best_selector", lambda: "network")
    yield made
    for gate in made.gates.values():
        gate.set()


@pytest.fixture
def document(robot: Robot, selector: Watched) -> Document:
    """The squares, with the object tool in hand and everything prepared."""
    made = Document(Photo(IMAGE.copy(), "squares.png"))
    robot.window.session.show(made)
    robot.key(Qt.Key.Key_W)
    wait(lambda: robot.window.picking.is_ready, "the photo to be prepared")
    return made


def tool(robot: Robot) -> ObjectTool:
    found = robot.window.column.tools["object"]
    assert isinstance(found, ObjectTool)
    return found


def answered(robot: Robot) -> None:
    wait(lambda: not tool(robot).asking.busy, "the sharp answer")
    robot.settle()


def steps(robot: Robot) -> list[str]:
    stack = robot.window.session.undo_stack
    return [stack.text(i) for i in range(stack.count())]


def selected(document: Document) -> np.ndarray:
    selection = document.state.selection or Mask.empty()
    return selection.full(RED.shape) > 127


def alike(document: Document, truth: np.ndarray) -> float:
    mask = selected(document)
    return float((mask & truth).sum() / max(1, (mask | truth).sum()))


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
    assert selector.images[0] is document.layers[0].source, "not even copied"
    robot.window.session.set_opacity(document.layers[0].id, 0.5)
    wait(lambda: len(selector.of("prepare")) > 1 and robot.window.picking.is_ready, "the new picture")
    robot.settle()
    assert np.abs(selector.images[-1].astype(int) - (IMAGE // 2 + 64)).max() <= 2, "half, on grey"
    robot.ctrl(Qt.Key.Key_Z)
    cutout = lift.lift(document, Mask.place(RED.astype(np.uint8) * 255), "car")
    robot.settle()
    wait(lambda: selector.images[-1] is document.layers[0].source, "a cutout at home shows nothing new")
    robot.window.session.set_transform(cutout, Transform(0, 30))
    robot.settle()
    shown = compose_document(document)[..., :3].astype(int)
    wait(lambda: np.abs(selector.images[-1] - shown).max() <= 2, "the cutout that moved")


def test_other_answers_by_a_key_in_the_same_step(robot: Robot, document: Document) -> None:
    robot.click(*ON_RED)
    answered(robot)
    words = robot.window.view.findChild(QPushButton)
    assert words is not None and words.isVisible() and words.text().startswith("1 of 3")
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
    assert not tool(robot)._marks


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
    assert steps(robot) == ["Select object"] * 3
    last = selector.of("select")[-1]
    assert last.labels == (1, 1, 0) and last.previous is None and len(last.points) == 3
    assert len(tool(robot)._marks) == 3
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
    lasso._tighten.click()
    robot.drag(*corners)
    wait(lambda: not lasso.asking.busy, "the object in the line")
    assert alike(document, BLUE) > 0.85 and steps(robot) == ["Select by lasso"] * 2


def hovered(robot: Robot, x: float, y: float) -> None:
    QTest.mouseMove(robot.view.viewport(), robot.place(x, y))
    QTest.qWait(5)


def shown(robot: Robot) -> tuple[float, float, float, float] | None:
    """The box of what is tinted under the pointer."""
    item = robot.window.scene._hover
    return item.boundingRect().getRect() if item.isVisible() else None


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


def test_only_the_newest_point_is_answered(robot: Robot, document: Document, selector: Watched) -> None:
    hovered(robot, *ON_BLUE)
    wait(lambda: shown(robot) is not None, "a tint")
    selector.gates["glance"].clear()
    before = len(selector.of("glance"))
    hovered(robot, *ON_RED)
    wait(lambda: len(selector.of("glance")) > before, "the glance")
    for x in range(10):
        hovered(robot, ON_GREY[0] + x, ON_GREY[1])
    QTest.qWait(60)
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
    QTest.qWait(80)
    waiting = [job.title for job in robot.window.session.worker.running()]
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
    assert robot.window.hovered is document.state.found[0] and shown(robot) is not None
    QTest.qWait(60)
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
    answer = tool(robot).asking.answer
    assert answer is not None and answer.proposals[-1].mask.same(road.mask)


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
    QTest.qWait(30)
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
    QTest.qWait(30)
    assert alike(document, BLUE) > 0.97 and steps(robot) == ["Select object"]
    robot.click(ON_BLUE[0] + 12, ON_BLUE[1], SHIFT)
    answered(robot)
    assert selector.of("select")[-1].points == (
        (selector.of("select")[0].points[0]), selector.of("select")[-1].points[1]
    ), "goes on from the click that was answered"  # fmt: skip


def test_twenty_clicks_with_undo_and_redo_give_the_same_mask(
    robot: Robot, document: Document, selector: Watched
) -> None:
    tool(robot).asking._later.setInterval(0)
    rng = np.random.default_rng(8)
    spots = rng.integers(0, (RED.shape[1] - 1, RED.shape[0] - 1), (20, 2)).tolist()
    modifiers = [NONE, *(SHIFT if add else ALT for add in rng.integers(0, 2, 19))]

    def click(number: int) -> None:
        robot.click(*spots[number], modifiers[number])
        wait(lambda: not tool(robot).asking.waiting, "the answer")

    for number in range(20):
        click(number)
    answered(robot)
    straight, prompts = document.state.selection, selector.of("select")[-1]
    assert straight is not None and len(prompts.points) == 20

    other = Document(Photo(IMAGE.copy(), "again.png"))
    robot.window.session.document.mark_saved()  # type: ignore[union-attr]
    robot.window.session.show(other)
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
    assert selector.of("select")[-1] == prompts or tool(robot).asking.wish.prompts == prompts  # type: ignore[union-attr]
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
    assert not tool(robot)._marks
    robot.ctrl(Qt.Key.Key_Z)
    assert alike(document, RED) > 0.97 and len(tool(robot)._marks) == 1
    robot.click(*ON_BLUE, SHIFT)
    answered(robot)
    assert selector.of("select")[-1].labels == (1, 1) and alike(document, RED | BLUE) > 0.9


def test_what_is_not_there_is_told_and_nothing_changes(
    robot: Robot, document: Document, selector: Watched
) -> None:
    errors: list[str] = []
    robot.window.session.error.connect(errors.append)
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
    robot.window.session.show(document)
    robot.key(Qt.Key.Key_W)
    height, width = pixels.shape[:2]
    told: list[str] = []
    robot.window.session.error.connect(told.append)
    robot.window.session.message.connect(told.append)
    robot.click(width // 4, height // 2)
    wait(lambda: document.state.selection is not None or told, "an answer")
    answered(robot)
    selection = document.state.selection
    assert selection is None or (selection.full((height, width))[height // 2, width // 4] == 255)
    assert (selection is None) == (kind == "one pixel")


def test_double_of_the_network_is_asked_at_the_size_it_was_made_for(selector: Watched) -> None:
    assert isinstance(selector._network, ByColour) and selector._known().side == SIDE


def test_what_stands_out_is_one_step_and_a_click_then_begins_anew(
    robot: Robot, document: Document, selector: Watched
) -> None:
    robot.click(*ON_BLUE)
    answered(robot)
    robot.window.actions_["selection.subject"].trigger()
    wait(lambda: len(steps(robot)) == 2, "the subject")
    assert steps(robot)[-1] == "Select subject" and alike(document, RED) > 0.9
    assert not tool(robot)._marks
    robot.click(*ON_BLUE, SHIFT)
    answered(robot)
    assert alike(document, RED | BLUE) > 0.9 and selector.of("select")[-1].labels == (1,)
