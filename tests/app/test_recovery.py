"""What is open and not saved comes back after a crash; what was saved, closed or given up does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from remembered import Remembered

from inpaint_studio.app import recovery
from inpaint_studio.app.filing import Filing
from inpaint_studio.app.workspace import Workspace
from inpaint_studio.document import Document, Photo
from inpaint_studio.render import render
from inpaint_studio.studio.properties import set_property


@pytest.fixture
def soon(monkeypatch):
    """Recovery data is written at once after a change."""
    monkeypatch.setattr(recovery, "_SOON_MS", 0)


@pytest.fixture
def workspace(qapp, soon):
    made = Workspace()
    yield made
    assert made.shut_down()


def photo():
    pixels = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
    return Photo(pixels, "street.jpg")


def change(opened, opacity=0.5):
    document = opened.document
    set_property(document, document.layers[0].id, "opacity", opacity)


def folders():
    root = recovery.recovery_folder()
    return [p for p in root.iterdir() if p.name != "broken"] if root.is_dir() else []


def entries():
    return [folder for folder in folders() if (folder / "entry.json").is_file()]


def test_a_change_is_kept_and_an_unchanged_document_is_not(workspace, qtbot):
    opened = workspace.open(Document(photo()))
    qtbot.wait(50)
    assert folders() == []
    change(opened)
    qtbot.waitUntil(lambda: len(entries()) == 1)
    # The program that writes is still running.
    assert recovery.left_behind() == []


def test_undoing_everything_leaves_nothing_to_recover(workspace, qtbot):
    opened = workspace.open(Document(photo()))
    change(opened)
    qtbot.waitUntil(lambda: len(entries()) == 1)
    opened.document.undo()
    qtbot.waitUntil(lambda: folders() == [])


def test_saving_leaves_nothing_to_recover(workspace, qtbot, tmp_path):
    opened = workspace.open(Document(photo()))
    change(opened)
    qtbot.waitUntil(lambda: len(entries()) == 1)
    Filing(workspace, Remembered()).save(opened, tmp_path / "street.ora")
    qtbot.waitUntil(lambda: opened.path is not None)
    assert folders() == []


def test_closing_leaves_nothing_to_recover(workspace, qtbot):
    opened = workspace.open(Document(photo()))
    change(opened)
    qtbot.waitUntil(lambda: len(entries()) == 1)
    workspace.close(opened)
    qtbot.waitUntil(lambda: folders() == [])


def test_a_full_disk_is_no_reason_to_stop_working(workspace, qtbot, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inpaint_studio.files.journal.Journal.write", full)
    opened = workspace.open(Document(photo()))
    change(opened)
    qtbot.waitUntil(lambda: "could not be kept" in caplog.text)
    change(opened, 0.7)


CHILD = """
import os, signal, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from inpaint_studio.app import recovery
from inpaint_studio.app.workspace import Workspace
from inpaint_studio.document import Document
from inpaint_studio.editor.last_words import LastWords
from inpaint_studio.studio.open import open_document
from inpaint_studio.studio.properties import set_property
from pathlib import Path

mode, path = sys.argv[1:]
recovery._SOON_MS = 0 if mode == "kill" else 3_600_000
app = QApplication([])
workspace = Workspace()
document, _ = open_document(path)
opened = workspace.open(document, Path(path) if path.endswith(".ora") else None)
set_property(document, document.layers[0].id, "opacity", 0.25)
words = LastWords(workspace.write_recovery_data, app)

def kept():
    return list(recovery.recovery_folder().glob("*/entry.json"))

def ready():
    if mode == "kill" and kept():
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "terminate":
        os.kill(os.getpid(), signal.SIGTERM)
    if mode == "exception":
        QTimer.singleShot(200, lambda: os.kill(os.getpid(), signal.SIGKILL))
        raise RuntimeError("something went wrong")

timer = QTimer()
timer.timeout.connect(ready)
timer.setSingleShot(mode != "kill")
timer.start(20)
code = app.exec()
os._exit(code)
"""


def ended(mode, path):
    """The exit code of a program that ended badly with one document open."""
    command = [sys.executable, "-c", CHILD, mode, str(path)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, timeout=60, check=False).returncode


@pytest.fixture
def file(tmp_path):
    from inpaint_studio.studio.save import write_pixels

    path = tmp_path / "street.png"
    write_pixels(photo().pixels, path)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("mode", "code"), [("kill", -signal.SIGKILL), ("terminate", 143), ("exception", -signal.SIGKILL)]
)
def test_what_a_program_left_behind_is_restored_to_the_pixel(workspace, qtbot, file, mode, code):
    assert ended(mode, file) == code
    (found,) = recovery.left_behind()
    assert found.belonging.name == "street.png"
    Filing(workspace, Remembered()).restore(found)
    qtbot.waitUntil(lambda: workspace.current is not None)
    document = workspace.current.document
    assert document.modified
    assert document.layers[0].opacity == 0.25
    shown = render(document.snapshot()).pixels
    assert np.array_equal(shown[..., :3], photo().pixels)
    assert set(np.unique(shown[..., 3])) == {64}
    # Kept anew under this program, and no longer left behind.
    qtbot.waitUntil(lambda: not found.folder.exists())
    assert len(entries()) == 1
    assert recovery.left_behind() == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("changed", [False, True])
def test_a_project_comes_back_under_its_name_unless_its_file_changed(workspace, qtbot, tmp_path, changed):
    from inpaint_studio.studio.save import save

    path = tmp_path / "street.ora"
    save(Document(photo()), path)
    assert ended("terminate", path) == 143
    if changed:
        path.write_bytes(b"another file")
    told = []
    workspace.notices.message.connect(told.append)
    Filing(workspace, Remembered()).restore(recovery.left_behind()[0])
    qtbot.waitUntil(lambda: workspace.current is not None)
    assert workspace.current.path == (None if changed else path)
    assert any("changed or moved since" in text for text in told) == changed
    qtbot.waitUntil(lambda: len(entries()) == 1 and recovery.left_behind() == [])


def test_broken_data_is_told_and_set_aside(workspace, qtbot, file):
    ended("terminate", file)
    (found,) = recovery.left_behind()
    next(found.folder.glob("inpaint-studio/photo/*")).write_bytes(b"no picture")
    told = []
    workspace.notices.error.connect(told.append)
    Filing(workspace, Remembered()).restore(found)
    qtbot.waitUntil(lambda: told != [])
    assert workspace.current is None
    assert os.listdir(recovery.recovery_folder()) == ["broken"]  # noqa: PTH208
