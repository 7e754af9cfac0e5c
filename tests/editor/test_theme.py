from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAction, QColor, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from inpaint_studio.editor.theme import apply_theme, color, icon, set_icon, style_sheet, theme, tokens
from inpaint_studio.editor.window import Window
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    qapp.setStyleSheet("")


def brightest(made: QIcon, mode: QIcon.Mode, state: QIcon.State = QIcon.State.Off) -> QColor:
    """The colour of the most opaque pixel."""
    image = made.pixmap(20, 20, mode, state).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=lambda pixel: pixel.alpha())


def near(a: QColor, b: QColor) -> bool:
    return all(abs(x - y) <= 3 for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_style_sheet_names_only_known_tokens_and_existing_images(app: QApplication, name: str) -> None:
    apply_theme(app, name)  # type: ignore[arg-type]
    sheet = style_sheet()
    assert "@" not in sheet
    assert tokens()["panel"] in sheet
    images = re.findall(r'url\("([^"]+)"\)', sheet)
    assert images
    for path in images:
        assert resource(path).is_file(), path


def test_themes_have_the_same_tokens(app: QApplication) -> None:
    apply_theme(app, "dark")
    dark = tokens()
    apply_theme(app, "light")
    assert tokens().keys() == dark.keys()
    assert tokens() != dark


def test_icon_states_have_their_colours(app: QApplication) -> None:
    apply_theme(app, "dark")
    made = icon("select-object")
    assert near(brightest(made, QIcon.Mode.Normal), color("second"))
    assert near(brightest(made, QIcon.Mode.Active), color("text"))
    assert near(brightest(made, QIcon.Mode.Normal, QIcon.State.On), color("on-accent"))
    faint = brightest(made, QIcon.Mode.Disabled)
    assert abs(faint.alpha() - color("disabled").alpha()) < 12


def test_given_icons_follow_the_theme(app: QApplication, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    action = QAction(holder)
    apply_theme(app, "dark")
    set_icon(action, "move")
    with qtbot.waitSignal(theme().changed):
        apply_theme(app, "light")
    assert near(brightest(action.icon(), QIcon.Mode.Normal), color("second"))
    assert app.palette().window().color() == color("window")


def test_every_icon_is_drawn(app: QApplication) -> None:
    apply_theme(app, "light")
    names = [path.stem for path in resource("icons").glob("*.svg")]
    assert len(names) >= 40
    for name in names:
        assert brightest(icon(name), QIcon.Mode.Normal).alpha() > 60, name


def test_tools_keep_their_place_when_the_theme_changes(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, "dark")
    window = Window()
    qtbot.addWidget(window)
    window.show()
    bar = window.column.bar
    qtbot.wait(50)
    before = [bar.actionGeometry(action) for action in bar.actions()]
    apply_theme(app, "light")
    qtbot.wait(50)
    assert [bar.actionGeometry(action) for action in bar.actions()] == before
    window.close()
