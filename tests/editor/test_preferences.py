"""Preferences count at once, are kept, and can be set by keyboard; every field has a name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from inpaint_studio.editor.dialogs.preferences import PreferencesDialog


@pytest.fixture
def worn():
    return []


@pytest.fixture
def dialog(app, worn, qtbot, own_home):
    made = PreferencesDialog(app, worn.append)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(box: QComboBox, data: str) -> None:
    """As by hand: picks an entry with the keys."""
    box.setFocus()
    wanted = box.findData(data)
    key = Qt.Key.Key_Down if wanted > box.currentIndex() else Qt.Key.Key_Up
    for _ in range(abs(wanted - box.currentIndex())):
        QTest.keyClick(box, key)


def test_the_theme_is_worn_at_once(dialog, worn):
    first = dialog.theme.currentData()
    choose(dialog.theme, "light" if first != "light" else "dark")
    assert worn and worn[-1] == dialog.theme.currentData() != first


def test_memory_and_recovery_reach_open_documents_and_those_opened_later(dialog, app, small_document):
    dialog.undo.setValue(128)
    dialog.recovery.setValue(20)
    opened = app.workspace.current
    assert opened.document.history.limit == 128 << 20 and opened.recovery.delay_ms == 20_000
    from inpaint_studio.document import Document

    later = app.workspace.open(Document(small_document.photo))
    assert later.document.history.limit == 128 << 20 and later.recovery.delay_ms == 20_000


def test_they_are_kept(dialog, app, qtbot):
    QTest.mouseClick(dialog.session, Qt.MouseButton.LeftButton, pos=dialog.session.rect().center() * 0.1)
    if not dialog.session.isChecked():
        QTest.keyClick(dialog.session, Qt.Key.Key_Space)
    dialog.undo.setValue(256)
    again = PreferencesDialog(app, lambda _name: None)
    qtbot.addWidget(again)
    assert again.session.isChecked() and again.undo.value() == 256
    assert app.preferences.restores_session


def test_nonsense_in_the_settings_is_the_usual_value(app):
    app.settings.keep("undo megabytes", "many")
    assert app.preferences.undo_megabytes == 512
    app.settings.keep("undo megabytes", "999999999")
    assert app.preferences.undo_megabytes == 16384


def test_the_device_and_the_selector_are_those_of_the_program(dialog, app):
    assert dialog.device.currentData() == app.networks.device
    assert dialog.selector.currentData() == app.networks.selector


def test_every_field_has_a_name_and_a_key(dialog):
    fields = [w for w in dialog.findChildren(QWidget) if isinstance(w, QComboBox | QSpinBox)]
    assert len(fields) == 5 and all(w.accessibleName() for w in fields)
    buddies = {label.buddy() for label in dialog.findChildren(type(dialog._form.labelForField(dialog.theme)))}
    assert set(fields) <= buddies
