"""Two documents open at once: what belongs to one never reaches the other."""

import threading
from typing import ClassVar

import numpy as np
import pytest
from manyfills import install
from remembered import Remembered

from inpaint_studio.app import selecting
from inpaint_studio.app.application import Application
from inpaint_studio.app.prompting import SelectionRequest
from inpaint_studio.basics import Cancelled, FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.studio import lift
from inpaint_studio.studio.find import Proposal


class PlainPicker:
    """Answers a click with the square around it, and remembers what it was shown."""

    shown: ClassVar[list[np.ndarray]] = []
    sharp = False

    def __init__(self, pixels, progress):
        self.shown.append(pixels)

    def select(self, prompts):
        x, y = (int(v) for v in prompts.points[-1])
        return [Proposal(Mask.place(np.full((8, 8), 255, np.uint8), x - 4, y - 4), 0.9)]


@pytest.fixture
def filler(monkeypatch):
    def stopped(*_):
        raise Cancelled

    monkeypatch.setattr(lift, "make_cut", stopped)
    made = install(monkeypatch)
    yield made
    made.gate.set()


@pytest.fixture
def app(qapp, filler, monkeypatch):
    monkeypatch.setattr(selecting, "Picker", PlainPicker)
    monkeypatch.setattr(PlainPicker, "shown", [])
    made = Application(Remembered())
    made.workspace.open(document(1, 60, 40))
    made.workspace.open(document(2, 50, 70))
    yield made
    assert made.workspace.shut_down()


def document(seed, width, height):
    """A photo of its own size in which one car was found."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    made = Document(Photo(pixels, f"photo {seed}.png"))
    car = Mask.place(np.full((10, 12), 255, np.uint8), 10 + seed, 10)
    lift.set_found(made, [FoundObject(car, f"car {seed}", 0.9)])
    return made


def lift_car(app, opened):
    app.workspace.show(opened)
    app.verbs.perform("object.lift", object=0)


def test_each_is_filled_by_itself_also_while_it_is_behind(app, qtbot):
    first, second = app.workspace.documents
    lift_car(app, first)
    lift_car(app, second)
    assert first.filling.busy and second.filling.busy
    qtbot.waitUntil(lambda: not app.workspace.busy, timeout=20_000)
    for opened, number in ((first, 1), (second, 2)):
        assert [layer.name for layer in opened.document.layers] == ["Backdrop", f"Car {number}"]
        assert not opened.document.missing_parts()
        assert len(opened.document.history.steps) == 2


def test_undo_in_one_drops_its_fill_and_not_that_of_the_other(app, filler, qtbot):
    first, second = app.workspace.documents
    blocker = threading.Event()
    app.workspace.worker.submit("Waiting", lambda context: blocker.wait(10))
    lift_car(app, first)
    lift_car(app, second)
    qtbot.waitUntil(lambda: len(app.workspace.worker.running()) == 3)
    app.verbs.perform("edit.undo")
    qtbot.waitUntil(lambda: len(app.workspace.worker.running()) == 2)
    assert [job.title for job in first.jobs.running()] == ["Filling behind “Car 1”"]
    assert second.jobs.running() == []
    blocker.set()
    qtbot.waitUntil(lambda: not app.workspace.busy, timeout=20_000)
    assert not first.document.missing_parts()
    assert len(second.document.layers) == 1


def test_closing_one_ends_its_jobs_only(app, qtbot):
    first, second = app.workspace.documents
    blocker = threading.Event()
    app.workspace.worker.submit("Waiting", lambda context: blocker.wait(10))
    lift_car(app, first)
    lift_car(app, second)
    qtbot.waitUntil(lambda: len(app.workspace.worker.running()) == 3)
    app.workspace.close(second)
    assert app.workspace.current is first
    assert second.jobs.running() == []
    assert len(first.jobs.running()) == 1
    blocker.set()
    qtbot.waitUntil(lambda: not app.workspace.busy, timeout=20_000)
    assert not first.document.missing_parts()


def select_into(app, opened):
    """What a tool that prompts does when it is taken in hand."""
    app.workspace.show(opened)
    opened.prompting.resume(
        lambda mask, step, key: app.verbs.perform("selection.set", merge_key=key, mask=mask, step=step)
    )


def click(opened, x, y, qtbot):
    opened.prompting.prompt(SelectionRequest("new", None, clicks=((x, y, 1),)))
    qtbot.waitUntil(lambda: not opened.prompting.waiting, timeout=10_000)


def test_each_keeps_its_prompts_its_picture_and_its_selection(app, qtbot):
    first, second = app.workspace.documents
    select_into(app, first)
    click(first, 20.5, 20.5, qtbot)
    first.prompting.pause()
    select_into(app, second)
    click(second, 30.5, 40.5, qtbot)
    assert [pixels.shape[:2] for pixels in PlainPicker.shown] == [(40, 60), (70, 50)]
    assert first.document.state.selection.box == (16, 16, 8, 8)
    assert second.document.state.selection.box == (26, 36, 8, 8)
    second.prompting.pause()
    select_into(app, first)
    assert first.prompting.request.clicks == ((20.5, 20.5, 1),), "the clicks go on where they were"
    click(first, 24.5, 20.5, qtbot)
    assert len(PlainPicker.shown) == 2, "prepared once"
    assert second.document.state.selection.box == (26, 36, 8, 8)


def test_the_active_layer_what_is_pointed_at_and_the_fill_looked_at_belong_to_each(app, qtbot):
    first, second = app.workspace.documents
    lift_car(app, first)
    cutout = first.active
    app.verbs.perform("layer.delete")
    qtbot.waitUntil(lambda: not app.workspace.busy, timeout=20_000)
    assert app.fills.target is not None
    told = []
    app.workspace.active_changed.connect(told.append)
    app.workspace.show(second)
    assert app.fills.target is None
    second.point_at(second.document.state.found[0])
    assert first.pointed is None
    assert cutout not in (first.active, second.active)
    first.set_active(first.document.layers[0].id)
    assert told == [], "only the one in front is heard"


def test_both_are_saved_while_both_are_edited(app, tmp_path, qtbot):
    first, second = app.workspace.documents
    lift_car(app, first)
    lift_car(app, second)
    qtbot.waitUntil(lambda: not app.workspace.busy, timeout=20_000)
    app.filing.save(first, tmp_path / "one.ora")
    app.filing.save(second, tmp_path / "two.ora")
    app.verbs.perform("edit.undo")
    qtbot.waitUntil(lambda: not app.workspace.busy, timeout=20_000)
    assert first.path == tmp_path / "one.ora" and not first.document.modified
    assert second.path == tmp_path / "two.ora" and second.document.modified
    app.filing.open(tmp_path / "one.ora")
    assert app.workspace.current is first, "it is open already"
    app.workspace.close(second)
    app.filing.open(tmp_path / "two.ora")
    qtbot.waitUntil(lambda: len(app.workspace.documents) == 2, timeout=20_000)
    assert app.workspace.current.document.layers[-1].name == "Car 2"
