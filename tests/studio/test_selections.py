from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Transform
from inpaint_studio.studio import edit, lift
from inpaint_studio.studio.fill import request
from inpaint_studio.studio.selections import combined, filled_outline, rectangle, to_canvas, to_source

SIZE = (160, 120)


def square(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


def test_combining() -> None:
    a, b = square(10, 10, 20, 20), square(20, 20, 20, 20)
    assert combined(None, a, "add").same(a) and combined(a, b, "new") is b
    assert combined(a, b, "intersect").box == (20, 20, 10, 10)
    assert combined(a, b, "subtract").area == 300
    assert not combined(None, a, "subtract") and not combined(None, a, "intersect")


def test_rectangle_and_outline_are_cut_to_the_picture() -> None:
    assert rectangle(30, 40, -5, 200, SIZE).box == (0, 40, 30, 80)
    assert not rectangle(5, 5, 5, 30, SIZE) and not rectangle(-9, -9, -2, -2, SIZE)
    mask = filled_outline([(20, 20), (60, 20), (60, 50), (20, 50)], SIZE).full((120, 160))
    assert (mask[21:49, 21:59] == 255).all()
    assert not mask[:19].any() and not mask[52:].any() and not mask[:, :19].any() and not mask[:, 62:].any()
    assert not filled_outline([(1, 1), (5, 5)], SIZE)


@pytest.mark.parametrize(
    "place",
    [
        Transform(12, -7),
        Transform(12.5, 7, 1.3, 0.7, 35, (80, 60)),
        Transform(0, 0, -1, 2, 180, (80, 60)),
        Transform(0, 0, 6, 6, 0, (80, 60)),
    ],
)
def test_a_canvas_mask_lands_on_the_source_pixels_under_it(document: Document, place: Transform) -> None:
    layer = replace(document.layers[0], transform=place)
    mask = square(40, 35, 60, 40)
    made = to_source(layer, mask).full((120, 160))
    rows, columns = np.mgrid[0:120, 0:160] + 0.5
    x, y = place.matrix()[:, :2] @ np.stack([columns.ravel(), rows.ravel()]) + place.matrix()[:, 2:]
    clear = 2.0
    inside = (x > 40 + clear) & (x < 100 - clear) & (y > 35 + clear) & (y < 75 - clear)
    outside = (x < 40 - clear) | (x > 100 + clear) | (y < 35 - clear) | (y > 75 + clear)
    assert inside.any() and outside.any()
    assert (made.ravel()[inside] >= 254).all() and not made.ravel()[outside].any()
    assert not to_source(layer, Mask.empty())


def test_fills_of_a_cutout_copy_its_clean_colours(document: Document) -> None:
    car = lift.lift(document, square(40, 30, 40, 30), "car")
    layer = document.layer(car)
    assert layer.mask is not None
    lift.settle_cut(document, layer.mask, lift.make_cut(layer, layer.mask, None))  # type: ignore[arg-type]
    edit.transform(document, car, Transform(5, 5))
    lift.lift(document, square(50, 40, 8, 8), "wheel", car)
    ((_, part),) = [m for m in document.missing_parts() if m[0].id == car]
    wanted = request(document, document.layer(car), part)
    x, y = wanted.box[:2]
    assert np.array_equal(wanted.task.image[55 - y, 70 - x], document.photo.pixels[55, 70] + 20)


@pytest.mark.parametrize(
    "place",
    [
        Transform(12, -7),
        Transform(12.5, 7, 1.3, 0.7, 35, (80, 60)),
        Transform(0, 0, -1, 2, 180, (80, 60)),
        Transform(300, 0),
    ],
)
def test_a_layer_s_mask_lands_on_the_canvas_where_it_shows(document: Document, place: Transform) -> None:
    layer = replace(document.layers[0], mask=square(40, 35, 60, 40), transform=place)
    shown = to_canvas(layer, SIZE)
    assert shown.clipped((0, 0, *SIZE)).same(shown)
    full = shown.full((120, 160))
    rows, columns = np.mgrid[0:120, 0:160] + 0.5
    inverse = place.inverse()
    x, y = inverse[:, :2] @ np.stack([columns.ravel(), rows.ravel()]) + inverse[:, 2:]
    clear = 1.5
    inside = (x > 40 + clear) & (x < 100 - clear) & (y > 35 + clear) & (y < 75 - clear)
    outside = (x < 40 - clear) | (x > 100 + clear) | (y < 35 - clear) | (y > 75 + clear)
    assert (full.ravel()[inside] >= 254).all() and not full.ravel()[outside].any()


def test_a_layer_without_a_mask_covers_all_of_itself(document: Document) -> None:
    layer = replace(document.layers[0], transform=Transform(30, -20))
    assert to_canvas(layer, SIZE).box == (30, 0, 130, 100)
    assert not to_canvas(replace(layer, mask=Mask.empty(), transform=Transform(0.5, 0)), SIZE)
