import zipfile

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest

from inpaint_studio.editor.pictures import PICTURE, PictureShelf, read_small
from inpaint_studio.editor.start import StartScreen

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def picture(path, colour="#a04040", size=(300, 200)):
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path


@pytest.fixture
def screen(tmp_path, qtbot):
    samples = [picture(tmp_path / f"quiet-street_{i}.png") for i in range(2)]
    recent = [str(picture(tmp_path / "mine.png")), str(tmp_path / "gone.png")]
    made = StartScreen(recent, samples)
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show()
    return made


def test_samples_and_recent_files_are_pictures(screen, qtbot):
    assert [t.text() for t in screen.tiles()] == ["mine.png", "Quiet street 0", "Quiet street 1"]
    qtbot.waitUntil(lambda: all(t.loaded for t in screen.tiles()))
    tile = screen.tiles()[0]
    assert tile.grab().toImage().pixelColor(80, 50).name() == "#a04040"
    qtbot.waitUntil(lambda: not any(shelf.reading for shelf in screen.findChildren(PictureShelf)))


def test_pictures_are_read_only_after_it_shows(tmp_path, qtbot):
    made = StartScreen([], [picture(tmp_path / "a.png")])
    qtbot.addWidget(made)
    qtbot.wait(20)
    assert not made.tiles()[0].loaded
    assert not any(shelf.reading for shelf in made.findChildren(PictureShelf))


def test_a_click_on_a_picture_chooses_it(screen, qtbot, tmp_path):
    with qtbot.waitSignal(screen.path_chosen) as told:
        QTest.mouseClick(screen.tiles()[1], LEFT)
    assert told.args == [str(tmp_path / "quiet-street_0.png")]


def test_the_button_and_the_area_ask_to_open(screen, qtbot):
    with qtbot.waitSignal(screen.open_requested):
        QTest.mouseClick(screen.drop.button, LEFT)
    with qtbot.waitSignal(screen.open_requested):
        QTest.mouseClick(screen.drop, LEFT, NONE, QPoint(20, 20))


def test_a_dropped_file_is_chosen(screen, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "x.jpg")), QUrl("https://example.org/y.jpg")])
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(100, 100), action, data, LEFT, NONE)
    screen.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert screen.drop.active
    chosen = []
    screen.path_chosen.connect(chosen.append)
    screen.dropEvent(QDropEvent(QPointF(100, 100), action, data, LEFT, NONE))
    assert chosen == [str(tmp_path / "x.jpg")]
    assert not screen.drop.active


def test_text_is_not_taken(screen):
    data = QMimeData()
    data.setText("hello")
    enter = QDragEnterEvent(QPoint(100, 100), Qt.DropAction.CopyAction, data, LEFT, NONE)
    enter.ignore()
    screen.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_recent_files_can_be_replaced(screen, tmp_path):
    screen.set_recent([])
    assert [t.text() for t in screen.tiles()] == ["Quiet street 0", "Quiet street 1"]
    screen.set_recent([str(tmp_path / "quiet-street_1.png")])
    assert screen.tiles()[0].text() == "quiet-street_1.png"


def test_nothing_is_cut_in_a_small_window(screen, qtbot):
    screen.resize(420, 500)
    qtbot.wait(20)
    assert all(t.geometry().right() < 420 for t in screen.tiles())
    assert all(t.width() == PICTURE.width() for t in screen.tiles())


def test_small_pictures_cover_the_size(tmp_path, qapp):
    for size in ((900, 200), (200, 900), (20, 10)):
        image = read_small(picture(tmp_path / "a.png", size=size), PICTURE)
        assert image.width() >= PICTURE.width()
        assert image.height() >= PICTURE.height()
        assert min(image.width() - PICTURE.width(), image.height() - PICTURE.height()) <= 1


def test_a_project_shows_its_thumbnail_and_a_broken_one_nothing(tmp_path, qapp):
    small = picture(tmp_path / "t.png", "#40a040")
    with zipfile.ZipFile(tmp_path / "p.ora", "w") as archive:
        archive.write(small, "Thumbnails/thumbnail.png")
    assert read_small(tmp_path / "p.ora", PICTURE).pixelColor(9, 9).name() == "#40a040"
    (tmp_path / "q.ora").write_bytes(b"PK nonsense")
    assert read_small(tmp_path / "q.ora", PICTURE).isNull()
