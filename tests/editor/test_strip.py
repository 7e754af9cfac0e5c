import pytest
from events import run_events
from manyfills import COLOURS, install
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.basics import Mask
from inpaint_studio.editor.canvas.scene import Scene
from inpaint_studio.editor.canvas.strip import Strip
from inpaint_studio.editor.canvas.view import View

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def filler(monkeypatch):
    return install(monkeypatch)


@pytest.fixture
def strip(app, filler, qtbot):
    scene = Scene(app)
    view = View(scene)
    qtbot.addWidget(view)
    made = Strip(app, view)
    made.scene, made.view = scene, view
    view.resize(900, 700)
    view.show()
    view.fit()
    view.setFocus()
    yield made
    filler.gate.set()


@pytest.fixture
def removed(strip, app, qtbot):
    """The strip with all fills of a removed tree."""
    app.verbs.perform("object.remove", object=1)
    qtbot.waitUntil(lambda: len(pictures(strip)) == 3 and not strip.bar.isVisible(), timeout=20_000)
    return strip


def pictures(strip):
    return [t for t in strip.thumbnails if t.isVisible() and t.isEnabled()]


def chosen(strip):
    return [strip.thumbnails.index(t) for t in strip.thumbnails if t.isVisible() and t.isChecked()]


def test_it_is_there_only_when_something_was_removed(strip, app):
    assert not strip.isVisible()
    app.verbs.perform("object.lift", object=1)
    assert not strip.isVisible()
    app.verbs.perform("layer.delete", layer=app.active)
    assert strip.isVisible() and strip.note.text() == "Filling…"


def test_the_first_fill_then_places_for_the_others_while_they_are_made(strip, app, filler, qtbot):
    filler.gate.clear()
    app.verbs.perform("object.remove", object=1)
    qtbot.waitUntil(lambda: len(pictures(strip)) == 1)
    assert sum(t.isVisible() for t in strip.thumbnails) == 4 and strip.bar.isVisible()
    assert not strip.next.isEnabled() and strip.note.text() == "kind 0"
    filler.gate.set()
    qtbot.waitUntil(lambda: not strip.bar.isVisible(), timeout=20_000)
    assert sum(t.isVisible() for t in strip.thumbnails) == 3, "those that look the same are one"
    assert len(pictures(strip)) == 3 and strip.next.isEnabled()


def test_the_thumbnails_show_the_fills(removed):
    for thumbnail, colour in zip(pictures(removed), (COLOURS[0], COLOURS[1], COLOURS[3]), strict=True):
        image = thumbnail.grab().toImage()
        shown = image.pixelColor(image.rect().center())
        assert (shown.red(), shown.green(), shown.blue()) == pytest.approx(colour, abs=3)


def test_a_click_chooses(removed, app):
    assert chosen(removed) == [0]
    QTest.mouseClick(removed.thumbnails[2], LEFT)
    assert chosen(removed) == [2] and removed.note.text() == "kind 3"
    assert app.fills.target[1].options.candidate == 2
    QTest.mouseClick(removed.thumbnails[2], LEFT)
    assert chosen(removed) == [2], "once more is no change"
    app.verbs.perform("edit.undo")
    assert chosen(removed) == [0] and removed.isVisible()


def test_next_and_previous_by_mouse_and_keys(removed, app):
    QTest.mouseClick(removed.next, LEFT)
    QTest.keyClick(removed.view, Qt.Key.Key_Period)
    assert chosen(removed) == [2]
    QTest.keyClick(removed.view, Qt.Key.Key_Period)
    assert chosen(removed) == [0]
    QTest.mouseClick(removed.previous, LEFT)
    assert chosen(removed) == [2]
    QTest.keyClick(removed.view, Qt.Key.Key_Comma)
    assert chosen(removed) == [1]
    assert len(app.document.history.steps) == 7


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_keeping_by_key_changes_nothing_else(removed, app, key):
    removed.next.click()
    steps = len(app.document.history.steps)
    QTest.keyClick(removed.view, key)
    assert not removed.isVisible() and len(app.document.history.steps) == steps
    QTest.keyClick(removed.view, Qt.Key.Key_Period)
    assert app.document.layers[0].holes[0].options.candidate == 1, "the keys are the canvas's again"


def test_keep_and_more(removed, app, qtbot):
    QTest.mouseClick(removed.more, LEFT)
    assert app.document.history.steps[-1].name == "Fill again" and removed.isVisible()
    qtbot.waitUntil(lambda: len(pictures(removed)) == 3 and not removed.bar.isVisible(), timeout=20_000)
    QTest.mouseClick(removed.keep, LEFT)
    assert not removed.isVisible() and app.fills.target is None


def test_one_fill_says_that_there_is_no_other(strip, app, filler, qtbot):
    filler.fails = True
    app.verbs.perform("object.remove", object=1)
    qtbot.waitUntil(lambda: "no other" in strip.note.text(), timeout=20_000)
    assert len(pictures(strip)) == 1 and sum(t.isVisible() for t in strip.thumbnails) == 1


def test_a_stopped_fill_is_said(strip, app, filler, qtbot):
    app.verbs.perform("object.remove", object=1)
    app.document.give_up_fill(app.fills.target[1])
    assert "Not filled" in strip.note.text() and strip.more.isEnabled() and not strip.bar.isVisible()


def hole_on_screen(strip, app):
    part = app.fills.target[1]
    return strip.view.mapFromScene(QRectF(*part.mask.box)).boundingRect()


def inside(strip):
    return strip.view.rect().contains(strip.geometry())


def test_it_lies_under_the_hole_and_follows_zoom_and_pan(removed, app):
    hole = hole_on_screen(removed, app)
    assert removed.geometry().top() >= hole.bottom() and inside(removed)
    assert removed.geometry().top() - hole.bottom() < 20
    removed.view.set_zoom(3)
    removed.view.centerOn(25, 55)
    hole = hole_on_screen(removed, app)
    assert 0 <= removed.geometry().top() - hole.bottom() < 20
    assert abs(removed.geometry().center().x() - hole.center().x()) < 4
    removed.view.pan_by(QPointF(30, -20))
    assert abs(removed.geometry().center().x() - hole_on_screen(removed, app).center().x()) < 4
    removed.view.centerOn(25, -10)
    hole = hole_on_screen(removed, app)
    assert removed.geometry().bottom() <= hole.top() and inside(removed), "above where there is no room"
    removed.view.set_zoom(30)
    removed.view.centerOn(25, 55)
    assert inside(removed), "a hole as large as the view"


def test_it_stays_inside_a_small_or_resized_window(removed):
    removed.view.resize(460, 300)
    run_events(10)
    assert inside(removed)
    removed.view.centerOn(140, 100)
    assert inside(removed)


def test_it_is_out_of_the_way_while_the_mouse_is_down(removed, app):
    viewport = removed.view.viewport()
    QTest.mousePress(viewport, LEFT, pos=QPoint(5, 5))
    assert not removed.isVisible()
    QTest.mouseRelease(viewport, LEFT, pos=QPoint(5, 5))
    run_events(10)
    assert removed.isVisible()


def test_a_click_on_it_is_not_one_on_the_canvas(removed):
    pressed = []

    class Spy:
        cursor = Qt.CursorShape.ArrowCursor
        press = staticmethod(lambda point, modifiers: pressed.append(point))
        hover = drag = release = staticmethod(lambda point, modifiers: None)
        leave = staticmethod(lambda: left.append(1))

    left = []
    removed.view.tool = Spy()
    point = QPointF(5, 5)
    QApplication.sendEvent(removed, QEnterEvent(point, point, point))
    assert left, "the brush does not stay behind on the canvas"
    QTest.mouseClick(removed, LEFT, pos=QPoint(3, removed.height() // 2))
    assert pressed == [] and removed.isVisible()
    removed.view.tool = None


def test_it_closes_with_the_document(removed, app):
    app.workspace.close(app.workspace.current)
    assert not removed.isVisible()


def test_a_long_thin_layer_and_a_huge_hole_have_pictures(strip, app, qtbot):
    area = Mask(0, 0, app.document.photo.pixels[..., 0] * 0 + 255).clipped((0, 0, 159, 120))
    app.verbs.perform("area.remove", mask=area)
    qtbot.waitUntil(lambda: len(pictures(strip)) == 3, timeout=20_000)
    assert inside(strip)
