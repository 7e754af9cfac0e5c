"""The real window, and a photo to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtTest import QTest

from inpaint_studio.editor.app import application
from inpaint_studio.editor.window import Window

from robot import Robot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BALL = (250, 190, 52)
"""Where the object of the photo is: x, y, radius."""


def photo() -> np.ndarray:
    """Grass under a hazy sky and a red ball on it, 480×320."""
    rng = np.random.default_rng(5)
    height, width = 320, 480
    rows = np.linspace(0, 1, height)[:, None, None]
    sky = np.array([150, 190, 230]) * (1 - rows) + np.array([215, 225, 232]) * rows
    grass = (
        np.array([70, 120, 50]) + cv2.GaussianBlur(rng.normal(0, 60, (height, width)), (0, 0), 1.2)[..., None]
    )
    picture = np.where(np.arange(height)[:, None, None] < 110, sky, grass)
    x, y, radius = BALL
    across, down = np.meshgrid(np.arange(width) + 0.5 - x, np.arange(height) + 0.5 - y)
    distance = np.hypot(across, down)
    cover = np.clip(radius + 0.5 - distance, 0, 1)[..., None]
    light = np.clip(1.15 - np.hypot(across + 18, down + 20) / 90, 0.3, 1.2)[..., None]
    picture = picture * (1 - cover) + np.array([215, 40, 35]) * light * cover
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    path = tmp_path / "ball.png"
    assert cv2.imwrite(str(path), np.ascontiguousarray(photo()[..., ::-1]))
    return path


@pytest.fixture
def robot(own_home: Path, photo_path: Path) -> Iterator[Robot]:
    """A robot before the start screen, with the photo among the recent files."""
    application()
    QSettings().setValue("recent", [str(photo_path)])
    window = Window()
    window.resize(1200, 800)
    window.show()
    QTest.qWait(50)
    yield Robot(window)
    if window.session.document is not None:
        window.session.document.mark_saved()
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
