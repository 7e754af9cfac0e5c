"""What the canvas shows: while something is dragged or painted, at every zoom, and of the photo as opened."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from events import run_events
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import BLEND_MODES, Cutout, Document, Hole, Photo, Picture, Transform, parts
from inpaint_studio.editor.canvas import picture as drawing
from inpaint_studio.editor.canvas.items import PictureItem
from inpaint_studio.editor.canvas.scene import Scene
from inpaint_studio.editor.canvas.view import View
from inpaint_studio.editor.images import from_image
from inpaint_studio.render import render
from inpaint_studio.studio import groups
from inpaint_studio.studio.properties import set_property

TURNED = Transform(40.5, 20, 0.8, 1.1, 25, (60, 50))


def smooth(width, height, seed):
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.fixture
def document(app):
    """320 × 240 with a picture and a round cutout over the photo."""
    made = Document(Photo(smooth(320, 240, 1), "photo.png"))
    disc = np.where(np.hypot(*(np.indices((80, 80)) - 39.5)) < 38, 255, 0).astype(np.uint8)
    above = (
        Picture("Pasted", smooth(120, 90, 2), id="pasted", transform=Transform(30, 30)),
        Cutout("Disc", smooth(160, 120, 3), id="disc", mask=Mask(20, 20, disc), transform=Transform(120, 60)),
    )
    tree = made.tree
    for layer in above:
        tree = tree.above(None, layer)
    made.apply("Put", made.state.with_tree(tree))
    app.workspace.open(made)
    return made


@pytest.fixture
def view(app, document, qtbot):
    scene = Scene(app)
    made = View(scene)
    made.scene_ = scene
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    return made


def shown(view, zoom):
    """The canvas as the window shows it, H×W×3."""
    view.set_zoom(zoom)
    width, height = view.scene_.size
    view.centerOn(width / 2, height / 2)
    while view.scene_.busy:
        run_events(1)
    run_events(2)
    pixels = from_image(view.viewport().grab().toImage())
    corner = view.viewportTransform().map(QPointF(0, 0)).toPoint()
    right, down = corner.x() + round(width * zoom), corner.y() + round(height * zoom)
    return pixels[corner.y() : down, corner.x() : right, :3]


@pytest.mark.parametrize("zoom", [1.0, 0.5])
@pytest.mark.parametrize("blend", BLEND_MODES)
def test_a_drag_shows_what_letting_go_gives(view, document, blend, zoom):
    document.update("Mode", replace(document.state.layer("pasted"), blend=blend, opacity=0.9))
    before = shown(view, zoom)
    view.scene_.move_layer("pasted", replace(TURNED, dx=3))
    view.scene_.move_layer("pasted", TURNED)
    dragged = shown(view, zoom)
    document.update("Move", replace(document.state.layer("pasted"), transform=TURNED))
    released = shown(view, zoom)
    assert np.array_equal(dragged, released) and not np.array_equal(before, dragged)
    if zoom == 1:
        assert np.array_equal(released, render(document.snapshot()).pixels[..., :3])


@pytest.mark.parametrize("zoom", [1.0, 0.5])
@pytest.mark.parametrize("known", [{"isolated": True}, {"opacity": 0.6}, {"blend": "multiply"}, {}])
def test_a_drag_in_a_group_below_an_adjustment_shows_what_letting_go_gives(view, document, known, zoom):
    made = groups.group(document, ["pasted", "disc"])
    document.update("Group", replace(document.node(made), **known))
    for place in ("pasted", made):
        adjustment = groups.add_adjustment(document, "exposure", place)
        set_property(document, adjustment, "stops", 0.7)
    before = shown(view, zoom)
    view.scene_.move_layer("pasted", TURNED)
    dragged = shown(view, zoom)
    document.update("Move", replace(document.state.layer("pasted"), transform=TURNED))
    released = shown(view, zoom)
    assert np.array_equal(dragged, released) and not np.array_equal(before, dragged)
    if zoom == 1:
        assert np.array_equal(released, render(document.snapshot()).pixels[..., :3])
    document.undo()
    assert np.array_equal(shown(view, zoom), before)


def test_a_drag_that_is_given_up_leaves_nothing(view, document):
    before = shown(view, 1.0)
    view.scene_.move_layer("disc", TURNED)
    assert not np.array_equal(shown(view, 1.0), before)
    view.scene_.end_preview()
    assert np.array_equal(shown(view, 1.0), before)


def test_a_layer_is_hit_where_the_drag_shows_it(view, document):
    scene = view.scene_
    assert scene.layer_at(200, 120) == "disc"
    scene.move_layer("disc", Transform(20, 60))
    assert scene.layer_at(200, 120) is None and scene.layer_at(80, 120) == "disc"
    scene.end_preview()
    assert scene.layer_at(200, 120) == "disc"


def test_a_fill_that_comes_during_a_drag_does_not_end_it(view, document):
    hole = Hole(Mask(260, 200, np.full((20, 20), 255, np.uint8)))
    document.update("Remove", replace(document.tree.backdrop, holes=(hole,)))
    view.scene_.move_layer("disc", TURNED)
    dragged = shown(view, 1.0)
    (part,) = parts(document.tree, document.tree.backdrop)
    document.put_fill(part, Patch(260, 200, np.full((20, 20, 3), 99, np.uint8)))
    now = shown(view, 1.0)
    assert (now[200:220, 260:280] == 99).all()
    now[200:220, 260:280] = dragged[200:220, 260:280]
    assert np.array_equal(now, dragged)


@pytest.fixture
def drawn(monkeypatch):
    """Numbers of canvas pixels drawn, in order."""
    counted = []

    def counting(snapshot, box, **how):
        counted.append(box[2] * box[3])
        return render(snapshot, box, **how)

    monkeypatch.setattr(drawing, "render", counting)
    return counted


def test_what_a_mask_brush_changed_is_drawn_once_when_it_lets_go(view, document, drawn):
    layer = document.state.layer("disc")
    shown(view, 1.0)
    less = Mask.place(np.where(np.indices((80, 80))[1] < 50, layer.mask.crop, 0).astype(np.uint8), 20, 20)
    drawn.clear()
    view.scene_.preview_mask(layer, less, (190, 80, 30, 80))
    while_painted = shown(view, 1.0)
    assert sum(drawn) == 30 * 80
    drawn.clear()
    document.update("Erase", replace(layer, mask=less))
    view.scene_.end_preview()
    released = shown(view, 1.0)
    assert sum(drawn) <= 80 * 80
    assert np.array_equal(released, render(document.snapshot()).pixels[..., :3])
    assert np.array_equal(while_painted, released)


def test_only_what_is_looked_at_is_drawn_and_only_once(view, document, drawn):
    view.resize(100, 80)
    shown(view, 1.0)
    run_events(5)
    assert 0 < sum(drawn) <= 320 * 240
    drawn.clear()
    shown(view, 1.0)
    assert not drawn


def test_what_was_painted_too_early_is_painted_again(view, document, monkeypatch):
    shown(view, 1.0)
    painted = []
    pieces = drawing.Picture.pieces

    def watched(picture, level, box):
        painted.append(box)
        return pieces(picture, level, box)

    monkeypatch.setattr(drawing.Picture, "pieces", watched)
    view.scene_._picture.show(document.snapshot(), [document.canvas])
    middle = view.viewportTransform().map(QPointF(160, 120)).toPoint()
    view.viewport().repaint(middle.x(), middle.y(), 4, 4)
    assert len(painted) == 1 and painted[0][2] < 20, "a small part, for which all of its square was drawn"
    assert view.scene_.busy, "not while it paints: Qt may forget it"
    run_events(50)
    assert document.canvas in painted


def test_what_lies_between_two_painted_parts_is_painted_again(view, document, monkeypatch):
    shown(view, 1.0)
    view.scene_._picture.show(document.snapshot(), [document.canvas])
    corners = [view.viewportTransform().map(QPointF(*at)).toPoint() for at in ((0, 0), (316, 236))]
    region = QRegion()
    for corner in corners:
        region += QRegion(corner.x(), corner.y(), 4, 4)
    painted = []
    draw = PictureItem._draw

    def watched(item, level, box, painter):
        painted.append(item.exposed)
        draw(item, level, box, painter)

    monkeypatch.setattr(PictureItem, "_draw", watched)
    view.viewport().repaint(region)
    assert len(painted) == 1 and painted[0].rectCount() == 2
    assert view.scene_.busy, "all was drawn for the box around both, and only the two parts were painted"
    run_events(50)
    whole = view.viewportTransform().mapRect(QRectF(*document.canvas)).toRect()
    assert any(QRegion(whole).subtracted(each).isEmpty() for each in painted[1:])


def test_the_photo_as_opened_is_drawn_once(view, document, drawn):
    now = shown(view, 1.0)
    drawn.clear()
    for _ in range(3):
        view.scene_.show_original(True)
        assert np.array_equal(shown(view, 1.0), document.photo.pixels)
        view.scene_.show_original(False)
        assert np.array_equal(shown(view, 1.0), now)
    assert sum(drawn) == 320 * 240


def test_the_outline_of_a_selection_is_traced_where_it_is_seen(view, document):
    selection = Mask.place(np.full((240, 320), 255, np.uint8))
    document.apply("Select", replace(document.state, selection=selection))
    shown(view, 1.0)
    whole = view.scene_.outline.path().boundingRect()
    assert abs(whole.width() - 320) <= 1 and abs(whole.height() - 240) <= 1
    view.set_zoom(8.0)
    view.centerOn(10, 10)
    QApplication.processEvents()
    view.viewport().grab()
    part = view.scene_.outline.path().boundingRect()
    assert part.width() < 320 and part.height() < 240
