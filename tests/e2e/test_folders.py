"""Which folder is proposed for saving."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from events import wait
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from robot import Robot


@pytest.mark.parametrize("own", [True, False])
def test_beside_the_photo_but_not_among_the_samples(
    robot: Robot, photo_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    proposed: list[Path] = []

    def ask(_parent: object, _title: str, proposal: str, _filter: str) -> tuple[str, str]:
        proposed.append(Path(proposal))
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    robot.window.filing.open_path(photo_path if own else resource("samples", "table.jpg"))
    wait(lambda: robot.window.app.document is not None, "the photo")
    robot.ctrl(Qt.Key.Key_S)
    assert proposed == [photo_path.with_suffix(".ora") if own else Path.home() / "table.ora"]
    robot.settle()
