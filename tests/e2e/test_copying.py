"""Copy means the object: with its own edge, place and name, between documents, windows and programs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from ball import BALL, photo
from dropping import dropped
from events import run_events, wait
from PIL import Image
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage

from inpaint_studio.basics import Cancelled, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor import layer_mime
from inpaint_studio.render import render
from inpaint_studio.studio import lift

if TYPE_CHECKING:
    from robot import Robot

X, Y, RADIUS = BALL
SHIFT = Qt.KeyboardModifier.ShiftModifier


def disc() -> Mask:
    down, across = np.mgrid[-RADIUS:RADIUS, -RADIUS:RADIUS] + 0.5
    inside = down**2 + across**2 < RADIUS**2
    return Mask.place(np.where(inside, 255, 0).astype(np.uint8), X - RADIUS, Y - RADIUS)


@pytest.fixture
def first(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> Document:
    """A document with a lifted ball, active, in front of an empty one."""

    def stopped(*_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(lift, "make_cut", stopped)
    workspace = robot.window.app.workspace
    workspace.open(Document(Photo(np.full((500, 600, 3), 60, np.uint8), "second.png")))
    opened = workspace.open(Document(Photo(photo(), "ball.png")))
    opened.set_active(lift.lift(opened.document, disc(), "ball"))
    robot.settle()
    return opened.document


def encoded_on_clipboard() -> bool:
    return QGuiApplication.clipboard().mimeData().hasFormat(layer_mime.PNG)


def test_the_object_is_pasted_into_another_document_where_one_looks(robot: Robot, first: Document) -> None:
    window = robot.window
    robot.ctrl(Qt.Key.Key_C)
    robot.ctrl(Qt.Key.Key_Tab)
    robot.view.set_zoom(2.0)
    robot.view.centerOn(320, 240)
    looked_at = robot.view.outlook.middle
    robot.ctrl(Qt.Key.Key_V)
    second = window.app.document
    assert second is not first and [layer.name for layer in second.layers] == ["Backdrop", "Ball"]
    x, y, w, h = second.layers[1].bounds()
    assert (w, h) == (2 * RADIUS, 2 * RADIUS), "its own bounds"
    assert abs(x + w / 2 - looked_at.x()) <= 1 and abs(y + h / 2 - looked_at.y()) <= 1
    assert window.app.active == second.layers[1].id
    assert second.history.steps[-1].name == "Paste ball"
    seen = render(second.snapshot(), (x, y, w, h)).pixels
    own = photo()[Y - RADIUS : Y + RADIUS, X - RADIUS : X + RADIUS]
    inside = disc().crop > 0
    assert np.array_equal(seen[..., :3][inside], own[inside])
    assert (seen[..., :3][~inside] == 60).all(), "its own edge"


def test_what_was_pasted_is_an_object_like_any_other(robot: Robot, first: Document) -> None:
    robot.ctrl(Qt.Key.Key_C)
    robot.ctrl(Qt.Key.Key_Tab)
    robot.ctrl(Qt.Key.Key_V)
    second, app = robot.window.app.document, robot.window.app
    ball = second.layers[1]
    middle = Mask.place(np.full((20, 20), 255, np.uint8), *(290, 240))
    app.verbs.perform("selection.set", mask=middle)
    app.verbs.perform("selection.lift")
    assert [layer.name for layer in second.layers] == ["Backdrop", "Ball", "Object"]
    assert second.layer(ball.id).holes[0].owner == second.layers[2].id, "the hole is in the ball"
    robot.settle()


def test_in_place_it_lies_where_it_was(robot: Robot, first: Document) -> None:
    ball = first.layers[1]
    robot.ctrl(Qt.Key.Key_C)
    robot.ctrl(Qt.Key.Key_V, SHIFT)
    assert [layer.name for layer in first.layers] == ["Backdrop", "Ball", "Ball 2"]
    assert first.layers[2].bounds() == ball.bounds()


def test_cut_of_a_layer_takes_it_away_and_leaves_its_hole(robot: Robot, first: Document) -> None:
    robot.ctrl(Qt.Key.Key_X)
    assert [layer.name for layer in first.layers] == ["Backdrop"] and len(first.layers[0].holes) == 1
    robot.settle()
    robot.ctrl(Qt.Key.Key_V)
    assert [layer.name for layer in first.layers] == ["Backdrop", "Ball"]


def test_the_selection_of_the_active_layer_is_copied_and_cut_by_filling(
    robot: Robot, first: Document
) -> None:
    window = robot.window
    window.app.workspace.set_active(first.layers[0].id)
    square = Mask.place(np.full((30, 40), 255, np.uint8), 10, 12)
    window.app.verbs.perform("selection.set", mask=square)
    robot.ctrl(Qt.Key.Key_X)
    assert first.layers[0].holes[-1].mask.intersection(square).area == square.area, "filled over"
    robot.settle()
    robot.ctrl(Qt.Key.Key_V, SHIFT)
    pasted = first.layers[-1]
    assert pasted.bounds() == (10, 12, 40, 30)
    assert np.array_equal(pasted.pixels(pasted.source_box), photo()[12:42, 10:50])


def test_nothing_of_the_active_layer_in_the_selection_is_said(robot: Robot, first: Document) -> None:
    told: list[str] = []
    robot.window.app.notices.error.connect(told.append)
    robot.window.app.verbs.perform("selection.set", mask=Mask.place(np.full((5, 5), 255, np.uint8), 1, 1))
    robot.ctrl(Qt.Key.Key_C)
    assert told and "Copy merged" in told[0]


def test_other_programs_get_a_png_with_alpha(robot: Robot, first: Document) -> None:
    robot.ctrl(Qt.Key.Key_C)
    wait(encoded_on_clipboard, "the PNG")
    mime = QGuiApplication.clipboard().mimeData()
    picture = np.asarray(Image.open(io.BytesIO(bytes(mime.data(layer_mime.PNG).data()))))
    assert picture.shape == (2 * RADIUS, 2 * RADIUS, 4)
    assert np.array_equal(picture[..., 3], disc().crop)
    image: QImage = QGuiApplication.clipboard().image()
    assert image.width() == 2 * RADIUS and image.hasAlphaChannel()


def test_another_process_gets_the_layers_themselves(robot: Robot, first: Document) -> None:
    robot.ctrl(Qt.Key.Key_C)
    wait(encoded_on_clipboard, "the layers")
    mime = QGuiApplication.clipboard().mimeData()
    foreign = QMimeData()
    foreign.setData(layer_mime.OPENRASTER, mime.data(layer_mime.OPENRASTER))
    QGuiApplication.clipboard().setMimeData(foreign)
    robot.ctrl(Qt.Key.Key_Tab)
    robot.ctrl(Qt.Key.Key_V)
    second = robot.window.app.document
    assert [layer.name for layer in second.layers] == ["Backdrop", "Ball"]
    assert second.layers[1].mask.area == first.layers[1].mask.area


def test_copy_merged_takes_what_is_seen(robot: Robot, first: Document) -> None:
    robot.window.app.verbs.perform("selection.set", mask=disc())
    robot.ctrl(Qt.Key.Key_C, SHIFT)
    robot.settle()
    robot.ctrl(Qt.Key.Key_Tab)
    robot.ctrl(Qt.Key.Key_V)
    second = robot.window.app.document
    assert second.layers[1].name == "Merged" and second.layers[1].bounds()[2:] == (2 * RADIUS, 2 * RADIUS)


def test_a_picture_of_another_program_is_pasted_where_one_looks(robot: Robot, first: Document) -> None:
    image = QImage(30, 20, QImage.Format.Format_ARGB32)
    image.fill(0x80FF0000)
    QGuiApplication.clipboard().setImage(image)
    robot.ctrl(Qt.Key.Key_V)
    pasted = first.layers[-1]
    assert (pasted.name, pasted.bounds()[2:]) == ("Picture", (30, 20))
    assert (pasted.mask.crop == 128).all()
    assert first.history.steps[-1].name == "Paste picture"


def test_layers_are_dragged_onto_the_tab_of_another_document(robot: Robot, first: Document) -> None:
    window = robot.window
    mime = window.layers.model.mimeData(window.layers.list.selectedIndexes())
    dropped(window.tabs, window.tabs.tabRect(0).center(), mime)
    second = window.app.document
    assert second is not first and [layer.name for layer in second.layers] == ["Backdrop", "Ball"]
    assert len(first.layers) == 2


def test_layers_are_dropped_on_the_canvas_of_another_document_and_not_on_their_own(
    robot: Robot, first: Document
) -> None:
    window = robot.window
    mime = window.layers.model.mimeData(window.layers.list.selectedIndexes())

    def drop_at(x: float, y: float) -> None:
        dropped(window.view.viewport(), robot.place(x, y), mime)
        run_events(2)

    drop_at(50, 50)
    assert len(first.layers) == 2
    robot.ctrl(Qt.Key.Key_Tab)
    drop_at(100, 90)
    x, y, w, h = window.app.document.layers[1].bounds()
    assert abs(x + w / 2 - 100) <= 1 and abs(y + h / 2 - 90) <= 1


def test_an_empty_clipboard_is_said(robot: Robot, first: Document) -> None:
    told: list[str] = []
    robot.window.app.notices.message.connect(told.append)
    QGuiApplication.clipboard().clear()
    robot.ctrl(Qt.Key.Key_V)
    assert told == ["There is no picture on the clipboard; copy one first."]
