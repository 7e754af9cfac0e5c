"""The window knows every verb: its functions, menus, keys, palette; and README says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu
from shiboken6 import isValid

from inpaint_studio.editor.dialogs.keys import KeysDialog
from inpaint_studio.editor.keys import tool_keys, verb_keys, with_keys
from inpaint_studio.editor.palette import Palette
from inpaint_studio.editor.window import Window
from inpaint_studio.studio.verbs import VERBS, menus

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def window(qapp, own_home):
    made = Window()
    made.resize(1200, 800)
    made.show()
    yield made
    for opened in made.app.workspace.documents:
        opened.document.mark_saved()
    made.close()
    made.deleteLater()


@pytest.fixture
def told(window):
    """What the status bar was given."""
    texts = []
    window.app.notices.message.connect(texts.append)
    window.app.notices.error.connect(texts.append)
    return texts


def test_the_window_has_a_function_for_each_verb_that_needs_one_and_for_no_other(window):
    assert set(window.commands.functions) == {v.id for v in VERBS.values() if v.by_window}


def test_menus_show_the_table(window):
    for name, groups in menus().items():
        entries = [a for a in window.actions_.menus[name].actions() if not a.isSeparator()]
        shown = [a for entry in entries for a in (entry.menu().actions() if entry.menu() else [entry])]
        shown = [a for a in shown if not a.isSeparator()]
        verbs = [verb for group in groups for verb in group]
        assert [a.text() for a in shown[: len(verbs)]] == [
            verb.caption(window.app.verbs.context()) for verb in verbs
        ]


def test_what_can_not_be_done_is_dimmed_and_says_why(window, small_document):
    lift = window.actions_["selection.lift"]
    assert (lift.isEnabled(), lift.toolTip()) == (False, "Open a photo first.")
    window.app.workspace.open(small_document)
    assert lift.toolTip() == lift.statusTip() == "Select an object first: press W and click it."
    window.app.verbs.perform("selection.all")
    assert lift.isEnabled() and not lift.statusTip()
    assert window.actions_["edit.undo"].text() == "Undo select all"


def test_keys_of_what_can_not_be_done_say_why(window, small_document, told):
    window.app.workspace.open(small_document)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert told == ["Select an object first: press W and click it."]
    QTest.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert len(told) == 1 or told[1:] == ["Lifted: it is a layer now. Press V to move it."]
    assert len(small_document.layers) == 2


def rows(palette):
    return [palette.list.item(n).data(Qt.ItemDataRole.UserRole) for n in range(palette.list.count())]


@pytest.fixture
def palette(window, small_document):
    window.app.workspace.open(small_document)
    window.actions_["help.commands"].trigger()
    made = window.findChild(Palette)
    yield made
    if isValid(made):
        made.close()


def test_the_palette_finds_and_does(palette, small_document):
    QTest.keyClicks(palette.words, "all sel")
    assert "selection.all" in [match.verb.id for match in rows(palette)]
    palette.words.clear()
    QTest.keyClicks(palette.words, "duplic")
    assert [match.verb.id for match in rows(palette)] == ["layer.duplicate"]
    QTest.keyClick(palette.words, Qt.Key.Key_Return)
    assert (not isValid(palette) or palette.isHidden()) and len(small_document.layers) == 2


def test_the_palette_does_not_do_what_can_not_be_done(palette, small_document):
    QTest.keyClicks(palette.words, "put back")
    assert [match.refusal for match in rows(palette)] == [
        "The backdrop stays where it is; lift an object from it to move that."
    ]
    QTest.keyClick(palette.words, Qt.Key.Key_Return)
    assert palette.isVisible() and len(small_document.layers) == 1


def test_arrows_walk_through_the_palette_while_typing(palette):
    QTest.keyClicks(palette.words, "select")
    QTest.keyClick(palette.words, Qt.Key.Key_Down)
    QTest.keyClick(palette.words, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 2
    QTest.keyClick(palette.words, Qt.Key.Key_Up)
    assert palette.list.currentRow() == 1
    assert palette.grab().toImage().width() > 0


def test_the_page_of_keys_has_all_of_them(qtbot):
    dialog = KeysDialog()
    qtbot.addWidget(dialog)
    shown = {text.text() for text in dialog.findChildren(QLabel)}
    assert {title for _, title, _ in verb_keys()} | {title for title, _ in tool_keys()} <= shown


def test_readme_lists_the_keys():
    """If this fails: python -m inpaint_studio.editor.keys README.md"""
    text = (ROOT / "README.md").read_text("utf-8")
    assert with_keys(text) == text


def test_a_readme_without_a_place_for_the_keys_is_refused():
    with pytest.raises(ValueError, match="no place"):
        with_keys("# No keys\n")


def test_context_menus_say_why_too(window, small_document):
    from inpaint_studio.editor.actions import add_verbs
    from inpaint_studio.studio.verbs import context_menu

    window.app.workspace.open(small_document)
    menu = add_verbs(QMenu(window), context_menu("layer"), window.app)
    put_back = next(a for a in menu.actions() if a.text().startswith("Put back"))
    assert (put_back.isEnabled(), put_back.toolTip().split(";")[0]) == (
        False,
        "The backdrop stays where it is",
    )
    next(a for a in menu.actions() if a.text() == "Hide").trigger()
    assert not small_document.layers[0].visible


def test_each_menu_opens_by_a_key_of_its_own(window):
    titles = [action.text() for action in window.menuBar().actions()]
    keys = [title[title.index("&") + 1].casefold() for title in titles]
    assert len(keys) == len(set(keys)) == len(menus())
