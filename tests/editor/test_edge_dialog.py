"""The dialog for edges, by mouse and keys."""

import numpy as np
import pytest
from events import run_events
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from inpaint_studio.basics import Mask
from inpaint_studio.editor.dialogs.edge import EdgeDialog
from inpaint_studio.editor.window import Window
from inpaint_studio.render import render

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qapp, small_document, qtbot, own_home):
    made = Window()
    made.resize(1200, 800)
    made.show()
    made.app.workspace.open(small_document)
    small_document.mark_saved()
    yield made
    if made.app.document is not None:
        made.app.document.mark_saved()
    made.close()
    made.deleteLater()


def opened(window, qtbot):
    """The dialog for what is there, when it shows something."""
    window.actions_["edge.refine"].trigger()
    qtbot.waitUntil(lambda: window.findChild(EdgeDialog) is not None)
    dialog = window.findChild(EdgeDialog)
    qtbot.waitUntil(lambda: dialog.view.image is not None, timeout=10_000)
    quiet(window, qtbot)
    return dialog


def quiet(window, qtbot):
    qtbot.waitUntil(
        lambda: not window.app.workspace.busy,
        timeout=20_000,
    )
    run_events(30)
    qtbot.waitUntil(lambda: not window.app.workspace.worker.running(), timeout=20_000)


def closed(dialog):
    return not isValid(dialog) or dialog.isHidden()


def drag_slider(slider, part):
    """Presses so far along a slider, 0..1."""
    inner = slider.slider
    place = QPointF(7 + part * (inner.width() - 14), inner.height() / 2).toPoint()
    QTest.mouseClick(inner, LEFT, Qt.KeyboardModifier.NoModifier, place)


@pytest.fixture
def cutout(window, qtbot):
    window.app.verbs.perform("object.lift", object=1)
    quiet(window, qtbot)
    return window.app.active


def test_it_is_offered_for_cutouts_and_selections_only(window, qtbot):
    assert not window.actions_["edge.refine"].isEnabled()
    window.app.verbs.perform("selection.set", mask=Mask(10, 10, np.full((30, 30), 255, np.uint8)))
    assert window.actions_["edge.refine"].isEnabled()
    window.app.verbs.perform("selection.drop")
    assert not window.actions_["edge.refine"].isEnabled()
    window.app.verbs.perform("object.lift", object=1)
    quiet(window, qtbot)
    assert window.actions_["edge.refine"].isEnabled()


def test_sliders_are_seen_at_once_and_applied_as_one_step(window, cutout, qtbot):
    document = window.app.document
    before, steps = document.state, len(document.history.steps)
    dialog = opened(window, qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_5)
    quiet(window, qtbot)
    assert dialog.over.value == "mask"
    sharp = dialog.view.image.copy()
    drag_slider(dialog.sliders["feather"], 0.4)
    quiet(window, qtbot)
    assert dialog.options().feather > 3
    assert dialog.view.image != sharp
    assert document.state is before, "nothing changes before Apply"
    QTest.mouseClick(dialog.apply_button, LEFT)
    qtbot.waitUntil(lambda: closed(dialog), timeout=10_000)
    quiet(window, qtbot)
    assert len(document.history.steps) == steps + 1
    assert document.history.steps[-1].name.startswith("Refine edge of")
    old, new = before.layer(cutout).mask, document.layer(cutout).mask
    assert ((new.crop > 20) & (new.crop < 235)).sum() > ((old.crop > 20) & (old.crop < 235)).sum() + 50
    window.actions_["edit.undo"].trigger()
    assert document.layer(cutout).mask is old


@pytest.mark.parametrize("how", ["cancel", "escape"])
def test_cancel_leaves_everything_exactly_as_it_was(window, cutout, qtbot, how):
    document = window.app.document
    before, steps, picture = document.state, len(document.history.steps), render(document.snapshot()).pixels
    dialog = opened(window, qtbot)
    drag_slider(dialog.sliders["shift"], 0.9)
    drag_slider(dialog.sliders["clean"], 0.1)
    if how == "cancel":
        quiet(window, qtbot)
        QTest.mouseClick(dialog.cancel_button, LEFT)
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    quiet(window, qtbot)
    assert closed(dialog)
    assert document.state is before and len(document.history.steps) == steps
    assert np.array_equal(render(document.snapshot()).pixels, picture)


def test_reset_and_apply_without_a_change_make_no_step(window, cutout, qtbot):
    steps = len(window.app.document.history.steps)
    dialog = opened(window, qtbot)
    assert not dialog.reset_button.isEnabled()
    drag_slider(dialog.sliders["contrast"], 0.7)
    assert dialog.reset_button.isEnabled()
    QTest.mouseClick(dialog.reset_button, LEFT)
    assert not dialog.reset_button.isEnabled()
    QTest.mouseClick(dialog.apply_button, LEFT)
    qtbot.waitUntil(lambda: closed(dialog), timeout=10_000)
    quiet(window, qtbot)
    assert len(window.app.document.history.steps) == steps


def test_views_by_keys_and_buttons(window, cutout, qtbot):
    dialog = opened(window, qtbot)
    corners = {}
    for name in ("picture", "black", "white", "board", "mask"):
        assert dialog.over.value == name
        quiet(window, qtbot)
        corners[name] = dialog.view.image.pixelColor(1, 1).getRgb()[:3]
        QTest.keyClick(dialog, Qt.Key.Key_F)
    assert dialog.over.value == "picture", "round and round"
    assert corners["black"] == corners["mask"] == (0, 0, 0) and corners["white"] == (255, 255, 255)
    assert corners["board"] in ((255,) * 3, (204,) * 3)
    assert corners["picture"] not in ((0, 0, 0), (255, 255, 255))
    dialog.reject()


def test_the_wheel_zooms_at_the_pointer_and_dragging_moves(window, cutout, qtbot):
    dialog = opened(window, qtbot)
    view = dialog.view
    whole = view.box
    place = QPointF(view.width() * 0.25, view.height() * 0.25)
    under = view.to_canvas(place)
    view.zoom_to(view.zoom * 4, place)
    assert view.box[2] < whole[2]
    assert (view.to_canvas(place) - under).manhattanLength() < 0.01
    seen = view.box
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, view.rect().center())
    QTest.mouseMove(view, view.rect().center() + place.toPoint() / 3)
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, view.rect().center())
    assert view.box != seen
    quiet(window, qtbot)
    dialog.reject()


def test_a_selection_is_refined_before_it_is_lifted(window, qtbot):
    document = window.app.document
    selection = Mask(40, 40, np.full((40, 40), 255, np.uint8))
    window.app.verbs.perform("selection.set", mask=selection)
    dialog = opened(window, qtbot)
    assert dialog.sliders["clean"].isHidden(), "a selection has no colours"
    drag_slider(dialog.sliders["shift"], 0.25)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: closed(dialog), timeout=10_000)
    assert document.history.steps[-1].name == "Refine edge of selection"
    assert 15 < document.state.selection.box[2] < 30
    window.actions_["edit.undo"].trigger()
    assert document.state.selection is selection


def test_another_document_closes_it(window, cutout, qtbot):
    dialog = opened(window, qtbot)
    window.app.document.mark_saved()
    window.app.workspace.close(window.app.workspace.current)
    assert closed(dialog)
