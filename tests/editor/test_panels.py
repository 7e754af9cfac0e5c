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
def found(session, qtbot):
    made = FoundPanel(session)
    qtbot.addWidget(made)
    made.resize(312, 200)
    made.show()
    return made


@pytest.fixture
def properties(session, qtbot):
    session.perform("object.lift", object=1)
    made = PropertiesPanel(session)
    qtbot.addWidget(made)
    made.resize(312, 200)
    made.show()
    made.activateWindow()
    return made


def test_chips_name_what_was_found_things_first(found):
    assert [c.text() for c in found.chips] == ["Tree", "Car 1", "Car 2", "Sky"]
    assert not found.lift_all.isHidden()


def test_a_click_on_a_chip_lifts_its_object(found, session):
    QTest.mouseClick(found.chips[2], LEFT)
    assert session.document.layers[-1].bounds() == (110, 50, 24, 24)
    assert [c.text() for c in found.chips] == ["Tree", "Car", "Sky"]
    QTest.mouseClick(found.chips[0], LEFT)
    assert session.document.layers[-1].name == "Tree"
    session.perform("edit.undo")
    assert [c.text() for c in found.chips] == ["Tree", "Car", "Sky"]


def test_hover_and_focus_show_the_object(found, session, qtbot):
    seen = []
    session.hovered.connect(seen.append)
    QTest.mouseMove(found.chips[0], QPoint(10, 10))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1].label == "tree"
    found.chips[3].hovered.emit(found.chips[3].index)
    assert seen[-1].label == "sky"
    found.chips[3].hovered.emit(None)
    assert seen[-1] is None


def test_lift_all_and_the_empty_sentence(found, session):
    QTest.mouseClick(found.lift_all, LEFT)
    assert [c.text() for c in found.chips] == ["Sky"]
    session.show(None)
    assert found.chips == []
    assert found.lift_all.isHidden()
    assert not found._empty.isHidden()


def test_chips_wrap_and_are_not_cut(found, session, qapp, qtbot):
    apply_theme(qapp, "dark")
    try:
        qtbot.wait(20)
        one_line = max(c.geometry().bottom() for c in found.chips)
        found.resize(150, 120)
        qtbot.wait(20)
        lowest = max(c.geometry().bottom() for c in found.chips)
        assert lowest > one_line and found._holder.height() > lowest, "all can be scrolled to"
        assert all(c.geometry().right() < 150 for c in found.chips)
        assert all(c.width() >= c.sizeHint().width() for c in found.chips)
    finally:
        qapp.setStyleSheet("")


def test_history_lists_steps_and_goes_where_it_is_clicked(session, qtbot):
    panel = HistoryPanel(session)
    qtbot.addWidget(panel)
    panel.resize(312, 300)
    panel.show()
    session.perform("object.lift", object=1)
    model = panel.view.model()
    texts = [model.index(r, 0).data() for r in range(model.rowCount())]
    assert texts == ["Open street.jpg", "Find objects", "Lift tree"]
    row = panel.view.visualRect(model.index(1, 0))
    QTest.mouseClick(panel.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, row.center())
    assert len(session.document.layers) == 1
    assert session.document.history.position == 1
    assert not panel.grab().isNull()


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_position_is_the_corner_on_the_canvas(properties, session):
    tree = session.active
    assert properties.fields["x"].value() == 10
    assert properties.fields["x"].text() == "10 px"
    type_into(properties.fields["x"], "25")
    type_into(properties.fields["y"], "-4")
    assert session.document.layer(tree).bounds()[:2] == (25, -4)
    assert session.document.history.steps[-1].name == "Move tree"


def test_size_keeps_proportions_and_middle(properties, session):
    tree = session.active
    type_into(properties.fields["w"], "200")
    assert session.document.layer(tree).bounds() == (-5, 25, 60, 60)
    assert properties.fields["h"].value() == 200
    properties.link.click()
    type_into(properties.fields["h"], "100")
    assert session.document.layer(tree).bounds() == (-5, 40, 60, 30)


def test_a_flipped_layer_stays_flipped_when_sized(properties, session):
    QTest.mouseClick(properties.flip_horizontal, LEFT)
    type_into(properties.fields["w"], "50")
    transform = session.document.layer(session.active).transform
    assert transform.scale_x == pytest.approx(-0.5)
    assert transform.scale_y == pytest.approx(0.5)
    QTest.mouseClick(properties.flip_vertical, LEFT)
    assert session.document.layer(session.active).transform.scale_y == pytest.approx(-0.5)


def test_turning_keeps_the_middle(properties, session):
    type_into(properties.fields["turn"], "45")
    layer = session.document.layer(session.active)
    assert layer.transform.degrees == 45
    half = 15 * math.sqrt(2)
    assert corner(layer) == pytest.approx((25 - half, 55 - half))


def test_arrow_keys_in_one_field_are_one_step(properties, session):
    steps = len(session.document.history.steps)
    field = properties.fields["x"]
    field.setFocus()
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Up)
    assert session.document.layer(session.active).bounds()[0] == 13
    assert len(session.document.history.steps) == steps + 1


def test_it_follows_the_canvas_and_locks(properties, session):
    session.perform("layer.place", layer=session.active, transform=Transform(dx=3.5))
    assert properties.fields["x"].text() == "13.5 px"
    session.set_property(session.active, "locked", True)
    assert not properties.fields["x"].isEnabled()
    assert properties.header.title == "Tree"


def test_the_backdrop_shows_its_holes(properties, session):
    backdrop = session.document.layers[0]
    session.set_active(backdrop.id)
    assert properties.fields["x"].isHidden() or not properties.fields["x"].isVisible()
    assert properties.fill.holes_text == "Filling…"
    part = parts(session.document.tree, backdrop)[0]
    _, _, w, h = part.mask.box
    session.document.put_fill(part, Patch(*part.mask.box[:2], np.zeros((h, w, 3), np.uint8)))
    assert properties.fill.holes_text == "1 hole filled"
    QTest.mouseClick(properties.fill.again, LEFT)
    assert session.document.layers[0].holes[0].options.seed == 1
    assert properties.fill.holes_text == "Filling…"
    session.perform("edit.undo")
    session.perform("edit.undo")
    assert not properties.fill.again.isVisible()


def test_no_document(properties, session):
    session.show(None)
    assert properties.header.title == "Properties"
    assert not properties.fill.again.isVisible()


def test_rows_follow_from_declarations(properties, session):
    node = session.document.layer(session.active)
    wanted = [name for name, known in settable(node).items() if known.panel]
    assert wanted and list(properties.rows.controls) == wanted
    box = properties.rows.controls["tag"].widget
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert session.document.layer(node.id).tag == "red"
    assert session.document.history.steps[-1].name == "Colour tag of tree"
    session.perform("edit.undo")
    assert box.currentText() == "None"


def test_a_locked_row_is_dimmed(properties, session):
    session.set_property(session.active, "locked", True)
    # A tag is only for finding a layer again.
    assert properties.rows.controls["tag"].widget.isEnabled()
