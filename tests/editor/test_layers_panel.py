import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from inpaint_studio.basics import Patch
from inpaint_studio.document import Document, Photo, Transform, parts
from inpaint_studio.editor.panels import LayersPanel, PropertiesPanel
from inpaint_studio.editor.panels.layer_list import eye_rect, lock_rect, name_rect, thumb_rect
from inpaint_studio.editor.panels.layer_model import note_of
from inpaint_studio.editor.widgets import Slider

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(app, qtbot):
    """Tree and one car are lifted: rows are Car, Tree, Backdrop."""
    app.verbs.perform("object.lift", object=1)
    app.verbs.perform("object.lift", object=1)
    made = LayersPanel(app)
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


def ids(app):
    return [x.id for x in app.document.layers]


def test_rows_are_the_layers_topmost_first(panel):
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    assert row_rect(panel, 0).height() == 28
    assert panel.list.currentIndex().row() == 0


def test_a_click_on_a_row_makes_its_layer_active_and_the_other_way_round(panel, app):
    click(panel, name_rect(row_rect(panel, 1)).center())
    assert app.document.layer(app.active).name == "Tree"
    app.workspace.set_active(ids(app)[0])
    assert panel.list.currentIndex().row() == 2


def test_the_eye_hides_and_alt_shows_one_alone(panel, app):
    eye = eye_rect(row_rect(panel, 1)).center()
    before = app.active
    click(panel, eye)
    assert not app.document.layers[1].visible
    assert app.active == before
    click(panel, eye)
    assert app.document.layers[1].visible
    click(panel, eye, Qt.KeyboardModifier.AltModifier)
    assert app.workspace.current.solo == app.document.layers[1].id
    assert all(x.visible for x in app.document.layers), "it is a way of looking"


def test_the_lock(panel, app):
    click(panel, lock_rect(row_rect(panel, 0)).center())
    assert app.document.layers[2].locked
    assert not panel.opacity.isEnabled()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert len(app.document.layers) == 3
    click(panel, lock_rect(row_rect(panel, 0)).center())
    assert not app.document.layers[2].locked


@pytest.mark.parametrize("by_key", [True, False])
def test_rename(panel, app, qtbot, by_key):
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
    qtbot.waitUntil(lambda: app.document.layers[2].name == "Red car")
    assert names(panel)[0] == "Red car"


def test_a_double_click_on_the_eye_does_not_rename(panel):
    QTest.mouseDClick(panel.list.viewport(), LEFT, NONE, eye_rect(row_rect(panel, 0)).center())
    assert panel.list.findChild(QLineEdit) is None


def test_delete_and_duplicate_by_key(panel, app):
    QTest.keyClick(panel.list, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert names(panel) == ["Car copy", "Car", "Tree", "Backdrop"]
    assert panel.list.currentIndex().row() == 0
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert names(panel) == ["Car", "Tree", "Backdrop"]


def test_the_backdrop_can_not_be_deleted_or_put_back(panel, app):
    app.workspace.set_active(ids(app)[0])
    assert not panel.buttons["layer.delete"].isEnabled()
    assert not panel.buttons["layer.put_back"].isEnabled()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert len(app.document.layers) == 3
    assert app.errors == []


def test_put_back_by_its_button(panel, app):
    QTest.mouseClick(panel.buttons["layer.put_back"], LEFT)
    assert names(panel) == ["Tree", "Backdrop"]
    assert len(app.document.layers[0].holes) == 1


def drop(panel, y):
    """Drops the selected rows at a height, as at the end of a drag, which events can't drive."""
    mime = panel.model.mimeData(panel.list.selectedIndexes())
    panel.list.dropEvent(QDropEvent(QPointF(100, y), Qt.DropAction.MoveAction, mime, LEFT, NONE))


def test_a_drop_reorders_but_never_below_the_backdrop(panel, app):
    drop(panel, 400)
    assert names(panel) == ["Tree", "Car", "Backdrop"]
    assert app.document.history.steps[-1].name == "Reorder car"
    drop(panel, 2)
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    steps = len(app.document.history.steps)
    drop(panel, 30)
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    assert len(app.document.history.steps) == steps


def test_the_backdrop_is_not_dragged(panel):
    flags = [bool(panel.model.flags(panel.model.index(r)) & Qt.ItemFlag.ItemIsDragEnabled) for r in range(3)]
    assert flags == [True, True, False]


def test_dragging_the_opacity_is_one_step(panel, app):
    slider, before = panel.opacity.slider, len(app.document.history.steps)
    middle = slider.height() // 2
    QTest.mousePress(slider, LEFT, NONE, QPoint(slider.width() - 8, middle))
    for x in range(slider.width() - 12, slider.width() // 2, -4):
        QTest.mouseMove(slider, QPoint(x, middle))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(slider.width() // 2, middle))
    assert 0.4 < app.document.layers[2].opacity < 0.6
    assert len(app.document.history.steps) == before + 1
    app.document.undo()
    assert panel.opacity.value == 100
    assert panel.opacity.text == "100 %"


def test_blend_mode_of_the_active_layer(panel, app):
    panel.blend.setFocus()
    QTest.keyClick(panel.blend, Qt.Key.Key_Down)
    assert app.document.layers[2].blend == "multiply"
    assert "multiply" in panel.model.note(0)
    app.workspace.set_active(ids(app)[0])
    assert panel.blend.currentIndex() == 0


def test_the_second_line(panel, app):
    assert panel.model.note(0) == "20 × 20"
    assert panel.model.note(2) == "filling…"
    backdrop = app.document.layers[0]
    for part in parts(app.document.tree, backdrop):
        _, _, w, h = part.mask.box
        app.document.put_fill(part, Patch(*part.mask.box[:2], np.zeros((h, w, 3), np.uint8)))
    assert panel.model.note(2) == "2 holes filled"
    app.verbs.set_property(app.active, "opacity", 0.5)
    assert panel.model.note(0) == "20 × 20 · 50 %"
    assert note_of(Document(Photo(np.zeros((3, 5, 3), np.uint8))), Document(app.document.photo).layers[0])


def test_undo_redo_and_another_document_are_followed(panel, app, small_document):
    app.document.undo()
    assert names(panel) == ["Tree", "Backdrop"]
    app.verbs.perform("edit.redo")
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    app.workspace.open(Document(Photo(np.zeros((20, 30, 3), np.uint8), "other.png")))
    assert names(panel) == ["Backdrop"]
    app.workspace.close(app.workspace.current)
    assert names(panel) == ["Car", "Tree", "Backdrop"]
    app.workspace.close(app.workspace.current)
    assert names(panel) == []
    assert not panel.opacity.isEnabled()


def test_a_moved_layer_does_not_reset_the_rows(panel, app):
    told = []
    for signal in (panel.model.modelReset, panel.model.rowsInserted, panel.model.rowsRemoved):
        signal.connect(lambda *_: told.append("rows"))
    app.verbs.perform("layer.place", layer=app.active, transform=Transform(dx=5))
    app.verbs.set_property(app.active, "visible", False)
    assert told == []


def test_thumbnails_are_made_when_needed_and_not_more_often(panel, app, qtbot):
    made = []
    panel.model.thumbnails.ready.connect(made.append)
    qtbot.waitUntil(lambda: all(panel.model.thumbnail(r) is not None for r in range(3)))
    made.clear()
    app.verbs.perform(
        "layer.place", layer=app.active, transform=Transform(dx=5)
    )  # it leaves home: its hole shows from now on
    qtbot.waitUntil(lambda: made == [ids(app)[0]])
    app.verbs.perform("layer.place", layer=app.active, transform=Transform(dx=9))
    qtbot.wait(250)
    assert made == [ids(app)[0]]
    made.clear()
    part = parts(app.document.tree, app.document.layers[0])[0]
    _, _, w, h = part.mask.box
    for level in range(10):
        patch = Patch(*part.mask.box[:2], np.full((h, w, 3), level, np.uint8))
        app.document.put_fill(part, patch, final=False)
        qtbot.wait(10)
    qtbot.wait(250)
    assert 1 <= made.count(ids(app)[0]) <= 3
    assert set(made) == {ids(app)[0]}


def menu_of(panel):
    menu = panel.menu()
    return menu, {a.text().split("\t")[0]: a for a in menu.actions() if a.text()}


def test_the_menu(panel, app, qtbot):
    menu, actions = menu_of(panel)
    assert list(actions) == [
        "Rename", "Duplicate", "Put back", "Refine edge…", "Enhance…",
        "Match to its place…", "Hide", "Lock", "Show only this",
        "Group", "Ungroup", "Merge down", "Rasterise", "Replace picture…", "Delete layer", "Export layer…",
    ]  # fmt: skip
    asked = []
    app.verbs.asked.connect(asked.append)
    for title in ("Rename", "Refine edge…", "Enhance…"):
        actions[title].trigger()
    assert asked == ["layer.name", "layer.refine_edge", "layer.enhance"]
    actions["Hide"].trigger()
    assert not app.document.layers[2].visible
    actions["Duplicate"].trigger()
    assert names(panel)[0] == "Car copy"
    menu.deleteLater()
    app.workspace.set_active(ids(app)[0])
    menu, actions = menu_of(panel)
    assert not any(actions[title].isEnabled() for title in ("Delete layer", "Put back", "Refine edge…"))
    assert actions["Enhance…"].isEnabled()
    menu.deleteLater()


def test_it_paints_in_both_states(panel, app, qtbot):
    qtbot.waitUntil(lambda: panel.model.thumbnail(2) is not None)
    before = panel.grab().toImage()
    app.verbs.set_property(ids(app)[1], "visible", False)
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


def test_a_colour_tag_is_drawn_in_its_row(panel, app):
    def left_edge():
        rect = panel.list.visualRect(panel.list.currentIndex())
        image = panel.list.viewport().grab(rect).toImage()
        return image.pixelColor(1, image.height() // 2).name()

    before = left_edge()
    app.verbs.set_property(app.active, "tag", "green")
    assert left_edge() == "#5aa860" != before


def indents(panel):
    return [panel.model.depth(row) for row in range(panel.model.rowCount())]


def test_groups_are_shown_as_a_tree_that_can_be_collapsed(panel, app):
    app.verbs.ask("layer.group")
    assert names(panel) == ["Group", "Car", "Tree", "Backdrop"]
    assert indents(panel) == [0, 1, 0, 0]
    assert panel.list.currentIndex().row() == 0 and panel.model.note(0) == "1 layer"
    click(panel, thumb_rect(row_rect(panel, 0)).center())
    assert names(panel) == ["Group", "Tree", "Backdrop"]
    assert panel.grab().toImage().width() > 0
    click(panel, thumb_rect(row_rect(panel, 0)).center())
    assert names(panel) == ["Group", "Car", "Tree", "Backdrop"]
    app.verbs.ask("layer.ungroup")
    assert names(panel) == ["Car", "Tree", "Backdrop"]


def test_all_selected_rows_are_grouped(panel, app):
    click(panel, name_rect(row_rect(panel, 1)).center(), Qt.KeyboardModifier.ControlModifier)
    app.verbs.ask("layer.group")
    assert names(panel) == ["Group", "Car", "Tree", "Backdrop"]
    assert indents(panel) == [0, 1, 1, 0]
    assert app.document.tree.at_home == {ids(app)[1], ids(app)[2]}


def test_rows_are_dropped_into_groups_and_out_of_them(panel, app):
    app.verbs.ask("layer.group")
    app.workspace.set_active(ids(app)[1])
    drop(panel, row_rect(panel, 1).top() + 2)
    assert names(panel) == ["Group", "Tree", "Car", "Backdrop"]
    assert indents(panel) == [0, 1, 1, 0]
    drop(panel, row_rect(panel, 0).top() + 2)
    assert names(panel) == ["Tree", "Group", "Car", "Backdrop"]
    assert indents(panel) == [0, 0, 1, 0]


def test_an_adjustment_has_a_row_and_its_parameters_rows_in_the_properties(panel, app, qtbot):
    properties = PropertiesPanel(app)
    qtbot.addWidget(properties)
    app.verbs.ask("layer.add_exposure")
    assert names(panel)[0] == "Exposure" and panel.model.note(0) == "changes all below"
    assert list(properties.rows.controls) == ["stops", "gamma", "tag"]
    stops = properties.rows.controls["stops"]
    stops.changed.emit(1.5)
    assert app.document.node(app.active).values == {"stops": 1.5}
    assert panel.grab().toImage().width() > 0
    app.document.undo()
    assert app.document.node(app.active).values == {}


def test_a_group_is_isolated_by_its_row_in_the_properties(panel, app, qtbot):
    properties = PropertiesPanel(app)
    qtbot.addWidget(properties)
    app.verbs.ask("layer.group")
    assert list(properties.rows.controls) == ["tag", "isolated"]
    properties.rows.controls["isolated"].widget.click()
    assert app.document.node(app.active).isolated
    app.document.undo()
    assert not properties.rows.controls["isolated"].widget.isChecked()


def test_a_key_with_ctrl_that_makes_a_layer_selects_that_alone(app, panel, qtbot):
    """Qt adds to the selection while Ctrl is held, also where the program makes a row the current one."""
    window = panel.window().windowHandle()
    qtbot.waitUntil(panel.isActiveWindow)
    QShortcut(QKeySequence("Ctrl+J"), panel).activated.connect(lambda: app.verbs.ask("layer.duplicate"))
    QTest.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert names(panel)[0] == "Car copy"
    assert panel.list.selected_ids() == [app.active]


def test_layers_are_filtered_by_name_also_in_collapsed_groups(panel, app):
    app.verbs.ask("layer.group")
    click(panel, thumb_rect(row_rect(panel, 0)).center())
    assert names(panel) == ["Group", "Tree", "Backdrop"]
    QTest.mouseClick(panel.search, LEFT)
    QTest.keyClicks(panel.words, "CA")
    assert names(panel) == ["Car"]
    panel.words.clear()
    QTest.keyClicks(panel.words, "zebra")
    assert names(panel) == []
    QTest.mouseClick(panel.search, LEFT)
    assert names(panel) == ["Group", "Tree", "Backdrop"] and panel.words.isHidden()
