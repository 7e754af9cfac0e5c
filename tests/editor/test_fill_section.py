from dataclasses import replace

import pytest
from events import run_events
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inpaint_studio.basics import Mask
from inpaint_studio.basics.parameters import Parameter
from inpaint_studio.basics.values import Choice, Flag
from inpaint_studio.document import FillOptions
from inpaint_studio.editor.panels import PropertiesPanel
from inpaint_studio.editor.theme import PANEL_WIDTH, apply_theme
from inpaint_studio.engines import registry
from inpaint_studio.studio.verbs import VERBS
from inpaint_studio.studio.verbs.filling import value_verb

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def section(app, qtbot):
    app.verbs.perform("object.lift", object=1)
    app.workspace.set_active(app.document.layers[0].id)
    panel = PropertiesPanel(app)
    qtbot.addWidget(panel)
    panel.resize(312, 320)
    panel.show()
    panel.activateWindow()
    made = panel.fill
    made.panel = panel
    return made


def options(app):
    return app.document.layers[0].holes[-1].options


def last(app):
    return app.document.history.steps[-1].name


def test_the_choices_are_behind_a_button_that_opens_the_strip_too(section, app):
    assert not section.filler.isVisible()
    QTest.mouseClick(section.options, LEFT)
    assert section.filler.isVisible() and app.fills.target is not None
    assert section.holes_text == "Fill 1"
    QTest.mouseClick(section.options, LEFT)
    assert not section.filler.isVisible()


def test_every_filler_can_be_chosen_by_keys(section, app):
    QTest.mouseClick(section.options, LEFT)
    names = [section.filler.itemText(i) for i in range(section.filler.count())]
    assert names[0] == "Automatic" and "Smooth and quick" in names and len(set(names)) == len(names)
    section.filler.setFocus()
    for _ in range(names.index("Smooth and quick")):
        QTest.keyClick(section.filler, Qt.Key.Key_Down)
    assert options(app).filler == "telea" and last(app) == "Filler: smooth and quick"
    app.document.go_to(2)
    assert section.filler.currentText() == "Automatic"


def test_a_filler_that_is_not_here_is_shown_and_kept(section, app):
    app.document.update("Open", _with(app, FillOptions("magic")))
    assert section.filler.currentText() == "magic"
    QTest.mouseClick(section.again, LEFT)
    assert options(app).filler == "magic" and options(app).seed == 1


def _with(app, chosen):
    layer = app.document.layers[0]
    return replace(layer, holes=tuple(replace(h, options=chosen) for h in layer.holes))


def test_a_drag_of_the_slider_is_one_step_and_the_next_another(section, app):
    QTest.mouseClick(section.options, LEFT)
    steps = len(app.document.history.steps)
    slider = section.controls["adaptation"].slider.slider
    middle = slider.rect().center()
    QTest.mousePress(slider, LEFT, pos=middle)
    QTest.mouseMove(slider, middle + QPoint(-10, 0))
    QTest.mouseMove(slider, middle + QPoint(-20, 0))
    assert len(app.document.history.steps) == steps, "filled when it is let go"
    QTest.mouseRelease(slider, LEFT, pos=middle + QPoint(-20, 0))
    assert len(app.document.history.steps) == steps + 1
    assert 0.1 < dict(options(app).values)["adaptation"] < 0.6 and last(app) == "Colour adaptation of fill"
    QTest.mouseClick(slider, LEFT, pos=QPoint(2, middle.y()))
    assert len(app.document.history.steps) == steps + 2 and options(app).values == (("adaptation", 0.0),)
    app.verbs.perform("edit.undo")
    app.verbs.perform("edit.undo")
    assert section.controls["adaptation"].slider.value == 100 and options(app).values == ()


def test_a_seed_can_be_typed(section, app):
    QTest.mouseClick(section.options, LEFT)
    section.seed.setFocus()
    section.seed.selectAll()
    QTest.keyClicks(section.seed, "17")
    QTest.keyClick(section.seed, Qt.Key.Key_Return)
    assert options(app).seed == 17 and last(app) == "Fill again"
    QTest.mouseClick(section.again, LEFT)
    assert section.seed.value() == 18


def test_the_sampling_area_is_asked_for_and_forgotten(section, app, qtbot):
    QTest.mouseClick(section.options, LEFT)
    assert section.anywhere.isChecked() and not section.paint.isChecked()
    asked = []
    app.verbs.asked.connect(asked.append)
    QTest.mouseClick(section.paint, LEFT)
    assert asked == ["fill.paint_sample"]
    assert not section.paint.isChecked(), "nothing is painted yet"
    area = Mask.place(app.document.state.found[0].mask.crop, 3, 3)
    app.verbs.perform("fill.sample", mask=area)
    assert section.paint.isChecked() and not section.anywhere.isChecked()
    QTest.mouseClick(section.anywhere, LEFT)
    assert options(app).sample is None and last(app) == "Clear sampling area"
    steps = len(app.document.history.steps)
    QTest.mouseClick(section.anywhere, LEFT)
    assert section.anywhere.isChecked() and len(app.document.history.steps) == steps


def test_a_cutout_offers_the_fill_behind_it(section, app):
    app.verbs.perform("object.lift", object=1)
    assert section.isVisible() and section.holes_text.startswith("Behind it: ")
    QTest.mouseClick(section.again, LEFT)
    assert [h.options.seed for h in app.document.layers[0].holes] == [0, 1]
    app.verbs.perform("layer.put_back", layer=app.active)
    assert section.panel.header.title in ("Tree", "Backdrop")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_everything_fits_into_the_panel(section, app, qapp, theme):
    apply_theme(qapp, theme)
    QTest.mouseClick(section.options, LEFT)
    run_events(20)
    assert section.panel.minimumSizeHint().width() <= PANEL_WIDTH, "it would widen the column"
    for widget in (
        section.filler,
        section.controls["adaptation"].widget,
        section.anywhere,
        section.paint,
        section.seed,
    ):
        corner = widget.mapTo(section.panel, widget.rect().bottomRight())
        assert section.panel.rect().contains(corner), widget.accessibleName()
        # What has room for any number or name in its hint may be narrower.
        assert widget in (section.seed, section.filler) or widget.width() >= widget.minimumSizeHint().width()
    qapp.setStyleSheet("")


def test_a_filler_has_the_rows_that_it_declares(section, app, monkeypatch):
    declared = (
        Parameter("order", Choice(("rows", "columns")), "rows", "Order", "What is painted first"),
        Parameter("mirrored", Flag(), False, "Mirrored", "Also from the mirrored photo"),
    )
    known = tuple(
        replace(e, parameters=declared, takes=frozenset()) if e.id == "telea" else e
        for e in registry.engines("filler")
    )
    monkeypatch.setattr(registry, "_described", lambda: known)
    for parameter in declared:
        verb = value_verb(parameter)
        monkeypatch.setitem(VERBS, verb.id, verb)
    QTest.mouseClick(section.options, LEFT)
    assert list(section.controls) == ["adaptation"]
    assert section.anywhere.isVisible()
    app.verbs.perform("fill.filler", filler="telea")
    assert list(section.controls) == ["order", "mirrored"]
    assert not section.anywhere.isVisible(), "it does not heed a sampling area"
    QTest.keyClick(section.controls["mirrored"].widget, Qt.Key.Key_Space)
    assert options(app).values == (("mirrored", True),)
    assert last(app) == "Mirrored of fill"
    box = section.controls["order"].widget
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert dict(options(app).values) == {"mirrored": True, "order": "columns"}
    app.verbs.perform("edit.undo")
    app.verbs.perform("edit.undo")
    assert options(app).values == () and not section.controls["mirrored"].widget.isChecked()
    app.verbs.perform("fill.filler", filler="auto")
    assert list(section.controls) == ["adaptation"]
