"""The refine-edge brush, by mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ball import BALL
from PySide6.QtCore import Qt
from robot import Robot
from test_main_job import found, names, opened

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document

X, Y, RADIUS = BALL


def lifted(robot: Robot) -> tuple[Document, str]:
    document = opened(robot)
    found(robot)
    robot.click(X, Y)
    robot.settle()
    layer = document.layers[-1]
    assert layer.mask is not None
    return document, layer.id


def bitten(document: Document, cut: str) -> Mask:
    """Takes a bite out of the cutout's mask at its right, as a poor selection would."""
    from inpaint_studio.studio import lift

    mask = document.layer(cut).mask
    assert mask is not None
    lift.refine(document, cut, mask.minus(Mask(X + 40, Y - 12, np.full((24, 40), 255, np.uint8))))
    left = document.layer(cut).mask
    assert left is not None
    return left


@pytest.mark.parametrize("turned", [False, True])
def test_a_stroke_finds_the_edge_again_in_one_step(robot: Robot, turned: bool) -> None:
    document, cut = lifted(robot)
    bite = bitten(document, cut)
    at = (X + 48.0, float(Y))
    if turned:
        layer = document.layer(cut)
        moved = replace(layer.transform, degrees=30.0, dx=-100.0, scale_x=1.2, scale_y=1.2)
        robot.window.app.verbs.perform("layer.place", layer=cut, transform=moved)
        m = moved.matrix()
        at = tuple((m[:, :2] @ at + m[:, 2]).tolist())
    robot.window.app.workspace.set_active(cut)
    robot.key(Qt.Key.Key_R)
    robot.window.column.tools["edge"].brush.set_size(40)
    robot.drag(at, (at[0] + 1, at[1] + 1))
    robot.settle()
    mask = document.layer(cut).mask
    assert mask is not None and names(robot)[-1].startswith("Refine edge of")
    size = (320, 480)
    gained = mask.full(size).astype(int) - bite.full(size)
    ball = np.hypot(*np.ogrid[0.5 - Y : 320 - Y, 0.5 - X : 480 - X]) < RADIUS - 2
    hole = ball & (bite.full(size) == 0)
    near = np.hypot(*np.ogrid[0.5 - Y : 320 - Y, 0.5 - X - 48 : 480 - X - 48]) < 12
    assert (gained[hole & near] > 127).mean() > 0.8, "the ball is red there too"
    far = np.hypot(*np.ogrid[0.5 - Y : 320 - Y, 0.5 - X - 48 : 480 - X - 48]) > 40
    assert not gained[far].any()
    robot.ctrl(Qt.Key.Key_Z)
    assert document.layer(cut).mask is bite


def test_strokes_in_a_row_build_on_each_other(robot: Robot) -> None:
    document, _ = lifted(robot)
    steps = len(document.history.steps)
    robot.key(Qt.Key.Key_R)
    robot.drag((X - 50, Y), (X - 52, Y + 4))
    robot.drag((X + 50, Y), (X + 52, Y + 4))
    robot.settle()
    assert len(document.history.steps) == steps + 2
    assert all(n.startswith("Refine edge of") for n in names(robot)[-2:])


def test_without_a_cutout_it_says_what_to_do(robot: Robot) -> None:
    document = opened(robot)
    told: list[str] = []
    robot.window.app.notices.message.connect(told.append)
    robot.key(Qt.Key.Key_R)
    robot.drag((100, 100), (120, 100))
    robot.settle()
    assert not document.history.steps
    assert told and "cutout" in told[-1]
