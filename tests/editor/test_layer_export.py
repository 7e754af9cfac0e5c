"""Exporting layers from the menus: what is asked, and what is written."""

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog

from inpaint_studio.editor.window import Window


@pytest.fixture
def window(qapp, small_document, own_home, qtbot):
    made = Window()
    made.show()
    made.app.workspace.open(small_document)
    small_document.mark_saved()
    yield made
    made.app.document.mark_saved()
    made.close()
    made.deleteLater()


def test_all_layers_with_masks(window, tmp_path, monkeypatch, qtbot):
    told = []
    window.app.notices.message.connect(told.append)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_, **__: ("Pictures and masks", True))
    window.actions_["file.export_layers"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "01 Backdrop mask.png").exists(), timeout=20_000)
    qtbot.waitUntil(lambda: any("2 files" in text for text in told))
    seen = cv2.cvtColor(cv2.imread(str(tmp_path / "01 Backdrop.png")), cv2.COLOR_BGR2RGB)
    assert np.array_equal(seen, window.app.document.photo.pixels)


def test_the_active_layer(window, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "one.png"
    monkeypatch.setattr("inpaint_studio.editor.layer_export_commands.ask_place", lambda *_: path)
    window.app.workspace.current.set_active(window.app.document.layers[0].id)
    window.actions_["layer.export"].trigger()
    qtbot.waitUntil(path.exists, timeout=20_000)
    qtbot.waitUntil(lambda: not window.app.workspace.worker.writing())
    seen = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(seen, window.app.document.photo.pixels)
