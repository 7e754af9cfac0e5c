"""A document that is closed is gone: nothing of the window keeps its pixels."""

import gc
import weakref

import numpy as np
import pytest
from events import run_events

from inpaint_studio.basics import Cancelled, FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.window import Window
from inpaint_studio.studio import fill, lift


@pytest.fixture
def window(qapp, own_home, monkeypatch):
    def stopped(*_):
        raise Cancelled

    monkeypatch.setattr(lift, "make_cut", stopped)
    monkeypatch.setattr(fill, "run", lambda *_, **__: iter(()))
    made = Window()
    made.show()
    yield made
    made.close()
    made.deleteLater()


def photo():
    made = Document(Photo(np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8), "photo.png"))
    lift.set_found(made, [FoundObject(Mask.place(np.full((20, 20), 255, np.uint8), 10, 10), "car", 0.9)])
    return made


def used(window, qtbot):
    """Opens a document, does a little of everything, and closes it; weak references to it and its pixels."""
    document = photo()
    window.app.workspace.open(document)
    perform = window.app.verbs.perform
    square = Mask.place(np.full((9, 9), 255, np.uint8), 40, 30)
    perform("selection.set", mask=square, step="Select")
    window.actions_["selection.grow"].trigger()
    run_events(50)
    window.commands.selection.bar.close()
    perform("object.lift", object=0)
    for name in ("mask", "eraser", "edge", "remove", "sampling", "hand", "move"):
        window.take_tool(name)
    perform("edit.undo")
    perform("edit.redo")
    qtbot.waitUntil(lambda: not window.app.workspace.busy, timeout=20_000)
    perform("layer.delete")
    run_events(300)
    qtbot.waitUntil(lambda: not window.app.workspace.busy, timeout=20_000)
    document.mark_saved()
    window.actions_["file.close"].trigger()
    assert window.app.document is None
    run_events(100)
    return weakref.ref(document), weakref.ref(document.photo.pixels)


def test_a_closed_document_is_gone(window, qtbot):
    document, pixels = used(window, qtbot)
    gc.collect()
    assert document() is None
    assert pixels() is None
