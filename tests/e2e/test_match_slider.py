"""Match from the menu, by its slider."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from events import run_events, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from robot import LEFT, Robot

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.studio import lift


@pytest.fixture
def document(robot: Robot) -> Document:
    """A bright square of noise over the same noise, darker."""
    noise = np.random.default_rng(2).integers(80, 200, (320, 480, 3)).astype(np.uint8)
    made, other = (
        Document(Photo((noise * 0.6).astype(np.uint8), "dark.png")),
        Document(Photo(noise, "light.png")),
    )
    cutout = other.layer(lift.lift(other, Mask(100, 100, np.full((60, 60), 255, np.uint8)), "square"))
    tree = made.tree.above(None, replace(cutout, lifted_from=None))
    made.apply("Put", made.state.with_tree(tree))
    robot.window.app.workspace.open(made)
    robot.window.app.workspace.set_active(cutout.id)
    robot.settle()
    return made


def bar(robot: Robot):
    found = robot.window.commands.canvas.match_bar
    assert found is not None and found.isVisible()
    return found


def light(document: Document) -> float:
    layer = document.layers[-1]
    return float(layer.pixels(layer.source_box).mean())


def test_the_slider_shows_it_enter_keeps_it_and_undo_takes_it_back(robot: Robot, document: Document) -> None:
    before, steps = light(document), document.history.position
    robot.window.actions_["layer.match"].trigger()
    assert bar(robot).value == 100
    wait(lambda: bar(robot)._made is not None, "the preview")
    assert document.history.position == steps, "what is shown is no step"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    wait(lambda: document.history.position == steps + 1, "the step")
    assert str(document.history.steps[-1].name) == "Match square to its place"
    assert light(document) == pytest.approx(0.6 * before, rel=0.05)
    robot.ctrl(Qt.Key.Key_Z)
    assert light(document) == before


def test_escape_leaves_all_as_it_was(robot: Robot, document: Document) -> None:
    before, steps = light(document), document.history.position
    robot.window.actions_["layer.match"].trigger()
    QTest.mouseClick(bar(robot).slider.slider, LEFT, pos=bar(robot).slider.slider.rect().center())
    wait(lambda: bar(robot)._made is not None, "the preview")
    QTest.keyClick(bar(robot), Qt.Key.Key_Escape)
    run_events(20)
    assert robot.window.commands.canvas.match_bar is None
    assert document.history.position == steps and light(document) == before
