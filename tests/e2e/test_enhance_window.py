"""Enhancing from the menu, in the real window, by a network that makes everything 20 levels brighter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ball import BALL, photo
from events import wait
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from robot import LEFT, Robot
from test_main_job import found, names, opened

from inpaint_studio.editor.dialogs.enhance import EnhanceDialog
from inpaint_studio.render import render

X, Y, RADIUS = BALL


def asked(robot: Robot) -> EnhanceDialog:
    robot.window.actions_["layer.enhance"].trigger()
    dialogs = [d for d in robot.window.findChildren(EnhanceDialog) if d.isVisible()]
    assert len(dialogs) == 1
    wait(lambda: dialogs[0].view.box[2], "the dialog")
    return dialogs[0]


def brighter(by: int) -> np.ndarray:
    return np.minimum(255, photo().astype(int) + by)


def test_the_backdrop_with_a_strength_and_undo(robot: Robot, brightener: None) -> None:
    document = opened(robot)
    dialog = asked(robot)
    wait(lambda: dialog.takes.text(), "the preview")
    assert dialog.takes.text().startswith("Takes ")
    assert "left" not in dialog.takes.text()
    assert dialog.larger.text() == ""
    dialog.slider.slider.setFocus()
    for _ in range(5):
        QTest.keyClick(dialog.slider.slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.strength == 0.5
    robot.push(dialog, "Enhance")
    wait(lambda: names(robot) == ["Enhance backdrop"], "the step")
    robot.settle()
    assert np.abs(robot.shown().astype(int) - brighter(10)).max() <= 6
    assert np.array_equal(document.photo.pixels[..., :3], photo()), "the photo stays"
    robot.window.actions_["edit.undo"].trigger()
    robot.settle()
    assert np.array_equal(render(document.snapshot()).pixels[..., :3], photo())


def test_cancel_in_the_dialog_and_of_the_job(robot: Robot, brightener: None) -> None:
    document = opened(robot)
    dialog = asked(robot)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    robot.settle()
    dialog = asked(robot)
    # No events in between: the job may be done by then.
    QTest.mouseClick(robot.button(dialog, "Enhance"), LEFT)
    jobs = [j for j in robot.window.app.workspace.worker.running() if j.lane == "long"]
    assert [j.title for j in jobs] == ["Enhancing “Backdrop”"]
    jobs[0].cancel()
    robot.settle()
    assert names(robot) == []
    assert np.array_equal(render(document.snapshot()).pixels[..., :3], photo())


def test_a_cutout_that_changes_meanwhile_is_enhanced_as_it_is_then(robot: Robot, brightener: None) -> None:
    document = opened(robot)
    found(robot)
    robot.click(X, Y)
    robot.settle()
    cutout = document.layers[-1]
    dialog = asked(robot)
    # A smaller mask while the job is on its way: its result waits for the window's events.
    QTest.mouseClick(robot.button(dialog, "Enhance"), LEFT)
    mask = cutout.mask
    assert mask is not None
    robot.window.app.verbs.perform(
        "layer.mask", layer=cutout.id, mask=mask.clipped((mask.x, mask.y, mask.box[2] // 2, mask.box[3]))
    )
    wait(lambda: names(robot)[-1].startswith("Enhance"), "the step")
    robot.settle()
    layer = document.layer(cutout.id)
    assert layer.bounds()[2] <= mask.box[2] // 2
    middle = document.photo.pixels[Y, X - RADIUS // 2, :3].astype(int)
    shown = render(document.snapshot()).pixels[Y, X - RADIUS // 2, :3]
    assert np.abs(shown - np.minimum(255, middle + 20)).max() <= 6


def test_looking_elsewhere_and_comparing(robot: Robot, brightener: None) -> None:
    opened(robot)
    dialog = asked(robot)
    wait(lambda: dialog.takes.text(), "the preview")
    view = dialog.view
    middle = QPoint(view.width() // 2, view.height() // 4)
    QTest.mousePress(view, LEFT, pos=middle)
    QTest.mouseMove(view, middle + QPoint(-60, 0))
    QTest.mouseRelease(view, LEFT, pos=middle + QPoint(-60, 0))
    assert view.line == pytest.approx(0.5 - 60 / view.width(), abs=0.01)
    before = view.box
    place = QPoint(view.width() - 40, 40)
    QTest.mousePress(view, LEFT, pos=place)
    QTest.mouseMove(view, place + QPoint(-10000, -10000))
    QTest.mouseRelease(view, LEFT, pos=place)
    height, width = photo().shape[:2]
    assert view.box[0] + view.box[2] == width
    assert view.box[1] + view.box[3] == height
    assert view.box[2:] == before[2:]
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.line == pytest.approx(0.55 - 60 / view.width(), abs=0.01)
    dialog.reject()
    robot.settle()


def test_without_the_network_it_says_so(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inpaint_studio.engines.networks.card.folder_of", lambda name: Path("nowhere"))
    opened(robot)
    dialog = asked(robot)
    wait(lambda: "not installed" in dialog.note.text(), "the sentence")
    assert not dialog.enhance_button.isEnabled()
    dialog.reject()
    robot.settle()
