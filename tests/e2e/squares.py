"""Coloured squares, a network that goes by colour, and what is asked of both."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from by_colour import picture, selector_by_colour
from events import run_events, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from robot import Robot

from inpaint_studio.basics import Mask
from inpaint_studio.editor.tools.object import ObjectTool
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.selectors.network import NetworkSelector

if TYPE_CHECKING:
    from inpaint_studio.document import Document

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
        super().__init__(network=plain.network)
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


def tool(robot: Robot) -> ObjectTool:
    found = robot.window.column.tools["object"]
    assert isinstance(found, ObjectTool)
    return found


def is_ready(robot: Robot) -> bool:
    """Whether what the canvas shows is prepared for prompts."""
    opened = robot.window.app.workspace.current
    return opened is not None and opened.selecting.is_ready


def answered(robot: Robot) -> None:
    wait(lambda: not tool(robot).prompting.busy, "the sharp answer")
    robot.settle()


def steps(robot: Robot) -> list[str]:
    document = robot.window.app.document
    return [] if document is None else [str(step.name) for step in document.history.steps]


def selected(document: Document) -> np.ndarray:
    selection = document.state.selection or Mask.empty()
    return selection.full(RED.shape) > 127


def alike(document: Document, truth: np.ndarray) -> float:
    mask = selected(document)
    return float((mask & truth).sum() / max(1, (mask | truth).sum()))


def hovered(robot: Robot, x: float, y: float) -> None:
    QTest.mouseMove(robot.view.viewport(), robot.place(x, y))
    run_events(5)


def shown(robot: Robot) -> tuple[float, float, float, float] | None:
    """The box of what is tinted under the pointer."""
    mask = robot.window.scene.highlighted
    return None if mask is None else mask.box
