import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inpaint_studio.basics import Patch
from inpaint_studio.document import Transform, parts
from inpaint_studio.editor.panels import FoundPanel, HistoryPanel, PropertiesPanel
from inpaint_studio.editor.panels.properties import corner
from inpaint_studio.editor.theme import apply_theme
from inpaint_studio.studio.properties import settable

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def found(app, qtbot):
    made = FoundPanel(app)
    qtbot.addWidget(made)
    made.resize(312, 200)
    made.show()
    return made


@pytest.fixture
def properties(app, qtbot):
    app.verbs.perform("object.lift", object=1)
    made = PropertiesPanel(app)
    qtbot.addWidget(made)
    made.resize(312, 200)
    made.show()
    made.activateWindow()
    return made


def test_chips_name_what_was_found_things_first(found):
    assert [c.text() for c in found.chips] == ["Tree", "Car 1", "Car 2", "Sky"]
    assert not found.lift_all.isHidden()


def test_a_click_on_a_chip_lifts_its_object(found, app):
    QTest.mouseClick(found.chips[2], LEFT)
    assert app.document.layers[-1].bounds() == (110, 50, 24, 24)
    assert [c.text() for c in found.chips] == ["Tree", "Car", "Sky"]
    QTest.mouseClick(found.chips[0], LEFT)
    assert app.document.layers[-1].name == "Tree"
    app.verbs.perform("edit.undo")
    assert [c.text() for c in found.chips] == ["Tree", "Car", "Sky"]


def test_hover_and_focus_show_the_object(found, app, qtbot):
    seen = []
    app.workspace.pointed_changed.connect(seen.append)
    QTest.mouseMove(found.chips[0], QPoint(10, 10))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1].label == "tree"
    found.chips[3].hovered.emit(found.chips[3].found)
    assert seen[-1].label == "sky"
    found.chips[3].hovered.emit(None)
    assert seen[-1] is None


def test_lift_all_and_the_empty_sentence(found, app):
    QTest.mouseClick(found.lift_all, LEFT)
    assert [c.text() for c in found.chips] == ["Sky"]
    app.workspace.close(app.workspace.current)
    assert found.chips == []
    assert found.lift_all.isHidden()
    assert not found.sentence.isHidden()


def test_chips_wrap_and_are_not_cut(found, app, qapp, qtbot):
    apply_theme(qapp, "dark")
    try:
        qtbot.wait(20)
        one_line = max(c.geometry().bottom() for c in found.chips)
        found.resize(150, 120)
        qtbot.wait(20)
        lowest = max(c.geometry().bottom() for c in found.chips)
        assert lowest > one_line and found.holder.height() > lowest, "all can be scrolled to"
        assert all(c.geometry().right() < 150 for c in found.chips)
        assert all(c.width() >= c.sizeHint().width() for c in found.chips)
    finally:
        qapp.setStyleSheet("")


def test_history_lists_steps_and_goes_where_it_is_clicked(app, qtbot):
    panel = HistoryPanel(app)
    qtbot.addWidget(panel)
    panel.resize(312, 300)
    panel.show()
    app.verbs.perform("object.lift", object=1)
    model = panel.view.model()
    texts = [model.index(r, 0).data() for r in range(model.rowCount())]
    assert texts == ["Open street.jpg", "Find objects", "Lift tree"]
    row = panel.view.visualRect(model.index(1, 0))
    QTest.mouseClick(panel.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, row.center())
    assert len(app.document.layers) == 1
    assert app.document.history.position == 1
    assert not panel.grab().isNull()


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_position_is_the_corner_on_the_canvas(properties, app):
    tree = app.active
    assert properties.fields["x"].value() == 10
    assert properties.fields["x"].text() == "10 px"
    type_into(properties.fields["x"], "25")
    type_into(properties.fields["y"], "-4")
    assert app.document.layer(tree).bounds()[:2] == (25, -4)
    assert app.document.history.steps[-1].name == "Move tree"


def test_size_keeps_proportions_and_middle(properties, app):
    tree = app.active
    type_into(properties.fields["w"], "200")
    assert app.document.layer(tree).bounds() == (-5, 25, 60, 60)
    assert properties.fields["h"].value() == 200
    properties.link.click()
    type_into(properties.fields["h"], "100")
    assert app.document.layer(tree).bounds() == (-5, 40, 60, 30)


def test_a_flipped_layer_stays_flipped_when_sized(properties, app):
    QTest.mouseClick(properties.flip_horizontal, LEFT)
    type_into(properties.fields["w"], "50")
    transform = app.document.layer(app.active).transform
    assert transform.scale_x == pytest.approx(-0.5)
    assert transform.scale_y == pytest.approx(0.5)
    QTest.mouseClick(properties.flip_vertical, LEFT)
    assert app.document.layer(app.active).transform.scale_y == pytest.approx(-0.5)


def test_turning_keeps_the_middle(properties, app):
    type_into(properties.fields["turn"], "45")
    layer = app.document.layer(app.active)
    assert layer.transform.degrees == 45
    half = 15 * math.sqrt(2)
    assert corner(layer) == pytest.approx((25 - half, 55 - half))


def test_arrow_keys_in_one_field_are_one_step(properties, app):
    steps = len(app.document.history.steps)
    field = properties.fields["x"]
    field.setFocus()
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Up)
    assert app.document.layer(app.active).bounds()[0] == 13
    assert len(app.document.history.steps) == steps + 1


def test_it_follows_the_canvas_and_locks(properties, app):
    app.verbs.perform("layer.place", layer=app.active, transform=Transform(dx=3.5))
    assert properties.fields["x"].text() == "13.5 px"
    app.verbs.set_property(app.active, "locked", True)
    assert not properties.fields["x"].isEnabled()
    assert properties.header.title == "Tree"


def test_the_backdrop_shows_its_holes(properties, app):
    backdrop = app.document.layers[0]
    app.workspace.set_active(backdrop.id)
    assert properties.fields["x"].isHidden() or not properties.fields["x"].isVisible()
    assert properties.fill.holes_text == "Filling…"
    part = parts(app.document.tree, backdrop)[0]
    _, _, w, h = part.mask.box
    app.document.put_fill(part, Patch(*part.mask.box[:2], np.zeros((h, w, 3), np.uint8)))
    assert properties.fill.holes_text == "1 hole filled"
    QTest.mouseClick(properties.fill.again, LEFT)
    assert app.document.layers[0].holes[0].options.seed == 1
    assert properties.fill.holes_text == "Filling…"
    app.verbs.perform("edit.undo")
    app.verbs.perform("edit.undo")
    assert not properties.fill.again.isVisible()


def test_no_document(properties, app):
    app.workspace.close(app.workspace.current)
    assert properties.header.title == "Properties"
    assert not properties.fill.again.isVisible()


def test_rows_follow_from_declarations(properties, app):
    node = app.document.layer(app.active)
    wanted = [name for name, known in settable(node).items() if known.panel]
    assert wanted and list(properties.rows.controls) == wanted
    box = properties.rows.controls["tag"].widget
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert app.document.layer(node.id).tag == "red"
    assert app.document.history.steps[-1].name == "Colour tag of tree"
    app.verbs.perform("edit.undo")
    assert box.currentText() == "None"


def test_a_locked_row_is_dimmed(properties, app):
    app.verbs.set_property(app.active, "locked", True)
    # A tag is only for finding a layer again.
    assert properties.rows.controls["tag"].widget.isEnabled()
