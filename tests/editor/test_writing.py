"""Files that are being written while the user goes on: finished, or asked about, never dropped."""

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from inpaint_studio.basics import Mask
from inpaint_studio.editor.dialogs.export import ExportDialog
from inpaint_studio.editor.window import Window
from inpaint_studio.studio import lift, save


@pytest.fixture
def window(qapp, small_document, own_home, qtbot):
    made = Window()
    made.show()
    made.app.workspace.open(small_document)
    small_document.mark_saved()
    yield made
    for opened in made.app.workspace.documents:
        opened.document.mark_saved()
    for job in made.app.workspace.worker.running():
        job.cancel()
    made.close()
    made.deleteLater()


@pytest.fixture
def gate(monkeypatch):
    """Closed until it is set: no file is begun before. As a file of many layers, it hears of cancel late."""
    made = threading.Event()

    def held(function):
        def slow(*arguments, **options):
            assert made.wait(120)
            return function(*arguments, **options)

        return slow

    monkeypatch.setattr(save, "write_project", held(save.write_project))
    monkeypatch.setattr(save, "export_snapshot", held(save.export_snapshot))
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: pytest.fail(words[-1]))
    yield made
    made.set()


def running(window, title):
    return any(j.started and title in j.title for j in window.app.workspace.worker.running())


@pytest.fixture
def saving(window, gate, tmp_path, monkeypatch, qtbot):
    """The path of a project that is being saved."""
    path = tmp_path / "work.ora"
    monkeypatch.setattr("inpaint_studio.editor.file_commands.ask_place", lambda *_: path)
    window.actions_["file.save_as"].trigger()
    qtbot.waitUntil(lambda: running(window, "Saving"))
    return path


@pytest.fixture
def exporting(window, gate, tmp_path, monkeypatch, qtbot):
    """The path of a picture that is being exported."""
    made = []

    def accept(dialog):
        made.append(dialog.options().path)
        return ExportDialog.DialogCode.Accepted

    QSettings().setValue("export folder", str(tmp_path))
    monkeypatch.setattr(ExportDialog, "exec", accept)
    qtbot.waitUntil(lambda: not window.app.workspace.is_filling)
    window.actions_["file.export"].trigger()
    qtbot.waitUntil(lambda: running(window, "Export"))
    return made[0]


def other_photo(folder):
    path = folder / "other.png"
    Image.fromarray(np.full((30, 40, 3), 90, np.uint8)).save(path)
    return path


def press(text):
    """Presses a button of the question that is asked next; returns a list in which its words will be."""
    words = []

    def answer():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox), "nothing was asked"
        words.append(box.text())
        next(b for b in box.findChildren(QPushButton) if b.text() == text).click()

    QTimer.singleShot(0, answer)
    return words


@pytest.mark.parametrize("kind", ["saving", "exporting"])
def test_opening_another_file_drops_nothing_being_written(window, gate, tmp_path, qtbot, request, kind):
    path, first = request.getfixturevalue(kind), window.app.document
    window.filing.open_path(other_photo(tmp_path))
    gate.set()
    qtbot.waitUntil(lambda: window.app.document is not first, timeout=10_000)
    qtbot.waitUntil(lambda: not window.app.workspace.worker.writing(), timeout=10_000)
    assert path.is_file()


@pytest.mark.parametrize("kind", ["saving", "exporting"])
def test_closing_the_document_drops_nothing_being_written(window, gate, qtbot, request, kind):
    path = request.getfixturevalue(kind)
    window.actions_["file.close"].trigger()
    assert window.app.document is None
    gate.set()
    qtbot.waitUntil(lambda: not window.app.workspace.worker.writing(), timeout=10_000)
    assert path.is_file()


@pytest.mark.parametrize("kind", ["saving", "exporting"])
def test_closing_the_window_asks_and_waits(window, gate, qtbot, request, kind):
    path = request.getfixturevalue(kind)
    words = press("Wait for it")
    assert not window.close()
    assert len(words) == 1
    assert path.name in words[0]
    assert window.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert path.is_file()


def test_closing_the_window_asks_and_stops(window, gate, exporting, qtbot):
    press("Stop it")
    assert not window.close()
    gate.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert not exporting.exists()


def test_who_thinks_better_of_closing_stays(window, gate, saving, qtbot):
    press("Cancel")
    assert not window.close()
    gate.set()
    qtbot.waitUntil(lambda: not window.app.workspace.worker.running(), timeout=10_000)
    assert window.isVisible()
    assert saving.is_file()


def test_changes_being_saved_are_not_asked_about_again(window, gate, tmp_path, qtbot, monkeypatch):
    document, path = window.app.document, tmp_path / "work.ora"
    lift.lift(document, document.state.found[1].mask, "tree")
    qtbot.waitUntil(
        lambda: not document.missing_parts() and not window.app.workspace.worker.running(), timeout=20_000
    )
    monkeypatch.setattr("inpaint_studio.editor.file_commands.ask_place", lambda *_: path)
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: pytest.fail("asked"))
    window.actions_["file.save_as"].trigger()
    window.filing.open_path(other_photo(tmp_path))
    assert window.app.document is document
    gate.set()
    qtbot.waitUntil(lambda: window.app.document is not document, timeout=10_000)
    assert path.is_file()


def test_selecting_does_not_wait_for_a_long_save(window, gate, saving, qtbot, monkeypatch):
    class Quick:
        sharp = False

        def __init__(self, pixels, progress):
            pass

        def subject(self, progress):
            return Mask.empty()

    answered = []
    monkeypatch.setattr("inpaint_studio.app.selecting.Picker", Quick)
    window.app.workspace.current.selecting.subject().finished.connect(answered.append)
    qtbot.waitUntil(lambda: bool(answered), timeout=20_000)
    assert [job.title for job in window.app.workspace.worker.writing()] == [f"Saving {saving.name}"]
    gate.set()
    qtbot.waitUntil(lambda: not window.app.workspace.worker.running(), timeout=10_000)


def test_two_projects_saved_in_a_row_are_both_written(window, gate, saving, tmp_path, qtbot, monkeypatch):
    second = tmp_path / "copy.ora"
    monkeypatch.setattr("inpaint_studio.editor.file_commands.ask_place", lambda *_: second)
    window.actions_["file.save_as"].trigger()
    gate.set()
    qtbot.waitUntil(lambda: not window.app.workspace.worker.writing(), timeout=10_000)
    assert saving.is_file()
    assert second.is_file()
