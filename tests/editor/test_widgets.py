import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from inpaint_studio.editor.widgets import ElidedLabel, FlowLayout, LabelledSlider, PanelHeader, icon_button

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def size(qtbot):
    made = LabelledSlider("Size", 1, 501, value=40, unit="px", curve=2.0)
    qtbot.addWidget(made)
    made.resize(260, 28)
    made.show()
    made.told = []
    made.changed.connect(made.told.append)
    made.finished.connect(lambda: made.told.append("finished"))
    return made


def test_setting_a_value_tells_nobody(size):
    size.set_value(126)
    assert size.value == 126
    assert size.text == "126 px"
    assert size.slider.value() == 500
    size.set_value(9999)
    assert size.value == 501
    assert size.told == []


def test_keys_go_by_units(size):
    size.slider.setFocus()
    QTest.keyClick(size.slider, Qt.Key.Key_Right)
    QTest.keyClick(size.slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert size.told == [41, "finished", 31, "finished"]


def test_a_drag_tells_every_value_and_its_end(size):
    slider = size.slider
    QTest.mousePress(slider, LEFT, NONE, QPoint(20, 14))
    size.set_value(400)
    assert size.value != 400
    for x in (40, 60, 80):
        QTest.mouseMove(slider, QPoint(x, 14))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(80, 14))
    values = [v for v in size.told if v != "finished"]
    assert values == sorted(values)
    assert len(values) >= 3
    assert size.told.count("finished") == 1
    assert size.told[-1] == "finished"


def test_a_double_click_goes_back_to_the_default(size):
    size.set_value(300)
    QTest.mouseDClick(size.slider, LEFT, NONE, QPoint(100, 14))
    assert size.value == 40
    assert size.told[-2:] == [40, "finished"]


def test_the_slider_does_not_jump_with_the_length_of_its_number(size):
    before = size.slider.geometry()
    size.set_value(1)
    assert size.slider.geometry() == before


def test_long_text_is_elided_and_told_whole(qtbot):
    made = ElidedLabel("A very long text that has no room at all")
    qtbot.addWidget(made)
    made.resize(90, 20)
    made.show()
    assert made.text().endswith("…")
    assert made.toolTip() == made.whole_text
    made.resize(600, 20)
    assert made.text() == made.whole_text
    assert made.toolTip() == ""


def test_header(qtbot):
    header = PanelHeader("Layers", closable=True)
    qtbot.addWidget(header)
    extra = icon_button("trash", "Delete (Del)")
    header.add(extra)
    header.resize(300, 34)
    header.show()
    assert extra.geometry().right() < header.close_button.geometry().left()
    assert extra.accessibleName() == "Delete (Del)"
    with qtbot.waitSignal(header.close_requested):
        QTest.mouseClick(header.close_button, LEFT)


def test_flow_wraps(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(holder, gap=4)
    flow.setContentsMargins(10, 10, 10, 10)
    for _ in range(3):
        piece = QLabel()
        piece.setFixedSize(50, 20)
        flow.addWidget(piece)
    assert flow.heightForWidth(178) == 40
    assert flow.heightForWidth(177) == 64
    assert flow.heightForWidth(10) == 88
    assert flow.takeAt(9) is None
    assert flow.takeAt(0) is not None
    assert flow.count() == 2
