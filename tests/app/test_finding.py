"""Photos are looked through when they are opened, quietly."""

import numpy as np
import pytest
from remembered import Remembered

from inpaint_studio.app.application import Application
from inpaint_studio.app.finding import AUTOMATIC
from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.document import Document, Photo
from inpaint_studio.studio import find, lift


def square(x, label="car", score=0.9):
    return FoundObject(Mask.place(np.full((10, 10), 255, np.uint8), x, 10), label, score)


def document():
    return Document(Photo(np.full((60, 80, 3), 90, np.uint8), "photo.png"))


@pytest.fixture
def looked(monkeypatch):
    """How often a photo was looked through."""
    calls = []

    def find_objects(pixels, **_):
        calls.append(pixels.shape)
        return [square(10), square(40)]

    monkeypatch.setattr(find, "find_objects", find_objects)
    return calls


@pytest.fixture
def app(qapp, looked, found_on_opening):
    made = Application(Remembered())
    yield made
    assert made.workspace.shut_down()


def test_what_is_found_on_opening_is_no_step_and_no_change(app, looked, qtbot):
    told = []
    app.notices.message.connect(told.append)
    opened = app.workspace.open(document())
    qtbot.waitUntil(lambda: len(opened.document.state.found) == 2)
    assert looked == [(60, 80, 3)]
    assert not opened.document.can_undo and not opened.document.modified and told == []


def test_who_would_rather_not_is_not_bothered(app, looked, qtbot):
    app.settings.keep(AUTOMATIC, "no")
    opened = app.workspace.open(document())
    qtbot.wait(50)
    assert looked == [] and opened.document.state.found == ()


def test_a_document_with_layers_or_found_objects_is_left_as_it_is(app, looked, qtbot):
    known, lifted = document(), document()
    lift.set_found(known, [square(20)])
    lift.lift(lifted, square(20).mask)
    for each in (known, lifted):
        app.workspace.open(each)
    qtbot.wait(50)
    assert looked == [] and len(known.state.found) == 1 and lifted.state.found == ()


def test_a_failure_is_not_told(app, monkeypatch, qtbot, caplog):
    def fail(*_, **__):
        raise StudioError("damaged")

    monkeypatch.setattr(find, "find_objects", fail)
    told = []
    for event in (app.notices.error, app.notices.message):
        event.connect(told.append)
    app.workspace.open(document())
    qtbot.waitUntil(lambda: "damaged" in caplog.text)
    assert told == []


def test_offers_reach_every_step_but_not_what_is_lifted_in_it():
    made = document()
    lift.lift(made, square(10).mask)
    lift.set_selection(made, square(40).mask, "select")
    made.offer([square(10), square(40)])
    assert [o.mask.x for o in made.state.found] == [40]
    made.undo()
    assert [o.mask.x for o in made.state.found] == [40]
    made.undo()
    assert [o.mask.x for o in made.state.found] == [10, 40] and not made.modified
    made.redo()
    assert [o.mask.x for o in made.state.found] == [40]


def test_what_was_asked_for_is_not_replaced_by_an_offer():
    made = document()
    lift.set_found(made, [square(20, "dog")])
    made.offer([square(10), square(40)])
    assert [o.label for o in made.state.found] == ["dog"]
    made.undo()
    assert [o.label for o in made.state.found] == ["car", "car"]
