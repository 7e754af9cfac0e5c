"""The batch in the window: by its real dialog, on real files, in this process."""

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from inpaint_studio.editor.dialogs.batch import BatchDialog
from inpaint_studio.studio import batch
from inpaint_studio.studio.batch.processes import do

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def gate(monkeypatch):
    """Tasks are done here and now, each when the gate is open."""
    opened = threading.Event()
    opened.set()

    def run(tasks, action, options, late):
        for task in tasks:
            assert opened.wait(20)
            yield do(task, action, options)

    monkeypatch.setattr(batch, "in_processes", lambda count: run)
    return opened


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(np.full((20, 30, 3), 60 * number, np.uint8)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def dialog(app, gate, qtbot, tmp_path):
    made = BatchDialog(app)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.folder.show_path(tmp_path / "out")
    made.show()
    return made


def choose(dialog, action, suffix=""):
    dialog.action.setCurrentIndex(dialog.action.findData(action))
    dialog.format.setCurrentIndex(dialog.format.findData(suffix))


def press(button):
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def test_a_folder_of_photos_is_written_in_another_format(dialog, photos, tmp_path, qtbot, monkeypatch):
    assert not dialog.start_button.isEnabled() and dialog.photos.text() == "None yet"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(photos))
    press(dialog.add_folder)
    assert dialog.photos.text() == "photos" and dialog.folder.text.text()
    choose(dialog, "export", ".webp")
    press(dialog.start_button)
    qtbot.waitUntil(lambda: dialog.note.text() == "3 of 3 photos done.")
    assert sorted(p.name for p in (tmp_path / "out").glob("*.webp")) == ["0.webp", "1.webp", "2.webp"]
    press(dialog.start_button)
    qtbot.waitUntil(lambda: "3 were there already" in dialog.note.text())


def test_what_can_not_be_done_is_listed(dialog, photos, qtbot):
    (photos / "broken.png").write_bytes(b"no picture")
    dialog.add([photos])
    choose(dialog, "export", ".webp")
    press(dialog.start_button)
    qtbot.waitUntil(lambda: dialog.note.text().startswith("3 of 4 photos done, 1 could not be done"))
    assert dialog.errors.isVisible() and dialog.errors.toPlainText().startswith("broken.png: ")


def test_it_can_be_stopped_and_goes_on(dialog, photos, gate, tmp_path, qtbot):
    dialog.add([photos])
    choose(dialog, "export", ".webp")
    gate.clear()
    press(dialog.start_button)
    qtbot.waitUntil(lambda: dialog.start_button.text() == "Stop" and (tmp_path / "out").is_dir())
    assert not dialog.action.isEnabled()
    press(dialog.start_button)
    gate.set()
    qtbot.waitUntil(lambda: dialog.note.text().startswith("Stopped"))
    press(dialog.start_button)
    qtbot.waitUntil(lambda: " photos done" in dialog.note.text())
    assert len(list((tmp_path / "out").glob("*.webp"))) == 3


def test_results_that_are_there_stop_it_before_anything_is_done(dialog, photos, tmp_path, qtbot):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.webp").write_bytes(b"something else")
    dialog.add([photos])
    choose(dialog, "export", ".webp")
    press(dialog.start_button)
    qtbot.waitUntil(lambda: "1.webp" in dialog.note.text())
    assert dialog.start_button.text() == "Start"
    assert not (tmp_path / "out" / "0.webp").exists()


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        ("remove", {"label", "quality"}),
        ("mask-dir", {"mask_dir", "quality"}),
        ("layers", set()),
        ("enhance", {"strength", "quality"}),
    ],
)
def test_only_what_an_action_reads_is_asked(dialog, action, shown):
    choose(dialog, action)
    fields = {"label": dialog.label, "mask_dir": dialog.masks}
    fields |= {"strength": dialog.strength, "quality": dialog.quality}
    assert {key for key, field in fields.items() if field.isVisible()} == shown


def test_masks_must_be_chosen(dialog, photos):
    dialog.add([photos])
    choose(dialog, "mask-dir")
    press(dialog.start_button)
    assert "folder of the masks" in dialog.note.text() and dialog.start_button.text() == "Start"
