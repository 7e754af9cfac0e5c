"""The dialog of networks by others."""

from __future__ import annotations

import pytest
from added import lama, sam, write
from offered import offered as offered
from offered import packaged as packaged
from offered import server as server
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from inpaint_studio.app.application import Application
from inpaint_studio.app.selecting import Selecting
from inpaint_studio.basics import StudioError, message
from inpaint_studio.editor.dialogs.networks import NetworksDialog
from inpaint_studio.editor.panels.fill_section import FillSection
from inpaint_studio.editor.qt_settings import QtSettings
from inpaint_studio.engines import registry
from inpaint_studio.engines.networks import runtime
from inpaint_studio.engines.networks.places import has_network, own_folder
from inpaint_studio.studio import models


@pytest.fixture
def dialog(app, qtbot, own_home):
    made = NetworksDialog(app.networks)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    return made


def seen(row):
    return {b.text() for b in row._buttons() if b.isVisible()}


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_network_is_fetched_and_removed(packaged, offered, dialog, qtbot):
    row = dialog.rows["small"]
    assert seen(row) == {"Get", "From a file…"}
    press(qtbot, row.get)
    assert seen(row) == {"Cancel"} and row.bar.isVisible() and row.cancel.hasFocus()
    qtbot.waitUntil(lambda: seen(row) == {"Remove"})
    assert row.state.text() == "Installed" and has_network("small") and not row.bar.isVisible()
    press(qtbot, row.remove)
    assert seen(row) == {"Get", "From a file…"} and not has_network("small")


def test_what_fails_is_told_in_its_row(packaged, offered, dialog, app, qtbot, monkeypatch):
    def unreachable(*_):
        raise StudioError(message("download.not_there", host="example.org", status=404))

    monkeypatch.setattr("inpaint_studio.studio.models.fetch", unreachable)
    row = dialog.rows["small"]
    press(qtbot, row.get)
    qtbot.waitUntil(lambda: row.trouble.isVisible())
    assert app.errors and row.trouble.text() in app.errors
    assert seen(row) == {"Get", "From a file…"}


def test_a_download_is_cancelled(packaged, offered, dialog, app, qtbot):
    row = dialog.rows["small"]
    press(qtbot, row.get)
    press(qtbot, row.cancel)
    qtbot.waitUntil(lambda: seen(row) == {"Get", "From a file…"})
    assert not app.errors and not has_network("small")


def test_a_filler_from_a_file_can_be_chosen_at_once(dialog, app, qtbot, tmp_path, monkeypatch):
    section = FillSection(app)
    qtbot.addWidget(section)
    before = section.filler.count()
    file = write(tmp_path / "some.onnx", lama())
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    press(qtbot, dialog.rows["lama"].from_file)
    qtbot.waitUntil(lambda: section.filler.count() == before + 1)
    assert section.filler.findData("lama") >= 0 and (own_folder() / "lama.onnx").exists()
    press(qtbot, dialog.rows["lama"].remove)
    assert section.filler.findData("lama") < 0


def test_what_selects_is_chosen_and_remembered(app, qtbot, own_home, tmp_path, monkeypatch):
    renewed = []
    monkeypatch.setattr(Selecting, "renew", lambda selecting: renewed.append(selecting))
    models.add([write(tmp_path / f"{name}.onnx", made) for name, made in zip("sa", sam(), strict=True)])
    made = NetworksDialog(app.networks)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    assert made.selector.currentData() == "network" and made.selector.isEnabled()
    made.selector.setFocus()
    qtbot.keyClick(made.selector, Qt.Key.Key_Down)
    assert made.selector.currentData() == registry.usual("selector").id == "mobile-sam"
    assert renewed == [app.workspace.current.selecting]
    assert Application(QtSettings()).networks.selector == "mobile-sam"
    press(qtbot, made.rows["mobile-sam"].remove)
    assert made.selector.currentData() == "network" and len(renewed) == 2
    registry.prefer("selector", "")


def test_the_device_is_chosen_among_those_that_are_there(app, dialog, qtbot, monkeypatch):
    assert [dialog.device.itemData(i) for i in range(dialog.device.count())] == ["auto", *runtime.devices()]
    assert dialog.device.currentData() == "auto"
    dialog.device.setFocus()
    qtbot.keyClick(dialog.device, Qt.Key.Key_Down)
    assert dialog.device.currentData() == models.device() != "auto"
    qtbot.keyClick(dialog.device, Qt.Key.Key_Up)
    assert models.device() == "auto" and not app.errors
