"""The dialog about unsaved work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from inpaint_studio.app.recovery import Found
from inpaint_studio.editor.dialogs.recover import RecoverDialog, when
from inpaint_studio.files.journal import Belonging


@pytest.fixture
def dialog(qtbot):
    now = datetime.now(UTC)
    found = [Found(Path(name), Belonging(name), now, None) for name in ("a.jpg", "b.ora")]
    made = RecoverDialog(found)
    qtbot.addWidget(made)
    made.show()
    return made


def press(qtbot, dialog, row, text):
    button = next(b for b in dialog.rows[row].findChildren(QPushButton) if b.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_each_document_is_decided_by_itself(dialog, qtbot):
    restored, discarded = [], []
    dialog.restore.connect(restored.append)
    dialog.discard.connect(discarded.append)
    press(qtbot, dialog, 1, "Restore")
    assert dialog.isVisible()
    press(qtbot, dialog, 0, "Discard")
    assert [found.belonging.name for found in restored] == ["b.ora"]
    assert [found.belonging.name for found in discarded] == ["a.jpg"]
    assert not dialog.isVisible()


def test_later_decides_nothing(dialog, qtbot):
    told = []
    dialog.restore.connect(told.append)
    dialog.discard.connect(told.append)
    qtbot.mouseClick(dialog.later_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert told == []


def test_moments_are_said_as_people_do():
    now = datetime.now().astimezone()
    assert when(now).startswith("today at ")
    assert when(now - timedelta(days=1)).startswith("yesterday at ")
    assert when(now - timedelta(days=40))[0].isdigit()
