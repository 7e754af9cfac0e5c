"""The right button on the canvas: the menu of what lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from ball import BALL, photo
from events import wait
from PySide6.QtCore import Qt

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.editor.dialogs.edge import EdgeDialog
from inpaint_studio.studio import lift
from inpaint_studio.studio.find import Prompts, object_mask

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QMenu
    from robot import Robot

    from inpaint_studio.document import Document

X, Y, _RADIUS = BALL


@pytest.fixture
def document(robot: Robot, photo_path: Path) -> Document:
    """The photo of the ball, in which the ball was found."""
    robot.window.filing.open_path(photo_path)
    wait(lambda: robot.window.app.document is not None, "the photo")
    made = robot.window.app.document
    assert made is not None
    ball = object_mask(photo(), Prompts(box=(X - 60, Y - 60, 120, 120)))
    lift.set_found(made, [FoundObject(ball, "ball", 1.0)])
    robot.settle()
    return made


def titles(menu: QMenu) -> list[str]:
    return [a.text().split("\t")[0] for a in menu.actions() if a.text()]


def trigger(menu: QMenu, title: str) -> None:
    next(a for a in menu.actions() if a.text().split("\t")[0] == title).trigger()


def test_what_was_found_is_lifted_removed_or_selected(
    robot: Robot, document: Document, menus: list[QMenu]
) -> None:
    robot.ask_menu(20, 20)
    assert not menus, "nothing lies there"
    robot.ask_menu(X, Y)
    assert titles(menus[0]) == ["Lift ball", "Remove ball", "Select ball", "Rename object"]
    trigger(menus[0], "Select ball")
    assert document.state.selection is not None
    document.undo()
    trigger(menus[0], "Lift ball")
    assert document.layers[-1].name == "Ball"


def test_a_layer_becomes_the_active_one_and_shows_its_own_menu(
    robot: Robot, document: Document, menus: list[QMenu]
) -> None:
    app = robot.window.app
    app.verbs.perform("objects.lift_all")
    robot.settle()
    app.workspace.set_active(document.layers[0].id)
    robot.ask_menu(X, Y)
    assert app.active == document.layers[-1].id
    assert "Enhance…" in titles(menus[0])
    # The edge of the layer is meant, whatever is selected elsewhere.
    app.verbs.perform("selection.set", mask=Mask(0, 0, np.full((20, 20), 255, np.uint8)))
    trigger(menus[0], "Refine edge…")
    dialogs = robot.window.findChildren(EdgeDialog)
    assert [d.windowTitle() for d in dialogs] == ["Refine edge of ball"]
    dialogs[0].reject()
    robot.settle()


def test_a_selection_has_its_own_menu(robot: Robot, document: Document, menus: list[QMenu]) -> None:
    robot.key(Qt.Key.Key_M)
    robot.drag((20, 20), (80, 80))
    robot.ask_menu(120, 20)
    assert not menus, "beside it"
    robot.ask_menu(50, 50)
    assert titles(menus[0])[:2] == ["Lift selection", "Remove selection"]
    trigger(menus[0], "Deselect")
    assert document.state.selection is None
