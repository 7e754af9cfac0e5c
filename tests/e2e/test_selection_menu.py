"""The Select menu: sliders over the canvas, masks on the disk, what a layer covers, what stands out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ball import BALL, photo
from events import wait
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from robot import LEFT, Robot

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo, Transform
from inpaint_studio.editor.reshape import ReshapeBar
from inpaint_studio.studio import lift, masks

SIZE = (480, 320)
X, Y, RADIUS = BALL


def disc() -> Mask:
    xs, ys = np.meshgrid(np.arange(480) + 0.5 - X, np.arange(320) + 0.5 - Y)
    return Mask.place((np.clip(RADIUS + 0.5 - np.hypot(xs, ys), 0, 1) * 255).astype(np.uint8))


@pytest.fixture
def document(robot: Robot) -> Document:
    """The ball, selected."""
    made = Document(Photo(photo(), "ball.png"))
    robot.window.app.workspace.open(made)
    robot.window.app.verbs.perform("selection.set", mask=disc())
    return made


def steps(robot: Robot) -> list[str]:
    document = robot.window.app.document
    return [] if document is None else [str(step.name) for step in document.history.steps]


def choose(robot: Robot, does: str) -> None:
    action = robot.window.actions_[f"selection.{does}"]
    assert action.isEnabled()
    action.trigger()


def bar(robot: Robot) -> ReshapeBar:
    found = robot.window.commands.selection.bar
    assert found is not None and found.isVisible()
    return found


def drawn(robot: Robot) -> float:
    """The width of the outline on the canvas."""
    mask = robot.window.scene.shown_selection
    return 0 if mask is None else mask.box[2]


@pytest.mark.parametrize(
    ("does", "step", "make"),
    [
        ("grow", "Grow selection", masks.grow),
        ("shrink", "Shrink selection", masks.shrink),
        ("feather", "Feather selection", masks.feather),
        ("close_gaps", "Close gaps", masks.close_gaps),
        ("remove_specks", "Remove specks", masks.remove_specks),
    ],
)
def test_a_slider_shows_and_applies(
    robot: Robot, document: Document, does: str, step: str, make: masks.Reshape
) -> None:
    speckled = disc().minus(Mask(X, Y, np.full((9, 9), 255, np.uint8)))
    speckled = speckled.union(Mask(20, 20, np.full((9, 9), 255, np.uint8)))
    robot.window.app.verbs.perform("selection.set", mask=speckled)
    choose(robot, does)
    slider = bar(robot).slider
    assert robot.window.view.rect().contains(bar(robot).geometry())
    place = slider.slider.rect().center()
    place.setX(place.x() * (7 if does in ("remove_specks", "close_gaps") else 5) // 8)
    QTest.mouseClick(slider.slider, LEFT, pos=place)
    pixels = slider.value
    assert 8 < pixels < 40
    robot.push(robot.window.view, "Apply")
    wait(lambda: steps(robot)[-1] == step, "the step")
    assert robot.window.commands.selection.bar is None
    made = document.state.selection
    assert made is not None and made.same(make(speckled, pixels, SIZE)) and not made.same(speckled)
    robot.ctrl(Qt.Key.Key_Z)
    assert document.state.selection is speckled
    choose(robot, does)
    assert bar(robot).pixels == pixels, "the last value is kept"
    bar(robot).close()


def test_what_is_shown_is_not_yet_done_and_escape_leaves_all_as_it_was(
    robot: Robot, document: Document
) -> None:
    before, wide = document.state.selection, drawn(robot)
    choose(robot, "grow")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert bar(robot).pixels == 14
    wait(lambda: drawn(robot) == wide + 28, "the preview")
    assert document.state.selection is before and steps(robot) == ["Select"]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert robot.window.commands.selection.bar is None and drawn(robot) == wide
    assert document.state.selection is before and steps(robot) == ["Select"]
    robot.settle()


def test_enter_applies_the_newest_value_even_if_it_is_still_being_made(
    robot: Robot, document: Document
) -> None:
    choose(robot, "shrink")
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    wait(lambda: steps(robot)[-1] == "Shrink selection", "the step")
    selection = document.state.selection
    assert selection is not None and selection.same(masks.shrink(disc(), 9, SIZE))


def test_nothing_left_can_t_be_applied(robot: Robot, document: Document) -> None:
    choose(robot, "shrink")
    slider = bar(robot).slider.slider
    QTest.mouseClick(slider, LEFT, pos=slider.rect().topRight())
    wait(lambda: not bar(robot).apply_button.isEnabled(), "the answer")
    QTest.keyClick(slider, Qt.Key.Key_Return)
    assert bar(robot).isVisible() and steps(robot) == ["Select"]
    robot.push(bar(robot), "Cancel")
    assert robot.window.commands.selection.bar is None


@pytest.mark.parametrize("how", ["undo", "close", "another"])
def test_the_slider_goes_when_its_selection_does(robot: Robot, document: Document, how: str) -> None:
    choose(robot, "feather")
    first = bar(robot)
    if how == "undo":
        robot.ctrl(Qt.Key.Key_Z)
        assert document.state.selection is None and drawn(robot) == 0
    elif how == "close":
        document.mark_saved()
        robot.window.app.workspace.close(robot.window.app.workspace.current)
    else:
        choose(robot, "grow")
        assert bar(robot) is not first
        bar(robot).close()
    assert robot.window.commands.selection.bar is None
    robot.settle()


@pytest.mark.parametrize("replace", [False, True])
def test_a_mask_replaces_another_only_if_that_is_wanted(
    robot: Robot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    there, asked = tmp_path / "ball v1.2.png", []
    there.write_bytes(b"dear")
    buttons = QMessageBox.StandardButton

    def answer(_parent: object, _title: str, text: str, *_: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return buttons.Yes if replace else buttons.Cancel

    # The ending is not typed, so the file dialog can't have asked.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "ball v1.2"), ""))
    monkeypatch.setattr(QMessageBox, "question", answer)
    choose(robot, "save_mask")
    robot.settle()
    assert asked == ["ball v1.2.png is there already. Replace it?"]
    assert not (tmp_path / "ball v1.2").exists() and not (tmp_path / "ball v1.png").exists()
    assert (there.read_bytes() == b"dear") != replace


def test_a_mask_is_saved_and_loaded(
    robot: Robot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ball mask"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    choose(robot, "save_mask")
    path = path.with_suffix(".png")
    wait(path.exists, "the mask")
    robot.settle()
    robot.ctrl(Qt.Key.Key_D)
    assert not robot.window.actions_["selection.save_mask"].isEnabled()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    choose(robot, "load_mask")
    wait(lambda: document.state.selection is not None, "the selection")
    assert document.state.selection is not None and document.state.selection.same(disc())
    assert steps(robot) == ["Select", "Deselect", "Load mask"]


def test_a_mask_of_another_size_is_told_and_changes_nothing(
    robot: Robot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "small.png"
    Image.new("L", (48, 32), 255).save(path)
    errors: list[str] = []
    robot.window.app.notices.error.connect(errors.append)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    choose(robot, "load_mask")
    wait(lambda: errors, "the error")
    assert "48 × 32" in errors[0] and "480 × 320" in errors[0] and steps(robot) == ["Select"]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: ("", ""))
    choose(robot, "load_mask")
    robot.settle()
    assert len(errors) == 1


def test_from_a_cutout_and_back(robot: Robot, document: Document) -> None:
    app = robot.window.app
    cutout = lift.lift(document, disc(), "ball")
    app.workspace.set_active(cutout)
    app.verbs.perform("layer.place", layer=cutout, transform=Transform(30, -20))
    choose(robot, "from_layer")
    selection = document.state.selection
    mask = document.layer(cutout).mask
    assert selection is not None and mask is not None and selection.same(mask.moved(30, -20))
    assert steps(robot)[-1] == "Select outline of ball"
    app.verbs.perform("layer.place", layer=cutout, transform=Transform(900, 0))
    told: list[str] = []
    app.notices.error.connect(told.append)
    choose(robot, "from_layer")
    assert len(told) == 1 and "outside" in told[0]
    app.workspace.set_active(document.layers[0].id)
    assert not robot.window.actions_["selection.from_layer"].isEnabled()


def test_what_stands_out_is_selected_in_one_step(robot: Robot, document: Document) -> None:
    robot.ctrl(Qt.Key.Key_D)
    choose(robot, "subject")
    wait(lambda: document.state.selection is not None, "the subject")
    assert document.state.selection is not None
    assert masks.overlap(document.state.selection, disc()) > 0.6
    assert steps(robot)[-1] == "Select subject"


def test_inverted_twice_is_the_same(robot: Robot, document: Document) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    robot.ctrl(Qt.Key.Key_I, shift)
    assert document.state.selection is not None
    assert document.state.selection.full((320, 480))[Y, X] == 0
    robot.ctrl(Qt.Key.Key_I, shift)
    assert document.state.selection.same(disc())
