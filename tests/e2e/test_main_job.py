"""The whole job, from the start screen to the exported picture, by mouse and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ball import BALL, photo
from dropping import dropped
from events import wait
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton
from robot import LEFT, Robot

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document
from inpaint_studio.editor.dialogs.export import ExportDialog
from inpaint_studio.editor.panels import FoundPanel
from inpaint_studio.render import render

X, Y, RADIUS = BALL
SHIFT = Qt.KeyboardModifier.ShiftModifier


def opened(robot: Robot) -> Document:
    """Clicks the photo on the start screen."""
    tile = robot.window.start.tiles()[0]
    wait(tile.isVisible, "the tile")
    QTest.mouseClick(tile, LEFT)
    wait(lambda: robot.window.app.document is not None, "the photo")
    robot.settle()
    document = robot.window.app.document
    assert document is not None
    return document


def found(robot: Robot) -> None:
    robot.push(robot.window.options, "Find objects")
    assert robot.window.app.document is not None
    document = robot.window.app.document
    wait(lambda: any(o.kind == "thing" for o in document.state.found), "objects")
    robot.settle()
    at = robot.window.scene.found_at(X, Y)
    assert at is not None and at.kind == "thing", [
        (o.label, o.kind, o.mask.box) for o in document.state.found
    ]


def names(robot: Robot) -> list[str]:
    document = robot.window.app.document
    return [] if document is None else [str(step.name) for step in document.history.steps]


def difference(a: np.ndarray, b: np.ndarray) -> int:
    return int(np.abs(a.astype(int) - b.astype(int)).max())


def reddish(pixels: np.ndarray) -> np.ndarray:
    """Rows and columns of what is as red as the ball."""
    return np.argwhere((pixels[..., 0] > 120) & (pixels[..., 1] < 90))


def test_click_lifts_and_the_picture_stays_as_it_was(robot: Robot) -> None:
    document = opened(robot)
    found(robot)
    robot.click(X, Y)
    robot.settle()
    assert [layer.kind for layer in document.layers] == ["backdrop", "cutout"]
    assert not document.missing_parts()
    assert difference(robot.shown(), photo()) <= 2
    assert difference(render(document.snapshot()).pixels[..., :3], photo()) <= 2


def test_one_gesture_lifts_and_moves_and_the_hole_is_filled(robot: Robot) -> None:
    document = opened(robot)
    found(robot)
    robot.drag((X, Y), (X - 60, Y - 20), (X - 120, Y - 30))
    robot.settle()
    assert names(robot)[-2:] == ["Lift object", "Move object"]
    out = robot.shown()
    moved, before = reddish(out).mean(axis=0), reddish(photo()).mean(axis=0)
    assert np.abs(moved - before - (-30, -120)).max() < 3, "y, x"
    behind = out[Y - 20 : Y + 20, X - 10 : X + 40].reshape(-1, 3).mean(axis=0)
    assert behind[1] > behind[0], f"grass is expected behind the ball, not {behind}"
    assert np.array_equal(out, render(document.snapshot()).pixels[..., :3])


def full_job(robot: Robot) -> Document:
    """Find, lift and move, scale, paint the mask, remove: leaves the robot with the brush in hand."""
    document = opened(robot)
    found(robot)
    robot.drag((X, Y), (X - 120, Y - 20))
    box = robot.window.column.tools["move"].box
    corner = box.handle_at((1, 1))
    robot.drag((corner.x(), corner.y()), (corner.x() + 25, corner.y() + 25), modifiers=SHIFT)
    robot.settle()
    robot.key(Qt.Key.Key_B)
    robot.key(Qt.Key.Key_X)
    robot.drag((X - 120, Y - 60), (X - 100, Y - 60))
    robot.key(Qt.Key.Key_J)
    robot.drag((400, 250), (430, 260))
    return document


def test_undo_and_redo_everything_also_while_a_fill_runs(robot: Robot) -> None:
    document = full_job(robot)
    robot.settle()
    assert names(robot) == [
        "Find objects", "Lift object", "Move object", "Scale object", "Refine mask of object",
        "Remove painted area",
    ]  # fmt: skip
    end = render(document.snapshot()).pixels
    robot.drag((60, 250), (100, 260))
    wait(lambda: robot.window.app.workspace.worker.running(), "a fill to begin")
    while document.can_undo:
        robot.ctrl(Qt.Key.Key_Z)
    wait(lambda: not robot.window.app.workspace.is_filling, "the fill to be dropped")
    robot.settle()
    assert difference(robot.shown(), photo()) == 0
    for _ in range(6):
        robot.ctrl(Qt.Key.Key_Z, SHIFT)
    robot.settle()
    assert np.array_equal(render(document.snapshot()).pixels, end)
    assert np.array_equal(robot.shown(), end[..., :3])


def save_as(robot: Robot, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The system's own file dialog can't be driven; everything behind it is real.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    robot.ctrl(Qt.Key.Key_S)
    wait(path.exists, "the project")
    robot.settle()


def export(robot: Robot, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports through the dialog, pressing its buttons."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, ExportDialog):
            QTimer.singleShot(50, answer)
            return
        for text in ("Choose…", "Export"):
            buttons = [b for b in dialog.findChildren(QPushButton) if b.text() == text]
            QTest.mouseClick(buttons[0], LEFT)

    QTimer.singleShot(0, answer)
    robot.ctrl(Qt.Key.Key_E, SHIFT)
    wait(path.exists, "the exported file")
    robot.settle()
    # Without a window manager nobody gives the focus back.
    robot.window.activateWindow()
    assert QTest.qWaitForWindowActive(robot.window)


def test_saved_reopened_and_exported_as_shown(
    robot: Robot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = full_job(robot)
    robot.settle()
    before, shown = render(document.snapshot()).pixels, robot.shown()
    project, picture = tmp_path / "ball.ora", tmp_path / "out.png"
    save_as(robot, project, monkeypatch)
    assert not document.modified
    export(robot, picture, monkeypatch)
    exported = np.asarray(Image.open(picture).convert("RGB"))
    assert np.array_equal(exported, shown)

    robot.ctrl(Qt.Key.Key_W)
    assert robot.window.app.document is None
    tile = next(t for t in robot.window.start.tiles() if t.path == project)
    QTest.mouseClick(tile, LEFT)
    wait(lambda: robot.window.app.document is not None, "the project")
    robot.settle()
    again = robot.window.app.document
    assert again is not None and again is not document
    assert not again.missing_parts(), "the saved fills are used"
    assert np.array_equal(render(again.snapshot()).pixels, before)
    assert np.array_equal(robot.shown(), shown)
    robot.key(Qt.Key.Key_V)
    robot.click(X - 120, Y - 10)
    robot.key(Qt.Key.Key_Right)
    assert again.layers[1].transform.dx == document.layers[1].transform.dx + 1


def test_select_by_click_then_delete_removes_in_one_step(robot: Robot) -> None:
    document = opened(robot)
    robot.key(Qt.Key.Key_W)
    robot.click(X, Y)
    wait(lambda: document.state.selection is not None, "a selection")
    robot.settle()
    selection = document.state.selection
    assert selection is not None and 0.6 < selection.area / (np.pi * RADIUS**2) < 1.5
    robot.key(Qt.Key.Key_Delete)
    robot.settle()
    assert names(robot)[-1] == "Remove selection"
    assert len(document.layers) == 1 and len(document.layers[0].holes) == 1
    out = robot.shown()
    assert ((out[..., 0] > 150) & (out[..., 1] < 90)).sum() < 40


def test_rectangle_lasso_and_brush_combine(robot: Robot) -> None:
    document = opened(robot)
    robot.key(Qt.Key.Key_M)
    robot.drag((20, 20), (120, 100))
    assert document.state.selection is not None
    assert document.state.selection.area == pytest.approx(100 * 80, rel=0.03)
    robot.drag((60, 10), (200, 60), modifiers=Qt.KeyboardModifier.AltModifier)
    assert document.state.selection.area == pytest.approx(100 * 80 - 60 * 40, rel=0.05)
    robot.key(Qt.Key.Key_L)
    robot.drag((300, 20), (400, 20), (400, 80), (300, 80), (300, 22), modifiers=SHIFT)
    assert document.state.selection.full((320, 480))[50, 350] == 255
    robot.key(Qt.Key.Key_B)
    robot.drag((200, 280), (260, 280))
    assert document.state.selection is not None
    assert document.state.selection.full((320, 480))[280, 230] == 255
    robot.key(Qt.Key.Key_V)
    robot.ctrl(Qt.Key.Key_D)
    assert document.state.selection is None


def test_original_while_backslash_is_held(robot: Robot) -> None:
    opened(robot)
    robot.key(Qt.Key.Key_J)
    robot.drag((X - 30, Y), (X + 30, Y))
    robot.settle()
    after = robot.shown()
    assert difference(after, photo()) > 50
    QTest.keyPress(robot.view, Qt.Key.Key_Backslash)
    assert difference(robot.shown(), photo()) == 0
    QTest.keyRelease(robot.view, Qt.Key.Key_Backslash)
    assert np.array_equal(robot.shown(), after)


def test_lift_all_is_one_step_and_digits_set_the_opacity(robot: Robot) -> None:
    document = opened(robot)
    found(robot)
    robot.push(robot.window.options, "Lift all")
    robot.settle()
    assert names(robot)[-1] == "Lift all objects" and len(document.layers) >= 2
    assert difference(robot.shown(), photo()) == 0
    robot.key(Qt.Key.Key_V)
    robot.key(Qt.Key.Key_4)
    assert document.layers[-1].opacity == 0.4
    robot.ctrl(Qt.Key.Key_Z)
    robot.ctrl(Qt.Key.Key_Z)
    assert len(document.layers) == 1


def test_eraser_takes_away_from_a_selection_on_the_backdrop(robot: Robot) -> None:
    document = opened(robot)
    robot.key(Qt.Key.Key_M)
    robot.drag((20, 20), (220, 200))
    robot.key(Qt.Key.Key_E)
    robot.drag((100, 100), (140, 100))
    assert document.state.selection is not None
    selection = document.state.selection.full((320, 480))
    assert selection[100, 120] == 0 and selection[180, 120] == 255


def test_a_damaged_photo_is_one_sentence_and_the_document_stays(robot: Robot, tmp_path: Path) -> None:
    document = opened(robot)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    errors: list[str] = []
    robot.window.app.notices.error.connect(errors.append)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(broken))])
    dropped(robot.view.viewport(), robot.place(X, Y), files)
    wait(lambda: errors, "the error")
    assert len(errors) == 1 and "broken.png" in errors[0] and errors[0].count("\n") == 0
    assert robot.window.app.document is document and not document.modified


def test_closing_asks_and_saves_first(robot: Robot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = opened(robot)
    robot.key(Qt.Key.Key_M)
    robot.drag((20, 20), (60, 60))
    assert not document.modified, "a selection is no work to lose"
    robot.ctrl(Qt.Key.Key_L)
    robot.settle()
    assert document.modified
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: QMessageBox.StandardButton.Cancel)
    robot.ctrl(Qt.Key.Key_W)
    assert robot.window.app.document is document
    path = tmp_path / "kept.ora"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: QMessageBox.StandardButton.Save)
    robot.ctrl(Qt.Key.Key_W)
    wait(lambda: robot.window.app.document is None, "the document to close")
    assert path.exists()


def test_tab_hides_the_panels_only_from_the_canvas(robot: Robot) -> None:
    opened(robot)
    docks = robot.window.docks.all
    robot.key(Qt.Key.Key_Tab)
    assert not any(dock.isVisible() for dock in docks)
    robot.key(Qt.Key.Key_Tab)
    assert all(dock.isVisible() for dock in docks)
    QTest.keyClick(docks[0].widget().list, Qt.Key.Key_Tab)
    assert all(dock.isVisible() for dock in docks)


def test_deleting_what_is_dragged_ends_the_drag(robot: Robot) -> None:
    document = opened(robot)
    found(robot)
    robot.click(X, Y)
    robot.settle()
    robot.press(X, Y)
    QTest.mouseMove(robot.view.viewport(), robot.place(X - 40, Y))
    QTest.mouseMove(robot.view.viewport(), robot.place(X - 60, Y))
    robot.key(Qt.Key.Key_Delete)
    QTest.mouseMove(robot.view.viewport(), robot.place(X - 80, Y))
    QTest.mouseRelease(robot.view.viewport(), LEFT, pos=robot.place(X - 80, Y))
    robot.settle()
    assert names(robot)[-1] == "Delete object" and len(document.layers) == 1
    assert not robot.window.column.tools["move"].box.isVisible()
    assert np.array_equal(robot.shown(), render(document.snapshot()).pixels[..., :3])


def test_a_dragged_copy_is_one_step_and_escape_takes_it_back(robot: Robot) -> None:
    document = opened(robot)
    found(robot)
    robot.click(X, Y)
    robot.settle()
    # Ctrl: it rests on nothing on the way.
    robot.drag(
        (X, Y), (X - 60, Y), modifiers=Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
    )
    assert [layer.name for layer in document.layers] == ["Backdrop", "Object", "Object copy"]
    assert names(robot)[-1] == "Duplicate object" and document.layers[2].transform.dx == -60
    robot.ctrl(Qt.Key.Key_Z)
    assert len(document.layers) == 2


def test_canvas_keys_work_after_a_click_in_a_panel(robot: Robot) -> None:
    opened(robot)
    robot.key(Qt.Key.Key_J)
    robot.drag((40, 250), (70, 250))
    robot.settle()
    after = robot.shown()
    layers = robot.window.layers.list
    QTest.mouseClick(layers.viewport(), LEFT, pos=layers.viewport().rect().center())
    layers.setFocus()
    QTest.keyPress(layers, Qt.Key.Key_Backslash)
    assert difference(robot.shown(), photo()) == 0
    # Reading the picture took the hand tool, and with it the focus.
    QTest.keyRelease(QApplication.focusWidget(), Qt.Key.Key_Backslash)
    assert np.array_equal(robot.shown(), after)
    # Keys that no tool wants: on the backdrop there is no opacity to set.
    robot.key(Qt.Key.Key_V)
    for widget in (robot.view, layers, robot.window):
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_5)
        QTest.keyClick(widget, Qt.Key.Key_X)
    assert names(robot) == ["Remove painted area"]


def test_a_stopped_fill_stays_stopped_until_it_is_asked_for_again(robot: Robot) -> None:
    document = opened(robot)
    robot.key(Qt.Key.Key_J)
    robot.drag((40, 230), (420, 250))
    wait(lambda: robot.window.app.workspace.worker.running(), "the fill")
    for job in robot.window.app.workspace.worker.running():
        job.cancel()
    robot.settle()
    assert document.unfilled_parts() and not document.missing_parts()
    robot.drag((200, 20), (210, 20))
    robot.settle()
    assert len(document.unfilled_parts()) == 1, "the other hole is filled, the stopped one is not"
    # Not for the hole that was just removed, which the strip is for.
    robot.key(Qt.Key.Key_Escape)
    robot.key(Qt.Key.Key_R, SHIFT)
    robot.settle()
    assert not document.unfilled_parts()


def test_delete_cuts_the_selection_off_the_active_cutout(robot: Robot) -> None:
    document = opened(robot)
    found(robot)
    robot.drag((X, Y), (X - 120, Y - 20))
    robot.settle()
    before = document.layers[1].mask
    robot.key(Qt.Key.Key_M)
    robot.drag((X - 180, Y - 90), (X - 60, Y - 20))
    robot.key(Qt.Key.Key_Delete)
    robot.settle()
    after = document.layers[1].mask
    assert before is not None and after is not None and after.area < 0.7 * before.area
    assert names(robot)[-1] == "Erase selection from object"


def test_what_is_found_under_the_resting_pointer_lights_up_and_delete_removes_it(robot: Robot) -> None:
    document = opened(robot)
    robot.rest(X, Y)
    assert robot.window.scene.highlighted is None
    disc = Mask.place(np.full((2 * RADIUS, 2 * RADIUS), 255, np.uint8), X - RADIUS, Y - RADIUS)
    document.offer([FoundObject(disc, "ball", 0.9)])
    assert robot.window.scene.highlighted is disc
    panel = robot.window.findChild(FoundPanel)
    assert panel is not None and [c.text() for c in panel.chips if c.property("pointed")] == ["Ball"]
    robot.key(Qt.Key.Key_Delete)
    robot.settle()
    assert names(robot) == ["Remove ball"] and not len(reddish(robot.shown()))
