"""Crop, extend, resize, turn and flip of the whole picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from simple_engines import NoiseFiller

from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.document import Cutout, Document, Photo, Transform
from inpaint_studio.engines import registry
from inpaint_studio.render import render
from inpaint_studio.studio import canvas, edit, fill, lift
from inpaint_studio.studio.open import open_document
from inpaint_studio.studio.save import save
from inpaint_studio.studio.selections import found_on_canvas

WIDTH, HEIGHT = 60, 40


def smooth(width: int, height: int) -> np.ndarray:
    small = np.random.default_rng(3).integers(0, 256, (5, 6, 3)).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(autouse=True)
def noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "load", lambda engine_id, kind: NoiseFiller())


@pytest.fixture
def document() -> Document:
    return Document(Photo(smooth(WIDTH, HEIGHT), "photo.png"))


def square(x: int, y: int, w: int, h: int) -> Mask:
    return Mask(x, y, np.full((h, w), 255, np.uint8))


def shown(document: Document) -> np.ndarray:
    return np.asarray(render(document.snapshot()).pixels)


def with_car(document: Document) -> str:
    """A cutout that was moved to the right, and one that lies at home, over a filled backdrop."""
    car = lift.lift(document, square(10, 10, 12, 9), "car")
    lift.lift(document, square(40, 20, 8, 8), "dog")
    layer = document.layer(car)
    edit.transform(document, car, replace(layer.transform, dx=layer.transform.dx + 15))
    fill.fill_missing(document)
    return car


ways: list[tuple[Callable[[Document], None], Callable[[np.ndarray], np.ndarray]]] = [
    (lambda d: canvas.turn(d, 1), lambda p: np.rot90(p, -1)),
    (lambda d: canvas.turn(d, 2), lambda p: np.rot90(p, 2)),
    (lambda d: canvas.turn(d, 3), lambda p: np.rot90(p)),
    (lambda d: canvas.mirror(d, horizontal=True), lambda p: p[:, ::-1]),
    (lambda d: canvas.mirror(d, horizontal=False), lambda p: p[::-1]),
    (lambda d: canvas.crop(d, (7, 5, 30, 21)), lambda p: p[5:26, 7:37]),
    (lambda d: canvas.set_canvas_size(d, 30, 20, (1, -1)), lambda p: p[:20, 30:]),
]


@pytest.mark.parametrize(("do", "expected"), ways)
def test_the_whole_picture_is_moved_to_the_pixel(document, do, expected):
    with_car(document)
    document.apply("Select", replace(document.state, selection=square(12, 8, 20, 10)))
    before, resting, steps = shown(document), document.tree.at_home, document.history.position
    selected = document.state.selection.full((HEIGHT, WIDTH))
    do(document)
    assert document.history.position == steps + 1
    assert np.array_equal(shown(document), expected(before))
    assert document.tree.at_home == resting and len(resting) == 1
    height, width = document.canvas[3], document.canvas[2]
    assert np.array_equal(document.state.selection.full((height, width)), expected(selected))
    document.undo()
    assert document.canvas == (0, 0, WIDTH, HEIGHT) and np.array_equal(shown(document), before)


def test_four_turns_and_two_flips_are_none(document):
    car = with_car(document)
    before, transform = shown(document), document.layer(car).transform
    for _ in range(4):
        canvas.turn(document, 1)
    for _ in range(2):
        canvas.mirror(document, horizontal=False)
    assert np.array_equal(shown(document), before)
    now = document.layer(car).transform
    assert (now.dx, now.dy, now.scale_x, now.scale_y) == (transform.dx, transform.dy, 1, 1)


def test_nothing_is_lost_by_a_crop(document):
    before = shown(document)
    canvas.crop(document, (20, 10, 20, 20))
    canvas.crop(document, (-20, -10, WIDTH, HEIGHT))
    assert np.array_equal(shown(document), before)


def test_crop_outward_without_fill_is_transparent(document):
    canvas.crop(document, (-5, 0, WIDTH + 5, HEIGHT))
    assert not shown(document)[:, :5].any() and not document.missing_parts()


@pytest.mark.parametrize("degrees", [0.0, 7.0])
def test_crop_outward_fills_what_is_new_in_one_step(document, degrees, tmp_path: Path):
    car = with_car(document)
    before, steps = shown(document), document.history.position
    canvas.crop(document, (-12, -6, WIDTH + 20, HEIGHT + 10), degrees, fill=True)
    assert document.history.position == steps + 1
    fill.fill_missing(document)
    picture = shown(document)
    assert picture.shape == (HEIGHT + 10, WIDTH + 20, 4) and (picture[..., 3] == 255).all()
    if not degrees:
        assert np.array_equal(picture[6 : 6 + HEIGHT, 12 : 12 + WIDTH], before)
    assert (picture[0, :, :3] == 210).all(), "what the filler paints"
    save(document, tmp_path / "project.ora")
    again, notices = open_document(tmp_path / "project.ora")
    assert not notices and np.array_equal(shown(again), picture) and not again.missing_parts()
    # What had been lifted before is put back where it was.
    edit.put_back(document, car)
    if not degrees:
        left = shown(document)[6 + 10 : 6 + 19, 12 + 10 : 12 + 22, :3]
        assert np.array_equal(left, smooth(WIDTH, HEIGHT)[10:19, 10:22])
    document.go_to(steps)
    assert np.array_equal(shown(document), before)


def test_what_was_found_stays_where_it_is(document):
    lift.set_found(document, [FoundObject(square(10, 10, 12, 9), "car", 0.9)])
    canvas.crop(document, (-4, -3, WIDTH + 4, HEIGHT + 3), fill=True)
    canvas.turn(document, 1)
    found = document.state.found[0]
    on_canvas = found_on_canvas(document.state, found)
    assert on_canvas.box == (HEIGHT + 3 - 13 - 9, 14, 9, 12)
    picture = shown(document)
    lifted = lift.lift(document, found.mask, "car")
    assert lifted in document.tree.at_home and np.array_equal(shown(document), picture)
    assert document.layer(lifted).bounds() == on_canvas.box


def test_straightened_corners_are_filled_exactly_where_nothing_was(document):
    canvas.crop(document, (0, 0, WIDTH, HEIGHT), 10.0, fill=True)
    fill.fill_missing(document)
    assert (shown(document)[..., 3] == 255).all()
    (hole,) = document.tree.base.holes
    left, top = (-v for v in (document.tree.base.source_frame.left, document.tree.base.source_frame.top))
    inside = hole.mask.window((round(left), round(top), WIDTH, HEIGHT))
    assert not inside.any(), "no pixel of the photo is painted over"
    height, width = document.tree.base.source.shape[:2]
    assert hole.mask.area == width * height - WIDTH * HEIGHT, "nothing is copied from beside the canvas"


@pytest.mark.parametrize("size", [(30, 20), (90, 60), (30, 60)])
def test_image_size_looks_like_the_picture_resized(document, size):
    car = with_car(document)
    edit.transform(document, car, replace(document.layer(car).transform, degrees=30.0))
    before = shown(document)[..., :3]
    canvas.set_image_size(document, *size)
    way = cv2.INTER_AREA if size[0] < WIDTH else cv2.INTER_CUBIC
    expected = cv2.resize(before, size, interpolation=way)
    error = np.abs(shown(document)[..., :3].astype(int) - expected)
    assert error.mean() < 4 and np.quantile(error, 0.9) < 8
    canvas.set_image_size(document, WIDTH, HEIGHT)
    assert np.array_equal(shown(document)[..., :3], before), "layers keep their pixels"


def test_extend_to_all_layers(document):
    with pytest.raises(StudioError, match="over the edge"):
        canvas.reveal_all(document)
    car = with_car(document)
    edit.transform(document, car, replace(document.layer(car).transform, dx=-15.0))
    picture = shown(document)
    canvas.reveal_all(document)
    assert document.canvas == (0, 0, WIDTH + 5, HEIGHT)
    assert np.array_equal(shown(document)[:, 5:], picture) and document.missing_parts()
    assert document.layer(car).bounds()[0] == 0


def test_a_transparent_photo_is_extended_too():
    pixels = np.dstack([smooth(WIDTH, HEIGHT), np.full((HEIGHT, WIDTH), 128, np.uint8)])
    document = Document(Photo(pixels, "glass.png"))
    canvas.crop(document, (0, 0, WIDTH + 9, HEIGHT), fill=True)
    fill.fill_missing(document)
    picture = shown(document)
    # Alpha is filled as colours are: glass goes on as glass.
    assert (picture[..., 3] == 128).all()


@pytest.mark.parametrize("size", [(0, 10), (200_000, 10), (30_000, 30_000)])
def test_sizes_that_can_not_be_are_refused(document, size):
    with pytest.raises(StudioError):
        canvas.set_canvas_size(document, *size)
    with pytest.raises(StudioError):
        canvas.set_image_size(document, *size)
    assert document.canvas == (0, 0, WIDTH, HEIGHT) and not document.history.position


def test_a_mapping_followed_by_another_is_both():
    rng = np.random.default_rng(4)
    for _ in range(50):
        first = Transform(*rng.uniform(-9, 9, 2), *rng.uniform(0.3, 2, 2), rng.uniform(-180, 180), (5, 7))
        matrix = np.column_stack([rng.uniform(-2, 2, (2, 2)), rng.uniform(-9, 9, 2)])
        if abs(np.linalg.det(matrix[:, :2])) < 0.1:
            continue
        both = first.followed_by(matrix).matrix()
        expected = matrix @ np.vstack([first.matrix(), [0, 0, 1]])
        assert np.allclose(both, expected, atol=1e-5)


def test_cutouts_keep_their_kind(document):
    car = with_car(document)
    canvas.crop(document, (-3, 0, WIDTH + 3, HEIGHT), fill=True)
    layer = document.layer(car)
    assert isinstance(layer, Cutout) and layer.source_frame is not None
    assert document.tree.origin(layer) is document.tree.base
