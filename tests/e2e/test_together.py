"""Several layers chosen together, in the list and on the canvas, and what is done to them in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inpaint_studio.document import Document, Photo
from inpaint_studio.render import render
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from robot import Robot

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


@pytest.fixture
def document(robot: Robot) -> Document:
    """Three squares on a grey photo, none chosen; the move tool is in hand."""
    made = Document(Photo(np.full((300, 400, 3), 90, np.uint8), "grey.png"))
    for number, (x, y) in enumerate(((60, 60), (160, 90), (300, 200))):
        colour = np.full((40, 40, 3), (255, 80 * number, 0), np.uint8)
        lift.put_picture(made, Photo(colour, f"square {number}.png"), (x, y))
    opened = robot.window.app.workspace.open(made)
    opened.set_active(made.layers[0].id)
    robot.settle()
    robot.key(Qt.Key.Key_V)
    return made


def chosen(robot: Robot) -> list[str]:
    tree, selected = robot.window.app.document.tree, robot.window.app.workspace.selected
    return sorted(tree.node(each).name for each in selected)


def middles(document: Document) -> list[tuple[float, float]]:
    return [(x + w / 2, y + h / 2) for x, y, w, h in (layer.bounds() for layer in document.layers[1:])]


def test_shift_and_ctrl_choose_on_the_canvas_and_the_list_follows(robot: Robot, document: Document) -> None:
    robot.click(60, 60)
    assert chosen(robot) == ["square 0"]
    robot.click(160, 90, SHIFT)
    robot.click(300, 200, CTRL)
    assert chosen(robot) == ["square 0", "square 1", "square 2"]
    assert len(robot.window.layers.list.selectedIndexes()) == 3
    robot.click(160, 90, CTRL)
    assert chosen(robot) == ["square 0", "square 2"]
    assert len(robot.window.layers.list.selectedIndexes()) == 2


def test_a_rubber_band_chooses_what_it_meets(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    assert chosen(robot) == ["square 0", "square 1"]
    robot.click(380, 20)
    assert chosen(robot) == ["Backdrop"]


def test_rows_are_chosen_with_ctrl_and_the_canvas_shows_one_box(robot: Robot, document: Document) -> None:
    rows = robot.window.layers.list

    def click(row: int, modifiers: Qt.KeyboardModifier) -> None:
        place = rows.visualRect(robot.window.layers.model.index(row)).center() + QPoint(-20, 0)
        QTest.mouseClick(rows.viewport(), LEFT, modifiers, place)

    click(0, Qt.KeyboardModifier.NoModifier)
    click(2, CTRL)
    assert chosen(robot) == ["square 0", "square 2"]
    assert robot.window.column.tools["move"].box.box == (40, 40, 280, 180)


def test_what_is_chosen_is_dragged_together_in_one_step(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    before, steps = middles(document), len(document.history.steps)
    robot.drag((60, 60), (90, 80), modifiers=CTRL)
    after = middles(document)
    assert after[0] == (before[0][0] + 30, before[0][1] + 20)
    assert after[1] == (before[1][0] + 30, before[1][1] + 20)
    assert after[2] == before[2]
    assert document.history.steps[-1].name == "Move 2 layers" and len(document.history.steps) == steps + 1
    assert np.array_equal(robot.shown(), render(document.snapshot()).pixels[..., :3])
    robot.ctrl(Qt.Key.Key_Z)
    assert middles(document) == before


def test_a_handle_of_their_box_scales_them_about_the_other_corner(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    # The box reaches from (40, 40) to (180, 110).
    robot.drag((180, 110), (320, 180), modifiers=CTRL)
    assert document.history.steps[-1].name == "Scale 2 layers"
    first, second = (layer.bounds() for layer in document.layers[1:3])
    assert first == (40, 40, 80, 80)
    assert second == (240, 100, 80, 80)


def test_arrows_digits_delete_and_duplicate_work_on_all(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    before = middles(document)
    robot.key(Qt.Key.Key_Right, SHIFT)
    assert [x for x, _ in middles(document)] == [before[0][0] + 10, before[1][0] + 10, before[2][0]]
    robot.key(Qt.Key.Key_5)
    assert [layer.opacity for layer in document.layers[1:]] == [0.5, 0.5, 1.0]
    robot.ctrl(Qt.Key.Key_J)
    assert chosen(robot) == ["square 0 copy", "square 1 copy"]
    robot.key(Qt.Key.Key_Delete)
    assert len(document.layers) == 4
    assert document.history.steps[-1].name == "Delete 2 layers"
    robot.ctrl(Qt.Key.Key_Z)
    robot.ctrl(Qt.Key.Key_Z)
    robot.ctrl(Qt.Key.Key_Z)
    assert [layer.opacity for layer in document.layers[1:]] == [1.0, 1.0, 1.0], "one step for both"


def test_alt_drags_copies_of_all_in_one_step(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    steps = len(document.history.steps)
    robot.drag((60, 60), (60, 160), modifiers=ALT | CTRL)
    assert len(document.layers) == 6 and len(document.history.steps) == steps + 1
    assert middles(document)[:2] == [(60, 60), (160, 90)] or len(set(middles(document))) == 5


def test_a_group_is_dragged_as_one(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    robot.ctrl(Qt.Key.Key_G)
    assert chosen(robot) == ["Group"]
    before = middles(document)
    robot.drag((60, 60), (80, 60), modifiers=CTRL)
    after = middles(document)
    moved = [a[0] - b[0] for a, b in zip(after, before, strict=True)]
    assert sorted(moved) in ([0, 20, 20], [0, 0, 20])


def test_align_and_distribute_by_the_menu(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (380, 260))
    robot.window.actions_["layer.align_left"].trigger()
    assert [layer.bounds()[0] for layer in document.layers[1:]] == [40, 40, 40]
    assert document.history.steps[-1].name == "Align 3 layers"
    robot.window.actions_["layer.distribute_down"].trigger()
    tops = sorted(layer.bounds()[1] for layer in document.layers[1:])
    assert tops[1] - tops[0] == tops[2] - tops[1]


def test_merge_and_flatten_look_the_same(robot: Robot, document: Document) -> None:
    robot.drag((20, 20), (200, 140))
    before = render(document.snapshot()).pixels
    robot.ctrl(Qt.Key.Key_E)
    assert [layer.name for layer in document.layers] == ["Backdrop", "square 0", "square 2"]
    assert np.array_equal(render(document.snapshot()).pixels, before)
    robot.window.actions_["layer.flatten"].trigger()
    assert len(document.layers) == 1
    assert np.array_equal(render(document.snapshot()).pixels, before)


def test_keys_choose_the_layer_above_and_below(robot: Robot, document: Document) -> None:
    assert chosen(robot) == ["Backdrop"]
    robot.key(Qt.Key.Key_BracketRight, ALT)
    assert chosen(robot) == ["square 0"]
    robot.key(Qt.Key.Key_BracketRight, ALT)
    assert chosen(robot) == ["square 1"]
    robot.key(Qt.Key.Key_BracketLeft, ALT)
    assert chosen(robot) == ["square 0"]
