import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from inpaint_studio.basics import Patch
from inpaint_studio.document import Document, Photo, Transform, parts
from inpaint_studio.editor.panels import LayersPanel
from inpaint_studio.editor.panels.layer_list import eye_rect, lock_rect, name_rect
from inpaint_studio.editor.panels.layer_model import note_of
from inpaint_studio.editor.widgets import Slider

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(session, qtbot):
    """Tree and one car are lifted: rows are Car, Tree, Backdrop."""
    session.perform("object.lift", object=1)
    session.perform("object.lift", object=1)
    made = LayersPanel(session)
    qtbot.addWidget(made)
    made.resize(312, 420)
    made.show()
    return made


def names(panel):
    return [panel.model.data(panel.model.index(r)) for r in range(panel.model.rowCount())]


def row_rect(panel, row):
    return panel.list.visualRect(panel.model.index(row))


def click(panel, place, modifiers=NONE):
    QTest.mouseClick(panel.list.viewport(), LEFT, modifiers, place)


def ids(session):
    return [x.id for x in session.document.layers]


def test_rows_are_the_layers_topmost_first(panel):
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    assert row_rect(panel, 0).height() == 52
    assert panel.list.currentIndex().row() == 0


def test_a_click_on_a_row_makes_its_layer_active_and_the_other_way_round(panel, session):
    click(panel, name_rect(row_rect(panel, 1)).center())
    assert session.document.layer(session.active).name == "Tree"
    session.set_active(ids(session)[0])
    assert panel.list.currentIndex().row() == 2


def test_the_eye_hides_and_alt_shows_one_alone(panel, session):
    eye = eye_rect(row_rect(panel, 1)).center()
    before = session.active
    click(panel, eye)
    assert not session.document.layers[1].visible
    assert session.active == before
    click(panel, eye)
    assert session.document.layers[1].visible
    click(panel, eye, Qt.KeyboardModifier.AltModifier)
    assert [x.visible for x in session.document.layers] == [False, True, False]


def test_the_lock(panel, session):
    click(panel, lock_rect(row_rect(panel, 0)).center())
    assert session.document.layers[2].locked
    assert not panel.opacity.isEnabled()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert len(session.document.layers) == 3
    click(panel, lock_rect(row_rect(panel, 0)).center())
    assert not session.document.layers[2].locked


@pytest.mark.parametrize("by_key", [True, False])
def test_rename(panel, session, qtbot, by_key):
    if by_key:
        panel.list.setFocus()
        QTest.keyClick(panel.list, Qt.Key.Key_F2)
    else:
        click(panel, name_rect(row_rect(panel, 0)).center())
        QTest.mouseDClick(panel.list.viewport(), LEFT, NONE, name_rect(row_rect(panel, 0)).center())
    editor = panel.list.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Car"
    QTest.keyClicks(editor, "Red car")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.document.layers[2].name == "Red car")
    assert names(panel)[0] == "Red car"


def test_a_double_click_on_the_eye_does_not_rename(panel):
    QTest.mouseDClick(panel.list.viewport(), LEFT, NONE, eye_rect(row_rect(panel, 0)).center())
    assert panel.list.findChild(QLineEdit) is None


def test_delete_and_duplicate_by_key(panel, session):
    QTest.keyClick(panel.list, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert names(panel) == ["Car copy", "Car", "Tree", "Backdrop"]
    assert panel.list.currentIndex().row() == 0
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert names(panel) == ["Car", "Tree", "Backdrop"]


def test_the_backdrop_can_not_be_deleted_or_put_back(panel, session):
    session.set_active(ids(session)[0])
    assert not panel.buttons["layer.delete"].isEnabled()
    assert not panel.buttons["layer.put_back"].isEnabled()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert len(session.document.layers) == 3
    assert session.errors == []


def test_put_back_by_its_button(panel, session):
    QTest.mouseClick(panel.buttons["layer.put_back"], LEFT)
    assert names(panel) == ["Tree", "Backdrop"]
    assert len(session.document.layers[0].holes) == 1


def drop(panel, y):
    event = QDropEvent(QPointF(100, y), Qt.DropAction.MoveAction, QMimeData(), LEFT, NONE)
    # A real QDrag cannot be driven by events; the list checks only that it is its own.
    event.source = lambda: panel.list
    panel.list.dropEvent(event)


def test_a_drop_reorders_but_never_below_the_backdrop(panel, session):
    drop(panel, 400)
    assert names(panel) == ["Tree", "Car", "Backdrop"]
    assert session.document.history.steps[-1].name == "Reorder car"
    drop(panel, 2)
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    steps = len(session.document.history.steps)
    drop(panel, 30)
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    assert len(session.document.history.steps) == steps


def test_the_backdrop_is_not_dragged(panel):
    flags = [bool(panel.model.flags(panel.model.index(r)) & Qt.ItemFlag.ItemIsDragEnabled) for r in range(3)]
    assert flags == [True, True, False]


def test_dragging_the_opacity_is_one_step(panel, session):
    slider, before = panel.opacity.slider, len(session.document.history.steps)
    middle = slider.height() // 2
    QTest.mousePress(slider, LEFT, NONE, QPoint(slider.width() - 8, middle))
    for x in range(slider.width() - 12, slider.width() // 2, -4):
        QTest.mouseMove(slider, QPoint(x, middle))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(slider.width() // 2, middle))
    assert 0.4 < session.document.layers[2].opacity < 0.6
    assert len(session.document.history.steps) == before + 1
    session.perform("edit.undo")
    assert panel.opacity.value == 100
    assert panel.opacity.text == "100 %"


def test_blend_mode_of_the_active_layer(panel, session):
    panel.blend.setFocus()
    QTest.keyClick(panel.blend, Qt.Key.Key_Down)
    assert session.document.layers[2].blend == "multiply"
    assert "multiply" in panel.model.note(0)
    session.set_active(ids(session)[0])
    assert panel.blend.currentIndex() == 0


def test_the_second_line(panel, session):
    assert panel.model.note(0) == "20 × 20"
    assert panel.model.note(2) == "filling…"
    backdrop = session.document.layers[0]
    for part in parts(session.document.tree, backdrop):
        _, _, w, h = part.mask.box
        session.document.put_fill(part, Patch(*part.mask.box[:2], np.zeros((h, w, 3), np.uint8)))
    assert panel.model.note(2) == "2 holes filled"
    session.set_property(session.active, "opacity", 0.5)
    assert panel.model.note(0) == "20 × 20 · 50 %"
    assert note_of(Document(Photo(np.zeros((3, 5, 3), np.uint8))), Document(session.document.photo).layers[0])


def test_undo_redo_and_another_document_are_followed(panel, session, small_document):
    session.perform("edit.undo")
    assert names(panel) == ["Tree", "Backdrop"]
    session.perform("edit.redo")
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    session.show(Document(Photo(np.zeros((20, 30, 3), np.uint8), "other.png")))
    assert names(panel) == ["Backdrop"]
    session.show(None)
    assert names(panel) == []
    assert not panel.opacity.isEnabled()


def test_a_moved_layer_does_not_reset_the_rows(panel, session):
    told = []
    for signal in (panel.model.modelReset, panel.model.rowsInserted, panel.model.rowsRemoved):
        signal.connect(lambda *_: told.append("rows"))
    session.perform("layer.place", layer=session.active, transform=Transform(dx=5))
    session.set_property(session.active, "visible", False)
    assert told == []


def test_thumbnails_are_made_when_needed_and_not_more_often(panel, session, qtbot):
    made = []
    panel.model.thumbnails.ready.connect(made.append)
    qtbot.waitUntil(lambda: all(panel.model.thumbnail(r) is not None for r in range(3)))
    made.clear()
    session.perform(
        "layer.place", layer=session.active, transform=Transform(dx=5)
    )  # it leaves home: its hole shows from now on
    qtbot.waitUntil(lambda: made == [ids(session)[0]])
    session.perform("layer.place", layer=session.active, transform=Transform(dx=9))
    qtbot.wait(250)
    assert made == [ids(session)[0]]
    made.clear()
    part = parts(session.document.tree, session.document.layers[0])[0]
    _, _, w, h = part.mask.box
    for level in range(10):
        patch = Patch(*part.mask.box[:2], np.full((h, w, 3), level, np.uint8))
        session.document.put_fill(part, patch, final=False)
        qtbot.wait(10)
    qtbot.wait(250)
    assert 1 <= made.count(ids(session)[0]) <= 3
    assert set(made) == {ids(session)[0]}


def menu_of(panel):
    menu = panel.menu()
    return menu, {a.text().split("\t")[0]: a for a in menu.actions() if a.text()}


def test_the_menu(panel, session, qtbot):
    menu, actions = menu_of(panel)
    assert list(actions) == [
        "Rename", "Duplicate", "Put back", "Refine edge…", "Enhance…", "Hide", "Lock", "Show only this",
        "Group", "Ungroup", "Delete layer",
    ]  # fmt: skip
    asked = []
    session.asked.connect(asked.append)
    for title in ("Rename", "Refine edge…", "Enhance…"):
        actions[title].trigger()
    assert asked == ["layer.name", "layer.refine_edge", "layer.enhance"]
    actions["Hide"].trigger()
    assert not session.document.layers[2].visible
    actions["Duplicate"].trigger()
    assert names(panel)[0] == "Car copy"
    menu.deleteLater()
    session.set_active(ids(session)[0])
    menu, actions = menu_of(panel)
    assert not any(actions[title].isEnabled() for title in ("Delete layer", "Put back", "Refine edge…"))
    assert actions["Enhance…"].isEnabled()
    menu.deleteLater()


def test_it_paints_in_both_states(panel, session, qtbot):
    qtbot.waitUntil(lambda: panel.model.thumbnail(2) is not None)
    before = panel.grab().toImage()
    session.set_property(ids(session)[1], "visible", False)
    assert panel.grab().toImage() != before


def test_a_slider_goes_where_it_is_clicked(qtbot):
    slider = Slider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.setRange(0, 100)
    slider.resize(214, 28)
    slider.show()
    QTest.mouseClick(slider, LEFT, NONE, QPoint(107, 14))
    assert 47 <= slider.value() <= 53
    assert not slider.isSliderDown()


def test_a_colour_tag_is_drawn_in_its_row(panel, session):
    def left_edge():
        rect = panel.list.visualRect(panel.list.currentIndex())
        image = panel.list.viewport().grab(rect).toImage()
        return image.pixelColor(1, image.height() // 2).name()

    before = left_edge()
    session.set_property(session.active, "tag", "green")
    assert left_edge() == "#5aa860" != before
