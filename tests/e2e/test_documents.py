"""Several documents in one window: tabs, what each keeps, and what is asked before one is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from dropping import dropped
from events import run_events, wait
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QTabBar

from inpaint_studio.document import Backdrop, Document, Group, Photo, Picture, State, Tree
from inpaint_studio.editor.app import application
from inpaint_studio.editor.dialogs.recent import RecentDialog
from inpaint_studio.editor.windows import Windows
from inpaint_studio.studio.save import write_layers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from robot import Robot

    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.editor.document_tabs import DocumentTabs

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def photo_of(folder: Path, name: str, colour: tuple[int, int, int], size: tuple[int, int]) -> Path:
    path = folder / name
    width, height = size
    Image.fromarray(np.full((height, width, 3), colour, np.uint8)).save(path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [
        photo_of(tmp_path, "red.png", (200, 40, 40), (300, 200)),
        photo_of(tmp_path, "green.png", (40, 180, 60), (160, 240)),
        photo_of(tmp_path, "blue.png", (40, 60, 200), (90, 60)),
    ]


@pytest.fixture
def tabs(robot: Robot, photos: list[Path]) -> Iterator[DocumentTabs]:
    """Three photos in tabs, opened one after the other from the dialog; the last one is in front."""
    window = robot.window
    with pytest.MonkeyPatch.context() as patch:
        answer = [str(path) for path in photos], ""
        patch.setattr(QFileDialog, "getOpenFileNames", lambda *_: answer)
        patch.setattr(QMessageBox, "question", lambda *_: pytest.fail("asked"))
        robot.ctrl(Qt.Key.Key_O)
        wait(lambda: len(window.app.workspace.documents) == 3, "the photos")
    robot.settle()
    yield window.tabs
    for opened in window.app.workspace.documents:
        opened.document.mark_saved()


def click_tab(tabs: DocumentTabs, index: int, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseClick(tabs, button, NONE, tabs.tabRect(index).center() - QPoint(20, 0))
    run_events(5)


def close_button(tabs: DocumentTabs, index: int) -> None:
    QTest.mouseClick(tabs.tabButton(index, QTabBar.ButtonPosition.RightSide), LEFT)
    run_events(5)


def open_documents(tabs: DocumentTabs) -> list[OpenDocument]:
    return tabs.documents()


def press(text: str) -> list[str]:
    """Presses a button of the question that is asked next; the list gets its words and its usual button."""
    words: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox), "nothing was asked"
        usual = box.defaultButton()
        words.extend([box.text(), usual.text() if usual is not None else ""])
        next(b for b in box.findChildren(QPushButton) if b.text().replace("&", "") == text).click()

    QTimer.singleShot(0, answer)
    return words


def test_each_photo_has_a_tab_and_nothing_is_asked(robot: Robot, tabs: DocumentTabs) -> None:
    assert [tabs.tabText(i) for i in range(3)] == ["red.png", "green.png", "blue.png"]
    assert tabs.currentIndex() == 2 and tabs.isVisible()
    robot.ctrl(Qt.Key.Key_A)
    robot.key(Qt.Key.Key_H)
    click_tab(tabs, 0)
    assert robot.window.app.document is open_documents(tabs)[0].document
    assert tuple(robot.shown()[100, 100]) == (200, 40, 40)
    robot.ctrl(Qt.Key.Key_Tab)
    assert tabs.currentIndex() == 1
    robot.ctrl(Qt.Key.Key_Tab, SHIFT)
    robot.ctrl(Qt.Key.Key_Tab, SHIFT)
    assert tabs.currentIndex() == 2, "round and round"


def test_each_keeps_its_history_its_selection_and_what_was_looked_at(
    robot: Robot, tabs: DocumentTabs
) -> None:
    first, second, _ = open_documents(tabs)
    click_tab(tabs, 0)
    robot.ctrl(Qt.Key.Key_A)
    robot.view.set_zoom(3.0)
    robot.view.centerOn(40, 30)
    looked_at = robot.view.outlook
    click_tab(tabs, 1)
    assert second.document.state.selection is None and robot.window.scene.shown_selection is None
    robot.ctrl(Qt.Key.Key_Z)
    assert len(first.document.history.steps) == first.document.history.position == 1
    click_tab(tabs, 0)
    assert robot.window.scene.shown_selection is first.document.state.selection
    again = robot.view.outlook
    assert again.zoom == pytest.approx(3.0) and not again.fitted
    assert (again.middle - looked_at.middle).manhattanLength() < 2
    robot.ctrl(Qt.Key.Key_Z)
    assert first.document.state.selection is None


def test_a_tab_shows_at_once_what_was_drawn_and_what_changed_behind(
    robot: Robot, tabs: DocumentTabs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inpaint_studio.editor.canvas import picture

    first = open_documents(tabs)[0]
    click_tab(tabs, 0)
    robot.settle()
    click_tab(tabs, 1)
    robot.settle()
    drawn: list[object] = []
    render = picture.render
    monkeypatch.setattr(picture, "render", lambda *a, **k: (drawn.append(a), render(*a, **k))[1])
    click_tab(tabs, 0)
    robot.settle()
    assert not drawn, "kept from the last time"
    click_tab(tabs, 1)
    layer = first.document.layers[0]
    from inpaint_studio.studio.properties import set_property

    set_property(first.document, layer.id, "opacity", 0.0)
    click_tab(tabs, 0)
    assert tuple(robot.shown()[100, 100]) != (200, 40, 40), "what changed meanwhile is drawn"
    assert drawn


def test_changes_are_marked_and_asked_about_with_save_as_default(
    robot: Robot, tabs: DocumentTabs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_documents(tabs)[0]
    click_tab(tabs, 0)
    robot.window.app.verbs.perform("layer.opacity", value=0.5)
    assert tabs.tabText(0) == "• red.png" and tabs.tabToolTip(0).endswith("(not saved)")
    click_tab(tabs, 1)
    words = press("Cancel")
    close_button(tabs, 0)
    assert words == ["“red.png” has changes that are not saved.", "&Save"] or words[1] == "Save"
    assert first in robot.window.app.workspace.documents
    assert tabs.currentIndex() == 0, "what is asked about is shown"
    monkeypatch.setattr("inpaint_studio.editor.file_commands.ask_place", lambda *_: tmp_path / "red.ora")
    press("Save")
    close_button(tabs, 0)
    wait(lambda: first not in robot.window.app.workspace.documents, "the tab to close")
    assert (tmp_path / "red.ora").is_file()
    assert [tabs.tabText(i) for i in range(2)] == ["green.png", "blue.png"]
    assert tabs.currentIndex() == 0, "its neighbour is in front"


def test_the_middle_button_and_the_key_close_a_tab(robot: Robot, tabs: DocumentTabs) -> None:
    click_tab(tabs, 1, MIDDLE)
    assert [tabs.tabText(i) for i in range(2)] == ["red.png", "blue.png"]
    robot.ctrl(Qt.Key.Key_W)
    robot.ctrl(Qt.Key.Key_W)
    assert robot.window.app.document is None
    assert robot.window.start.isVisible() and not tabs.isVisible()


def test_a_file_that_is_open_comes_in_front(robot: Robot, tabs: DocumentTabs, photos: list[Path]) -> None:
    robot.window.filing.open_path(photos[0])
    assert tabs.currentIndex() == 0 and tabs.count() == 3


def test_tabs_are_dragged_to_another_place(robot: Robot, tabs: DocumentTabs) -> None:
    tabs.moveTab(0, 2)
    assert [each.name for each in robot.window.app.workspace.documents] == [
        "green.png",
        "blue.png",
        "red.png",
    ]
    robot.ctrl(Qt.Key.Key_Tab)
    assert tabs.currentIndex() == 2


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_files_dropped_on_the_tabs_are_opened_and_on_the_canvas_become_layers(
    robot: Robot, tabs: DocumentTabs, tmp_path: Path
) -> None:
    more = photo_of(tmp_path, "more.png", (9, 9, 9), (20, 10))
    dropped(tabs, tabs.rect().center(), files(more))
    wait(lambda: tabs.count() == 4, "the photo")
    click_tab(tabs, 0)
    document = open_documents(tabs)[0].document
    dropped(robot.view.viewport(), robot.place(100, 50), files(more))
    wait(lambda: len(document.layers) == 2, "the layer")
    x, y, w, h = document.layers[1].bounds()
    assert (w, h) == (20, 10) and abs(x + 10 - 100) <= 1 and abs(y + 5 - 50) <= 1


def test_a_psd_file_dropped_on_the_canvas_is_opened_with_its_layers(
    robot: Robot, tabs: DocumentTabs, tmp_path: Path
) -> None:
    source = np.full((20, 30, 3), 90, np.uint8)
    nodes = (Backdrop("Wand", source), Group("Möbel", (Picture("Stuhl", source[:9, :9].copy()),)))
    made = Document(Photo(source), State((0, 0, 30, 20), Tree(nodes)))
    write_layers(made, tmp_path / "room.psd")
    dropped(robot.view.viewport(), robot.place(100, 50), files(tmp_path / "room.psd"))
    wait(lambda: tabs.count() == 4, "the document")
    opened = open_documents(tabs)[-1]
    assert [node.name for node in opened.document.tree.nodes] == ["Wand", "Stuhl", "Möbel"]
    assert opened.path is None, "saving asks for a project's name"


def test_held_over_a_tab_its_document_comes_in_front(robot: Robot, tabs: DocumentTabs) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/nowhere.png")])
    place = tabs.tabRect(0).center()
    QApplication.sendEvent(tabs, QDragEnterEvent(place, Qt.DropAction.CopyAction, mime, LEFT, NONE))
    QApplication.sendEvent(tabs, QDragMoveEvent(place, Qt.DropAction.CopyAction, mime, LEFT, NONE))
    wait(lambda: tabs.currentIndex() == 0, "the document under the pointer")


def test_place_lays_pictures_on_the_document_in_front(
    robot: Robot, tabs: DocumentTabs, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = [str(photos[2])], ""
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: answer)
    click_tab(tabs, 0)
    robot.window.actions_["file.place"].trigger()
    document = open_documents(tabs)[0].document
    wait(lambda: len(document.layers) == 2, "the layer")
    assert (document.layers[1].name, document.layers[1].bounds()) == ("blue", (105, 70, 90, 60))


def test_a_new_document_from_the_clipboard(robot: Robot, tabs: DocumentTabs) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x334455)
    QGuiApplication.clipboard().setImage(image)
    robot.ctrl(Qt.Key.Key_N)
    assert tabs.count() == 4 and robot.window.scene.size == (40, 30)


def test_open_recent_shows_pictures_and_opens_the_one_that_is_clicked(
    robot: Robot, tabs: DocumentTabs, photos: list[Path]
) -> None:
    robot.ctrl(Qt.Key.Key_W)
    robot.ctrl(Qt.Key.Key_O, SHIFT)
    dialog = robot.window.findChild(RecentDialog)
    assert [tile.text() for tile in dialog.shelf.tiles[:3]] == ["blue.png", "green.png", "red.png"]
    wait(lambda: all(tile.loaded for tile in dialog.shelf.tiles), "the pictures")
    QTest.mouseClick(dialog.shelf.tiles[0], LEFT)
    wait(lambda: tabs.count() == 3, "the photo")
    assert robot.window.app.workspace.current.file == photos[2]


@pytest.fixture
def windows(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    application()
    warmed: list[int] = []
    monkeypatch.setattr("inpaint_studio.studio.find.warm_up", lambda: warmed.append(1))
    made = Windows()
    made.warmed = warmed
    made.open()
    yield made
    for window in made.open_windows:
        for opened in window.app.workspace.documents:
            opened.document.mark_saved()
    made.close_all()
    wait(lambda: not made.open_windows, "the windows to close")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_another_window_has_documents_of_its_own_and_networks_are_loaded_once(
    windows: Windows, photos: list[Path]
) -> None:
    first = windows.open_windows[0]
    first.actions_["file.new_window"].trigger()
    assert len(windows.open_windows) == 2
    second = windows.open_windows[1]
    for window, path in ((second, photos[0]), (first, photos[1])):
        window.filing.open_path(path)
        wait(lambda window=window: window.app.document is not None, "the photo")
    wait(lambda: windows.warmed, "the networks")
    run_events(700)
    assert windows.warmed == [1]
    assert [each.name for each in first.app.workspace.documents] == ["green.png"]


def test_quitting_asks_about_all_windows_and_keeps_the_session(windows: Windows, photos: list[Path]) -> None:
    first, second = windows.open_windows[0], windows.open()
    for window, path in ((first, photos[0]), (first, photos[1]), (second, photos[2])):
        window.filing.open_path(path)
        wait(lambda window=window: not window.app.workspace.busy, "the photo")
    second.app.verbs.perform("layer.opacity", value=0.5)
    press("Cancel")
    first.actions_["application.quit"].trigger()
    assert len(windows.open_windows) == 2
    press("Discard")
    first.actions_["application.quit"].trigger()
    wait(lambda: not windows.open_windows, "the windows to close")
    again = windows.open()
    assert again.app.filing.session == photos
