"""A picture from a camera; the devices are made up."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inpaint_studio.app.camera import Cameras
from inpaint_studio.editor.dialogs.camera import CameraDialog

LEFT = Qt.MouseButton.LeftButton


class Device:
    """Gives numbered pictures, blue on the left half; BGR, as OpenCV does."""

    open_now = 0

    def __init__(self, there=True, pictures=1000):
        self.there, self.left, self.released = there, pictures, False
        Device.open_now += there

    def isOpened(self):
        return self.there

    def read(self):
        self.left -= 1
        pixels = np.zeros((48, 64, 3), np.uint8)
        pixels[:, :32] = (255, 0, 0)
        pixels[0, 0, 1] = self.left % 256
        return self.left >= 0, pixels

    def release(self):
        Device.open_now -= self.there and not self.released
        self.released = True


@pytest.fixture
def worker(app):
    return app.workspace.worker


def shown(worker, qtbot, opener):
    dialog = CameraDialog(Cameras(worker, opener))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def dialog(worker, qtbot):
    Device.open_now = 0
    made = shown(worker, qtbot, lambda number: Device(there=number in (0, 2)))
    qtbot.waitUntil(made.take.isEnabled, timeout=10_000)
    return made


def test_cameras_that_are_there_can_be_chosen(dialog, qtbot):
    assert [dialog.camera.itemText(i) for i in range(dialog.camera.count())] == ["Camera 1", "Camera 3"]
    assert Device.open_now == 1
    QTest.keyClick(dialog.camera, Qt.Key.Key_Down)
    qtbot.waitUntil(dialog.take.isEnabled, timeout=10_000)
    assert Device.open_now == 1, "the other one is let go"


def test_a_picture_is_taken_taken_again_and_used(dialog, qtbot):
    used = []
    dialog.used.connect(used.append)
    assert not dialog.use.isEnabled()
    QTest.mouseClick(dialog.take, LEFT)
    assert dialog.use.isEnabled() and dialog.take.text() == "&Take again"
    QTest.mouseClick(dialog.take, LEFT)
    assert not dialog.use.isEnabled()
    qtbot.waitUntil(dialog.take.isEnabled, timeout=10_000)
    QTest.mouseClick(dialog.take, LEFT)
    QTest.mouseClick(dialog.use, LEFT)
    assert used[0].shape == (48, 64, 3) and tuple(used[0][20, 5]) == (0, 0, 255), "RGB"
    qtbot.waitUntil(lambda: Device.open_now == 0, timeout=10_000)


def test_mirrored_left_is_right(dialog, qtbot):
    used = []
    dialog.used.connect(used.append)
    QTest.keyClick(dialog.mirror, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: dialog._seen is not None and dialog._seen[20, 60, 2] == 255, timeout=10_000)
    QTest.mouseClick(dialog.take, LEFT)
    QTest.mouseClick(dialog.use, LEFT)
    assert tuple(used[0][20, 60]) == (0, 0, 255) and not used[0][20, 5].any()


def test_a_countdown_is_shown(dialog, qtbot):
    dialog.countdown.setCurrentIndex(1)
    dialog._tick.setInterval(5)
    QTest.mouseClick(dialog.take, LEFT)
    assert dialog.take.text() == "3 …" and not dialog.use.isEnabled()
    qtbot.waitUntil(dialog.use.isEnabled, timeout=10_000)


def test_without_a_camera_there_is_one_sentence(worker, qtbot):
    dialog = shown(worker, qtbot, lambda number: Device(there=False))
    qtbot.waitUntil(lambda: "No camera" in dialog.picture.text(), timeout=10_000)
    assert not dialog.take.isEnabled() and dialog.picture.text().count(".") == 1
    dialog.reject()


def test_one_that_is_pulled_out_is_told(worker, qtbot):
    dialog = shown(worker, qtbot, lambda number: Device(there=number == 0, pictures=3))
    qtbot.waitUntil(lambda: "any more" in dialog.picture.text(), timeout=10_000)
    assert not dialog.take.isEnabled()
    dialog.reject()


def test_it_becomes_a_document_that_no_file_holds_yet(app, qtbot, monkeypatch):
    from PySide6.QtWidgets import QWidget

    from inpaint_studio.editor import file_commands

    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(file_commands, "Cameras", lambda worker: Cameras(worker, lambda number: Device()))
    file_commands.FileCommands(app, window).from_camera()
    dialog = window.findChild(CameraDialog)
    qtbot.waitUntil(dialog.take.isEnabled, timeout=10_000)
    QTest.mouseClick(dialog.take, LEFT)
    QTest.mouseClick(dialog.use, LEFT)
    assert app.document.photo.size == (64, 48) and app.document.modified
