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
def open_gate(session, filler):
    yield
    filler.gate.set()


@pytest.fixture
def settle(session, qtbot):
    """Waits until every fill that anybody wants is made."""

    def idle():
        return not (session.worker.running() or session.filling or session.candidates.making)

    return lambda: qtbot.waitUntil(idle, timeout=20_000)


def test_others_are_made_for_what_is_looked_at_and_for_nothing_else(session, filler, settle):
    settle()
    session.perform("objects.lift_all")
    settle()
    assert set(filler.asked) == {1} and len(filler.asked) == 3
    session.perform("layer.delete", layer=session.document.layers[-1].id)
    settle()
    assert filler.asked == [1, 1, 1, 4]
    assert session.fills.numbers == [0, 1, 2], "those that look the same are one"
    session.perform("edit.undo")
    session.perform("edit.redo")
    settle()
    assert filler.asked == [1, 1, 1, 4]


def test_they_are_no_steps_and_switching_is_at_once(session, filler, settle):
    session.perform("object.remove", object=1)
    settle()
    document = session.document
    steps = len(document.history.steps)
    assert steps == 2
    session.perform("fill.candidate", number=session.fills.neighbour(1))
    assert not document.missing_parts()
    assert [s.name for s in document.history.steps[steps:]] == ["Choose fill 2"]
    session.perform("fill.candidate", number=session.fills.neighbour(1))
    session.perform("fill.candidate", number=session.fills.neighbour(1))
    assert session.fills.target[1].options.candidate == 0, "round and round"
    session.perform("fill.candidate", number=session.fills.neighbour(-1))
    assert session.fills.target[1].options.candidate == 2
    for _ in range(4):
        session.perform("edit.undo")
    assert session.fills.target[1].options.candidate == 0 and not document.missing_parts()
    settle()
    assert filler.asked == [1, 4]


def test_the_fill_of_another_part_goes_first(session, filler, settle, qtbot):
    filler.gate.clear()
    session.perform("object.remove", object=1)
    qtbot.waitUntil(filler.held.is_set)
    assert session.candidates.making and not session.filling
    looked = session.fills.target[1]
    # A lift would end the looking: the hole of another layer's part comes without a step of the user.
    wanted = session.document.layers[0]
    with session.fills.keeping(True):
        lift.lift(session.document, session.document.state.found[1].mask, "tree")
    (other,) = [p for p in parts(session.document.tree, session.document.layers[0]) if p.key != looked.key]
    qtbot.waitUntil(lambda: session.document.fills.is_final(other.key))
    assert not filler.gate.is_set() and filler.asked[:3] == [1, 4, 1]
    assert wanted is not session.document.layers[0]
    filler.gate.set()
    settle()
    assert filler.asked == [1, 4, 1, 4] and session.fills.numbers == [0, 1, 2]


def test_they_hold_still_while_a_click_is_answered(session, filler, settle, qtbot):
    filler.gate.clear()
    session.perform("object.remove", object=1)
    qtbot.waitUntil(lambda: filler.reports > 0)
    answer = threading.Event()
    job = session.worker.submit("Selecting", lambda context: answer.wait(10), lane="interactive")
    qtbot.waitUntil(lambda: job.started)
    before = filler.reports
    qtbot.wait(100)
    assert filler.reports - before <= 1
    answer.set()
    qtbot.waitUntil(lambda: job.done and filler.reports > before + 2)
    filler.gate.set()
    settle()
    assert filler.asked == [1, 4]


def test_they_end_when_nobody_looks_any_more_and_begin_again(session, filler, settle, qtbot):
    filler.gate.clear()
    session.perform("object.remove", object=1)
    hole = session.document.layers[0].holes[0].id
    qtbot.waitUntil(filler.held.is_set)
    session.fills.look(None)
    qtbot.waitUntil(lambda: not session.worker.running())
    assert not session.candidates.making
    filler.gate.set()
    session.fills.look(hole)
    settle()
    assert session.fills.numbers == [0, 1, 2]


def test_that_there_are_no_others_is_no_error(session, filler, settle):
    filler.fails = True
    session.perform("object.remove", object=1)
    settle()
    assert session.errors == [] and session.fills.numbers == [0] and filler.asked == [1, 4]


def test_more_is_another_seed_with_others_of_its_own(session, filler, settle):
    session.perform("object.remove", object=1)
    settle()
    session.perform("fill.candidate", number=2)
    session.perform("fill.again")
    settle()
    part = session.fills.target[1]
    assert (part.options.seed, part.options.candidate) == (1, 0)
    assert [c["seed"] for c in filler.calls] == [0, 0, 1, 1] and session.fills.numbers == [0, 1, 2]
    session.perform("edit.undo")
    assert session.fills.target[1].options.candidate == 2 and session.fills.numbers == [0, 1, 2]
    assert not session.document.missing_parts()


def test_a_candidate_that_was_dropped_is_made_again(session, filler, settle):
    session.perform("object.remove", object=1)
    settle()
    session.perform("fill.candidate", number=2)
    session.fills.look(None)
    session.document.fills.__init__()
    session.perform("edit.undo")
    settle()
    session.perform("edit.redo")
    settle()
    part = parts(session.document.tree, session.document.layers[0])[0]
    x, y = part.mask.crop.shape[1] // 2, part.mask.crop.shape[0] // 2
    assert tuple(session.document.fills.get(part.key).crop[y, x]) == (40, 40, 200)
    assert filler.asked == [1, 4, 1, 4]


def test_closing_while_they_are_made(session, filler, qtbot):
    filler.gate.clear()
    session.perform("object.remove", object=1)
    qtbot.waitUntil(filler.held.is_set)
    assert session.workspace.shut_down()
    qtbot.wait(300)
    assert filler.asked == [1, 4]


# What is looked at


def test_removing_looks_at_the_hole_and_lifting_does_not(session):
    session.perform("object.lift", object=1)
    assert session.fills.target is None
    tree = session.active
    session.perform("layer.delete", layer=tree)
    layer, part = session.fills.target
    assert layer.kind == "backdrop" and part.holes == (layer.holes[0].id,)
    session.perform("object.lift", object=1)
    assert session.fills.target is None, "other work ends it"
    session.perform(
        "area.remove",
        mask=Mask.place(session.document.state.found[1].mask.crop, 20, 90),
        label="painted area",
    )
    assert session.fills.target[1].mask.box[1] > 80
    session.perform("edit.undo")
    assert session.fills.target is None, "its hole is gone"


def test_selecting_ends_the_looking(session):
    session.perform("object.remove", object=1)
    session.perform("selection.set", mask=session.document.state.found[1].mask)
    assert session.fills.target is None


def test_a_selection_cut_off_a_cutout_opens_no_fill(session):
    session.perform("object.lift", object=1)
    layer = session.document.layer(session.active)
    x, y, w, h = layer.mask.box
    session.perform("selection.set", mask=layer.mask.clipped((x, y, w, h // 2)))
    session.perform("selection.remove")
    assert session.document.history.steps[-1].name.startswith("Erase") and session.fills.target is None


def test_the_hole_that_shows_at_a_point(session):
    assert session.fills.hole_at(25, 55) is None
    session.perform("object.lift", object=1)
    assert session.fills.hole_at(25, 55) is None, "the tree lies on it"
    session.perform("layer.place", layer=session.active, transform=Transform(dx=100))
    hole = session.document.layers[0].holes[0].id
    assert session.fills.hole_at(25, 55) == hole
    assert session.fills.hole_at(125, 55) is None and session.fills.hole_at(25, 5) is None
    assert not session.document.tree.at_home


def test_a_pasted_picture_hides_holes_only_where_it_is(session):
    session.perform("object.remove", object=1)
    hole = session.document.layers[0].holes[0].id
    lift.put_picture(session.document, Photo(np.zeros((20, 20, 3), np.uint8), "cat.png"))
    assert session.fills.hole_at(25, 55) == hole
    session.perform("layer.place", layer=session.document.layers[-1].id, transform=Transform(dx=15, dy=45))
    assert session.fills.hole_at(25, 55) is None


def test_a_cutout_without_holes_stands_for_the_one_behind_it(session):
    session.perform("object.lift", object=1)
    session.perform("object.lift", object=1)
    scope = session.fills.scope()
    assert scope.layer.kind == "backdrop" and len(scope.holes) == 1
    session.perform("fill.filler", filler="telea")
    holes = session.document.layers[0].holes
    assert [h.options.filler for h in holes] == ["auto", "telea"]
    session.set_active(session.document.layers[0].id)
    session.perform("fill.again")
    assert [h.options.seed for h in session.document.layers[0].holes] == [1, 1]


def test_without_a_hole_it_is_said(session):
    told = []
    session.message.connect(told.append)
    session.fills.look_at_scope()
    session.perform("fill.again")
    assert told and session.errors and "lift or remove" in session.errors[0]
