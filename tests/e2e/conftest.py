"""The real window, and a photo to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from ball import photo
from events import run_events
from held import jobs_hold_values as jobs_hold_values
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QMenu
from robot import Robot

from inpaint_studio.editor.app import application
from inpaint_studio.editor.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    path = tmp_path / "ball.png"
    assert cv2.imwrite(str(path), np.ascontiguousarray(photo()[..., ::-1]))
    return path


@pytest.fixture
def menus(monkeypatch: pytest.MonkeyPatch) -> list[QMenu]:
    """The menus that were shown; popups would grab the keyboard, which there is none of without a display."""
    shown: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: shown.append(menu))
    return shown


@pytest.fixture
def robot(own_home: Path, photo_path: Path) -> Iterator[Robot]:
    """A robot before the start screen, with the photo among the recent files."""
    application()
    QSettings().setValue("recent", [str(photo_path)])
    window = Window()
    window.resize(1200, 800)
    window.show()
    run_events(50)
    yield Robot(window)
    for opened in window.app.workspace.documents:
        opened.document.mark_saved()
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
