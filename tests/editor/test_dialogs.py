from pathlib import Path

import pytest
from networks import write_network
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel

from inpaint_studio.app.exporting import Estimate, ExportOptions
from inpaint_studio.basics import StudioError
from inpaint_studio.editor.dialogs.about import AboutDialog, networks
from inpaint_studio.editor.dialogs.export import ExportDialog, size_in_words
from inpaint_studio.engines.networks import places
from inpaint_studio.jobs import JobGroup, Worker
from inpaint_studio.studio import models
from inpaint_studio.studio.save import picture_parameters

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def jobs(qapp):
    made = Worker()
    yield JobGroup(made)
    assert made.close(3)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def dialog(jobs, asked, tmp_path, qtbot):
    def estimate(options, context):
        asked.append(options)
        return Estimate(round(options.values["quality"]) * 10_000, transparent=True)

    made = ExportDialog(tmp_path / "street.png", (1920, 1200), jobs=jobs, estimate=estimate)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(dialog, name):
    dialog.format.setCurrentIndex(dialog.format.findText(name))


def quality_of(dialog):
    return dialog.controls["quality"].widget


def test_the_proposal(dialog, tmp_path):
    chosen = dialog.options()
    assert (chosen.path, chosen.metadata) == (tmp_path / "street.png", "all")
    assert chosen.values == {p.name: p.default for p in picture_parameters()}
    assert not quality_of(dialog).isEnabled()
    assert dialog.note.text() == ""


def test_format_decides_suffix_quality_and_warnings(dialog, tmp_path, qtbot):
    qtbot.waitUntil(lambda: "920 kB" in dialog.size_text.text())
    choose(dialog, "JPEG")
    assert dialog.options().path == tmp_path / "street.jpg"
    assert quality_of(dialog).isEnabled()
    assert "becomes white" in dialog.note.text()
    choose(dialog, "WebP")
    assert dialog.note.text() == ""
    (tmp_path / "street.tif").touch()
    choose(dialog, "TIFF")
    assert dialog.note.text() == "The file there will be replaced."


def test_the_size_is_asked_once_things_rest(dialog, asked, qtbot):
    choose(dialog, "JPEG")
    quality_of(dialog).slider.setFocus()
    for _ in range(5):
        QTest.keyClick(quality_of(dialog).slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: "870 kB" in dialog.size_text.text())
    assert [o.values["quality"] for o in asked] == [87]
    assert dialog.size_text.text() == "1920 × 1200 · 870 kB"


def test_a_size_that_can_not_be_known_says_why(jobs, tmp_path, qtbot):
    def estimate(options, context):
        raise StudioError("WebP holds at most 16383 pixels a side.")

    made = ExportDialog(tmp_path / "a.webp", (20000, 10), jobs=jobs, estimate=estimate)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.note.text() == "WebP holds at most 16383 pixels a side.")


def test_choosing_a_place(dialog, tmp_path, monkeypatch):
    (tmp_path / "other.jpg").touch()
    answer = (str(tmp_path / "other.jpg"), "JPEG (*.jpg)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: answer)
    QTest.mouseClick(dialog.choose, LEFT)
    assert dialog.options().path == tmp_path / "other.jpg"
    assert dialog.kind.title == "JPEG"
    assert "replaced" not in dialog.note.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: ("", ""))
    QTest.mouseClick(dialog.choose, LEFT)
    assert dialog.options().path == tmp_path / "other.jpg"
    (tmp_path / "car v1.2.jpg").touch()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "car v1.2"), ""))
    QTest.mouseClick(dialog.choose, LEFT)
    assert dialog.options().path == tmp_path / "car v1.2.jpg"
    assert "replaced" in dialog.note.text()  # the file dialog did not ask about this name


def test_export_and_cancel(dialog, jobs, qtbot):
    with qtbot.waitSignal(dialog.finished) as told:
        QTest.mouseClick(dialog.export_button, LEFT)
    assert told.args == [QDialog.DialogCode.Accepted]
    assert not dialog._debounce.isActive()
    dialog.show()
    with qtbot.waitSignal(dialog.finished) as told:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert told.args == [QDialog.DialogCode.Rejected]


@pytest.mark.parametrize(
    ("size", "words"), [(10, "1 kB"), (850_400, "850 kB"), (2_449_000, "2.4 MB"), (31_000_000, "31.0 MB")]
)
def test_sizes_in_words(size, words):
    assert size_in_words(size) == words


def test_about_tells_the_licences_and_closes(qtbot):
    about = AboutDialog("1.2.3")
    qtbot.addWidget(about)
    about.show()
    text = "\n".join(x.text() for x in about.findChildren(QLabel))
    for words in ("Version 1.2.3", "CamVid", "CC BY-NC", "LGPL", "BSD-3-Clause", "Apache-2.0", "MIT"):
        assert words in text
    QTest.mouseClick(about.close_button, LEFT)
    assert not about.isVisible()


def test_about_tells_the_terms_of_each_network(own_home, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "resource", lambda *parts: tmp_path.joinpath(*parts))
    monkeypatch.setattr(models, "resource", places.resource)
    assert networks() == []
    write_network(tmp_path / "models", "scene", ("a", "b"))
    write_network(places.own_folder(), "things")
    assert networks() == [("Network “scene”", "made up"), ("Network “things”", "made up")]
    (tmp_path / "models" / "scene.json").write_text("{")
    assert "description of the network “scene” is damaged" in networks()[0][1]


def test_a_name_with_dots_keeps_them(jobs, qtbot):
    made = ExportDialog(Path("/tmp/a.b.png"), (1, 1), jobs=jobs, estimate=lambda o, c: Estimate(1, False))
    qtbot.addWidget(made)
    assert made.options().path.name == "a.b.png"


def test_what_was_chosen_last_time_is_there_again_and_losses_are_named(jobs, tmp_path, qtbot):
    chosen = ExportOptions(tmp_path / "a.png", {"quality": 70.0, "scale": 0.5, "depth": "no such"}, "none")
    made = ExportDialog(
        tmp_path / "street.jpg", (200, 100), jobs=jobs, chosen=chosen, deep=True,
        estimate=lambda *_: Estimate(1000, transparent=True),
    )  # fmt: skip
    qtbot.addWidget(made)
    options = made.options()
    assert (options.values["quality"], options.values["scale"]) == (70, 0.5)
    assert (options.values["depth"], options.metadata) == ("automatic", "none")
    assert "8 bits" in made.note.text() and "100 × 50" in made.size_text.text()
    choose(made, "PNG")
    assert made.note.text() == ""
    made.controls["depth"].changed.emit("8-bit")
    assert "16 bits a channel are lost" in made.note.text()
