"""The object tool over coloured squares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from events import wait
from PySide6.QtCore import Qt
from robot import Robot
from squares import IMAGE, Watched, is_ready

from inpaint_studio.app import selecting
from inpaint_studio.document import Document, Photo
from inpaint_studio.studio import find


@pytest.fixture
def selector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    made = Watched()
    plain: Callable[..., Any] = find.registry.load
    monkeypatch.setattr(
        find.registry, "load", lambda name, kind: made if kind == "selector" else plain(name, kind)
    )
    monkeypatch.setattr(selecting, "selects_sharply", lambda: True)
    yield made
    for gate in made.gates.values():
        gate.set()


@pytest.fixture
def document(robot: Robot, selector: Watched) -> Document:
    """The squares, with the object tool in hand and everything prepared."""
    made = Document(Photo(IMAGE.copy(), "squares.png"))
    robot.window.app.workspace.open(made)
    robot.key(Qt.Key.Key_W)
    wait(lambda: is_ready(robot), "the photo to be prepared")
    return made
