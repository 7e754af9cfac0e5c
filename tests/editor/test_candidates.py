import threading

import numpy as np
import pytest
from manyfills import install

from inpaint_studio.basics import Mask
from inpaint_studio.document import Photo, Transform, parts
from inpaint_studio.studio import lift


@pytest.fixture
def filler(monkeypatch):
    return install(monkeypatch)


@pytest.fixture(autouse=True)
def open_gate(app, filler):
    yield
    filler.gate.set()


@pytest.fixture
def settle(app, qtbot):
    """Waits until every fill that anybody wants is made."""

    def idle():
        return not (app.workspace.busy or app.candidates.making)

    return lambda: qtbot.waitUntil(idle, timeout=20_000)


def test_others_are_made_for_what_is_looked_at_and_for_nothing_else(app, filler, settle):
    settle()
    app.verbs.perform("objects.lift_all")
    settle()
    assert set(filler.asked) == {1} and len(filler.asked) == 3
    app.verbs.perform("layer.delete", layer=app.document.layers[-1].id)
    settle()
    assert filler.asked == [1, 1, 1, 4]
    assert app.fills.numbers == [0, 1, 2], "those that look the same are one"
    app.verbs.perform("edit.undo")
    app.verbs.perform("edit.redo")
    settle()
    assert filler.asked == [1, 1, 1, 4]


def test_they_are_no_steps_and_switching_is_at_once(app, filler, settle):
    app.verbs.perform("object.remove", object=1)
    settle()
    document = app.document
    steps = len(document.history.steps)
    assert steps == 2
    app.verbs.perform("fill.candidate", number=app.fills.neighbour(1))
    assert not document.missing_parts()
    assert [s.name for s in document.history.steps[steps:]] == ["Choose fill 2"]
    app.verbs.perform("fill.candidate", number=app.fills.neighbour(1))
    app.verbs.perform("fill.candidate", number=app.fills.neighbour(1))
    assert app.fills.target[1].options.candidate == 0, "round and round"
    app.verbs.perform("fill.candidate", number=app.fills.neighbour(-1))
    assert app.fills.target[1].options.candidate == 2
    for _ in range(4):
        app.verbs.perform("edit.undo")
    assert app.fills.target[1].options.candidate == 0 and not document.missing_parts()
    settle()
    assert filler.asked == [1, 4]


def test_the_fill_of_another_part_goes_first(app, filler, settle, qtbot):
    filler.gate.clear()
    app.verbs.perform("object.remove", object=1)
    qtbot.waitUntil(filler.held.is_set)
    assert app.candidates.making and not app.workspace.is_filling
    looked = app.fills.target[1]
    # A lift would end the looking: the hole of another layer's part comes without a step of the user.
    wanted = app.document.layers[0]
    with app.fills.keeping(True):
        lift.lift(app.document, app.document.state.found[1].mask, "tree")
    (other,) = [p for p in parts(app.document.tree, app.document.layers[0]) if p.key != looked.key]
    qtbot.waitUntil(lambda: app.document.fills.is_final(other.key))
    assert not filler.gate.is_set() and filler.asked[:3] == [1, 4, 1]
    assert wanted is not app.document.layers[0]
    filler.gate.set()
    settle()
    assert filler.asked == [1, 4, 1, 4] and app.fills.numbers == [0, 1, 2]


def test_they_hold_still_while_a_click_is_answered(app, filler, settle, qtbot):
    filler.gate.clear()
    app.verbs.perform("object.remove", object=1)
    qtbot.waitUntil(lambda: filler.reports > 0)
    answer = threading.Event()
    job = app.workspace.worker.submit("Selecting", lambda context: answer.wait(10), lane="interactive")
    qtbot.waitUntil(lambda: job.started)
    before = filler.reports
    qtbot.wait(100)
    assert filler.reports - before <= 1
    answer.set()
    qtbot.waitUntil(lambda: job.done and filler.reports > before + 2)
    filler.gate.set()
    settle()
    assert filler.asked == [1, 4]


def test_they_end_when_nobody_looks_any_more_and_begin_again(app, filler, settle, qtbot):
    filler.gate.clear()
    app.verbs.perform("object.remove", object=1)
    hole = app.document.layers[0].holes[0].id
    qtbot.waitUntil(filler.held.is_set)
    app.fills.look(None)
    qtbot.waitUntil(lambda: not app.workspace.worker.running())
    assert not app.candidates.making
    filler.gate.set()
    app.fills.look(hole)
    settle()
    assert app.fills.numbers == [0, 1, 2]


def test_that_there_are_no_others_is_no_error(app, filler, settle):
    filler.fails = True
    app.verbs.perform("object.remove", object=1)
    settle()
    assert app.errors == [] and app.fills.numbers == [0] and filler.asked == [1, 4]


def test_more_is_another_seed_with_others_of_its_own(app, filler, settle):
    app.verbs.perform("object.remove", object=1)
    settle()
    app.verbs.perform("fill.candidate", number=2)
    app.verbs.perform("fill.again")
    settle()
    part = app.fills.target[1]
    assert (part.options.seed, part.options.candidate) == (1, 0)
    assert [c["seed"] for c in filler.calls] == [0, 0, 1, 1] and app.fills.numbers == [0, 1, 2]
    app.verbs.perform("edit.undo")
    assert app.fills.target[1].options.candidate == 2 and app.fills.numbers == [0, 1, 2]
    assert not app.document.missing_parts()


def test_a_candidate_that_was_dropped_is_made_again(app, filler, settle):
    app.verbs.perform("object.remove", object=1)
    settle()
    app.verbs.perform("fill.candidate", number=2)
    app.fills.look(None)
    app.document.fills.__init__()
    app.verbs.perform("edit.undo")
    settle()
    app.verbs.perform("edit.redo")
    settle()
    part = parts(app.document.tree, app.document.layers[0])[0]
    x, y = part.mask.crop.shape[1] // 2, part.mask.crop.shape[0] // 2
    assert tuple(app.document.fills.get(part.key).crop[y, x]) == (40, 40, 200)
    assert filler.asked == [1, 4, 1, 4]


def test_closing_while_they_are_made(app, filler, qtbot):
    filler.gate.clear()
    app.verbs.perform("object.remove", object=1)
    qtbot.waitUntil(filler.held.is_set)
    assert app.workspace.shut_down()
    qtbot.wait(300)
    assert filler.asked == [1, 4]


# What is looked at


def test_removing_looks_at_the_hole_and_lifting_does_not(app):
    app.verbs.perform("object.lift", object=1)
    assert app.fills.target is None
    tree = app.active
    app.verbs.perform("layer.delete", layer=tree)
    layer, part = app.fills.target
    assert layer.kind == "backdrop" and part.holes == (layer.holes[0].id,)
    app.verbs.perform("object.lift", object=1)
    assert app.fills.target is None, "other work ends it"
    app.verbs.perform(
        "area.remove",
        mask=Mask.place(app.document.state.found[1].mask.crop, 20, 90),
        label="painted area",
    )
    assert app.fills.target[1].mask.box[1] > 80
    app.verbs.perform("edit.undo")
    assert app.fills.target is None, "its hole is gone"


def test_selecting_ends_the_looking(app):
    app.verbs.perform("object.remove", object=1)
    app.verbs.perform("selection.set", mask=app.document.state.found[1].mask)
    assert app.fills.target is None


def test_a_selection_cut_off_a_cutout_opens_no_fill(app):
    app.verbs.perform("object.lift", object=1)
    layer = app.document.layer(app.active)
    x, y, w, h = layer.mask.box
    app.verbs.perform("selection.set", mask=layer.mask.clipped((x, y, w, h // 2)))
    app.verbs.perform("selection.remove")
    assert app.document.history.steps[-1].name.startswith("Erase") and app.fills.target is None


def test_the_hole_that_shows_at_a_point(app):
    assert app.fills.hole_at(25, 55) is None
    app.verbs.perform("object.lift", object=1)
    assert app.fills.hole_at(25, 55) is None, "the tree lies on it"
    app.verbs.perform("layer.place", layer=app.active, transform=Transform(dx=100))
    hole = app.document.layers[0].holes[0].id
    assert app.fills.hole_at(25, 55) == hole
    assert app.fills.hole_at(125, 55) is None and app.fills.hole_at(25, 5) is None
    assert not app.document.tree.at_home


def test_a_pasted_picture_hides_holes_only_where_it_is(app):
    app.verbs.perform("object.remove", object=1)
    hole = app.document.layers[0].holes[0].id
    lift.put_picture(app.document, Photo(np.zeros((20, 20, 3), np.uint8), "cat.png"))
    assert app.fills.hole_at(25, 55) == hole
    app.verbs.perform("layer.place", layer=app.document.layers[-1].id, transform=Transform(dx=15, dy=45))
    assert app.fills.hole_at(25, 55) is None


def test_a_cutout_without_holes_stands_for_the_one_behind_it(app):
    app.verbs.perform("object.lift", object=1)
    app.verbs.perform("object.lift", object=1)
    scope = app.fills.scope()
    assert scope.layer.kind == "backdrop" and len(scope.holes) == 1
    app.verbs.perform("fill.filler", filler="telea")
    holes = app.document.layers[0].holes
    assert [h.options.filler for h in holes] == ["auto", "telea"]
    app.workspace.set_active(app.document.layers[0].id)
    app.verbs.perform("fill.again")
    assert [h.options.seed for h in app.document.layers[0].holes] == [1, 1]


def test_without_a_hole_it_is_said(app):
    told = []
    app.notices.message.connect(told.append)
    app.fills.look_at_scope()
    app.verbs.perform("fill.again")
    assert told and app.errors and "lift or remove" in app.errors[0]
