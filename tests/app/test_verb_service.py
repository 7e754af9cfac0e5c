"""Verbs done to the document in front: what follows from them, and what is told."""

from __future__ import annotations

import numpy as np
import pytest
from manyfills import install
from remembered import Remembered

from inpaint_studio.app.application import Application
from inpaint_studio.basics import Cancelled, FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.studio import lift


def square(x: int, y: int, side: int) -> Mask:
    return Mask.place(np.full((side, side), 255, np.uint8), x, y)


@pytest.fixture
def app(qapp, monkeypatch):
    """A photo in which a car was found is open; what is told is kept."""

    def stopped(*_):
        raise Cancelled

    monkeypatch.setattr(lift, "make_cut", stopped)
    filler = install(monkeypatch)
    made = Application(Remembered())
    made.told, made.failed, made.asked, made.journal = [], [], [], []
    made.notices.message.connect(made.told.append)
    made.notices.error.connect(made.failed.append)
    made.verbs.asked.connect(made.asked.append)
    made.verbs.performed.connect(made.journal.append)
    document = Document(Photo(np.full((60, 80, 3), 90, np.uint8)))
    lift.set_found(document, [FoundObject(square(10, 10, 20), "car", 1.0)])
    made.workspace.open(document)
    yield made
    filler.gate.set()
    made.workspace.shut_down()


def test_what_a_verb_did_is_followed_and_written_down(app):
    lifted = []
    app.workspace.lifted.connect(lifted.append)
    assert app.verbs.perform("object.lift", object=0)
    car = app.document.layers[1].id
    assert app.active == car and lifted == [car]
    assert [(line.verb, line.made[0]) for line in app.journal] == [("object.lift", car)]
    assert app.failed == []


def test_the_hole_that_a_verb_uncovers_is_looked_at_until_something_else_is_done(app):
    app.verbs.perform("object.remove", object=0)
    hole = app.document.layers[0].holes[0].id
    assert app.fills.hole == hole
    app.verbs.perform("fill.again")
    assert app.fills.hole == hole, "a choice for it keeps it in view"
    app.verbs.perform("layer.opacity", value=0.5)
    assert app.fills.hole is None


def test_what_can_not_be_done_is_an_error_if_performed_and_a_message_if_asked_for(app):
    sentence = "Select an object first: press W and click it."
    assert not app.verbs.perform("selection.lift")
    assert (app.failed, app.told) == ([sentence], [])
    app.verbs.ask("selection.lift")
    assert (app.failed, app.told) == ([sentence], [sentence])
    assert app.journal == [] and app.document.history.position == 1


def test_the_window_is_asked_for_what_it_does_itself(app):
    app.verbs.ask("file.export")
    app.verbs.ask("layer.name")
    app.verbs.ask("selection.all")
    assert app.asked == ["file.export", "layer.name"]
    assert [line.verb for line in app.journal] == ["selection.all"]


def test_what_is_named_is_meant_even_if_another_layer_is_active(app):
    app.verbs.perform("object.lift", object=0)
    backdrop = app.document.layers[0].id
    app.verbs.ask("layer.toggle_locked", layer=backdrop)
    assert [layer.locked for layer in app.document.layers] == [True, False]
    assert app.active == app.document.layers[1].id
    assert app.verbs.context(layer=backdrop).layer is app.document.layers[0]


def test_without_a_document_there_is_nothing_to_do_but_to_open_one(app):
    app.workspace.close(app.workspace.current)
    app.verbs.ask("selection.all")
    app.verbs.ask("file.open")
    assert (app.told, app.asked) == (["Open a photo first."], ["file.open"])
