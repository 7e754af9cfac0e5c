"""The panel of found objects: how many are offered, pictures, names, and pointing both ways."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.editor.panels import FoundPanel
from inpaint_studio.editor.panels.found import MANY
from inpaint_studio.studio import lift

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(app, qtbot):
    made = FoundPanel(app)
    qtbot.addWidget(made)
    made.resize(312, 260)
    made.show()
    return made


def words(panel):
    return [chip.text() for chip in panel.chips]


def test_few_offers_the_surest_objects_and_many_all(panel, app):
    assert panel.amount.slider.value() == 100
    panel.amount.slider.setValue(20)  # at least 0.76 sure
    assert words(panel) == ["Tree", "Car", "Sky"]
    panel.amount.slider.setValue(0)
    assert words(panel) == [] and panel.amount.isVisible() and panel.lift_all.isHidden()
    panel.amount.slider.setValue(100)
    assert words(panel) == ["Tree", "Car 1", "Car 2", "Sky"]
    assert not app.document.can_redo and app.document.history.position == 1, "no step of history"


def test_lift_all_takes_what_is_shown_in_one_step(panel, app):
    panel.amount.slider.setValue(20)
    QTest.mouseClick(panel.lift_all, LEFT)
    assert [layer.name for layer in app.document.layers[1:]] == ["Car", "Tree"], "by depth"
    app.verbs.perform("edit.undo")
    assert len(app.document.layers) == 1
    panel.amount.slider.setValue(100)
    QTest.mouseClick(panel.lift_all, LEFT)
    assert len(app.document.layers) == 4


def test_what_is_not_offered_is_not_under_the_pointer(panel, app, scene):
    assert scene.found_at(115, 55).label == "car"
    panel.amount.slider.setValue(20)
    assert scene.found_at(115, 55) is None and scene.found_at(65, 45).label == "car"


@pytest.fixture
def scene(app):
    from inpaint_studio.editor.canvas.scene import Scene

    return Scene(app)


def test_the_slider_stands_where_each_document_left_it(panel, app, small_document):
    first = app.workspace.current
    panel.amount.slider.setValue(20)
    other = app.workspace.open(type(small_document)(small_document.photo))
    lift.set_found(other.document, list(first.document.state.found))
    assert panel.amount.slider.value() == 100 and len(panel.chips) == 4
    app.workspace.show(first)
    assert panel.amount.slider.value() == 20 and len(panel.chips) == 3


def test_pointing_on_the_canvas_lights_up_the_chip(panel, app):
    car = app.document.state.found[3]
    app.workspace.point_at(car)
    assert [chip.text() for chip in panel.chips if chip.property("pointed")] == ["Car 2"]
    app.workspace.point_at(None)
    assert not any(chip.property("pointed") for chip in panel.chips)


def squares(count):
    masks = [
        Mask.place(np.full((8, 8), 255, np.uint8), 4 + 15 * (n % 10), 4 + 20 * (n // 10))
        for n in range(count)
    ]
    return [FoundObject(mask, "thing", 0.9) for mask in masks]


def test_many_chips_have_pictures_of_their_objects(panel, app):
    assert all(chip.icon().isNull() for chip in panel.chips)
    lift.set_found(app.document, squares(MANY + 1))
    assert len(panel.chips) == MANY + 1
    icons = [chip.icon().pixmap(24, 24).toImage() for chip in panel.chips]
    assert not any(icon.isNull() for icon in icons)
    middle = [icon.pixelColor(icon.width() // 2, icon.height() // 2).getRgb()[:3] for icon in icons]
    expected = [tuple(app.document.photo.pixels[8, 8 + 15 * n]) for n in range(MANY + 1)]
    assert all(np.abs(np.subtract(a, b)).max() <= 6 for a, b in zip(middle, expected, strict=True))


def rename(panel, number):
    """The entry of a chip's menu."""
    menu = panel.menu_of(panel.chips[number])
    (action,) = [each for each in menu.actions() if each.text().startswith("Rename")]
    return menu, action


def test_a_found_object_can_be_called_something_else(panel, app, qtbot, monkeypatch):
    asked = []
    app.verbs.asked.connect(lambda verb: asked.append((verb, app.workspace.current.pointed)))
    menu, action = rename(panel, 2)
    action.trigger()
    assert asked == [("object.rename", app.document.state.found[3])]
    menu.deleteLater()
    app.verbs.perform("object.rename", object=3, name="taxi")
    assert words(panel) == ["Tree", "Car", "Taxi", "Sky"]
    QTest.mouseClick(panel.chips[2], LEFT)
    assert app.document.layers[-1].name == "Taxi"
    app.verbs.perform("edit.undo")
    app.verbs.perform("edit.undo")
    assert words(panel) == ["Tree", "Car 1", "Car 2", "Sky"]


def test_an_empty_name_is_refused(panel, app):
    told = []
    app.notices.error.connect(told.append)
    assert not app.verbs.perform("object.rename", object=3, name="  ")
    assert "Give the object a name" in str(told[0])


def test_the_window_asks_for_the_name(robot_window, monkeypatch):
    window, document = robot_window
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("lorry", True))
    window.app.verbs.ask("object.rename", object=3)
    assert document.state.found[3].label == "lorry"


@pytest.fixture
def robot_window(qapp, small_document, idle_engines):
    from inpaint_studio.editor.window import Window

    window = Window()
    window.app.workspace.open(small_document)
    yield window, small_document
    small_document.mark_saved()
    window.close()
    window.deleteLater()
