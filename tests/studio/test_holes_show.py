"""When a hole is open and what then shows: the promises around lifting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Photo, Transform
from inpaint_studio.render import render
from inpaint_studio.studio import edit, fill_options, groups, lift
from inpaint_studio.studio.fill import fill_missing
from inpaint_studio.studio.properties import set_property

FILL = 210


def square(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


CAR = square(40, 30, 40, 30)
WHEEL = square(50, 45, 10, 10)


def shown(document: Document) -> np.ndarray:
    picture = render(document.snapshot()).pixels
    assert (picture[..., 3] == 255).all()
    return picture[..., :3]


def is_photo(document: Document) -> bool:
    return np.array_equal(shown(document), document.photo.pixels)


def soften(document: Document, layer_id: str) -> None:
    layer = document.layer(layer_id)
    assert layer.mask is not None
    lift.settle_cut(document, layer.mask, lift.make_cut(layer, layer.mask, None))  # type: ignore[arg-type]


def shift(document: Document, layer_id: str, dx: float, dy: float = 0) -> None:
    now = document.layer(layer_id).transform
    edit.transform(document, layer_id, replace(now, dx=now.dx + dx, dy=now.dy + dy))


def hole_under(document: Document, layer_id: str) -> np.ndarray:
    parent = document.tree.origin(document.layer(layer_id))
    (mask,) = [h.mask for h in parent.holes if h.owner == layer_id]
    return mask.full(document.photo.pixels.shape[:2]) > 0


@pytest.fixture
def car(document: Document) -> str:
    return lift.lift(document, CAR, "car")


def test_lifted_and_not_moved_is_the_photo_to_the_bit(document: Document, car: str) -> None:
    assert is_photo(document)
    fill_missing(document)
    assert is_photo(document)
    soften(document, car)
    assert is_photo(document)
    assert document.layer(car).colours is not None and document.layer(car).mask.crop.min() < 255
    assert document.tree.at_home == {car}


def test_moved_shows_the_fill_in_the_hole_and_the_cutout_where_it_is(document: Document, car: str) -> None:
    fill_missing(document)
    hole = hole_under(document, car)
    shift(document, car, 50, 20)
    expected = document.photo.pixels.copy()
    expected[hole] = FILL
    expected[50:80, 90:130] = document.photo.pixels[30:60, 40:80]
    assert np.array_equal(shown(document), expected)
    shift(document, car, -50, -20)
    assert is_photo(document)


def test_without_a_fill_the_hole_shows_the_source(document: Document, car: str) -> None:
    shift(document, car, 50)
    expected = document.photo.pixels.copy()
    expected[30:60, 90:130] = document.photo.pixels[30:60, 40:80]
    assert np.array_equal(shown(document), expected)


UNREST: dict[str, Callable[[Document, str], None]] = {
    "hide": lambda d, i: set_property(d, i, "visible", False),
    "fade": lambda d, i: set_property(d, i, "opacity", 0.0),
    "delete": edit.delete,
}


@pytest.mark.parametrize("verb", UNREST)
def test_gone_cutouts_leave_the_fill(document: Document, car: str, verb: str) -> None:
    fill_missing(document)
    hole = hole_under(document, car)
    UNREST[verb](document, car)
    expected = document.photo.pixels.copy()
    expected[hole] = FILL
    assert np.array_equal(shown(document), expected)
    document.undo()
    assert is_photo(document)


def test_a_faded_or_blended_cutout_lies_on_the_fill(document: Document, car: str) -> None:
    fill_missing(document)
    set_property(document, car, "opacity", 0.5)
    middle = shown(document)[45, 60].astype(float)
    assert np.abs(middle - (document.photo.pixels[45, 60] + float(FILL)) / 2).max() <= 1
    document.undo()
    set_property(document, car, "blend", "lighten")
    assert (shown(document)[45, 60] == FILL).all()
    set_property(document, car, "blend", "normal")
    assert is_photo(document)


def test_put_back_closes_the_hole(document: Document, car: str) -> None:
    fill_missing(document)
    shift(document, car, 30)
    edit.put_back(document, car)
    assert is_photo(document) and len(document.layers) == 1 and not document.layers[0].holes


def test_a_layer_moved_between_makes_the_cutout_a_real_layer(document: Document, car: str) -> None:
    other = lift.lift(document, square(100, 80, 20, 20), "dog")
    fill_missing(document)
    groups.reorder(document, other, 1)
    assert is_photo(document)
    shift(document, other, -60, -40)
    picture, photo = shown(document), document.photo.pixels
    assert document.tree.at_home == frozenset()
    # The dog lies under the car.
    assert np.array_equal(picture[30:60, 40:80], photo[30:60, 40:80])
    hole = hole_under(document, car)
    hole[40:60, 40:60] = False
    hole[30:60, 40:80] = False
    assert (picture[hole] == FILL).all()


def test_a_neighbour_that_moves_away_takes_nothing_of_a_resting_cutout(document: Document, car: str) -> None:
    # The neighbour's hole is larger than its mask and reaches into the car.
    dog = lift.lift(document, square(80, 40, 20, 20), "dog")
    fill_missing(document)
    assert (hole_under(document, dog)[30:60, 40:80]).any()
    assert is_photo(document)
    shift(document, dog, 30, 30)
    assert np.array_equal(shown(document)[30:60, 40:80], document.photo.pixels[30:60, 40:80])


def test_one_that_is_disturbed_disturbs_the_next(document: Document, car: str) -> None:
    dog = lift.lift(document, square(80, 40, 20, 20), "dog")
    cat = lift.lift(document, square(100, 40, 20, 20), "cat")
    far = lift.lift(document, square(5, 90, 20, 20), "far")
    fill_missing(document)
    assert document.tree.at_home == {car, dog, cat, far}
    shift(document, cat, 0, 50)
    assert document.tree.at_home == {far}
    for x, y, w, h in ((40, 30, 40, 30), (80, 40, 20, 20), (5, 90, 20, 20)):
        assert np.array_equal(
            shown(document)[y : y + h, x : x + w], document.photo.pixels[y : y + h, x : x + w]
        )


def test_a_part_lifted_from_a_cutout_rests_with_it(document: Document, car: str) -> None:
    wheel = lift.lift(document, WHEEL, "wheel", car)
    fill_missing(document)
    assert document.layer(wheel).lifted_from == car and is_photo(document)
    soften(document, wheel)
    soften(document, car)
    assert is_photo(document)
    shift(document, wheel, 60)
    picture = shown(document)
    assert (picture[46:54, 51:59] == FILL).all()
    assert np.abs(picture[50, 115].astype(int) - document.photo.pixels[50, 55] - 20).max() <= 1
    document.undo()
    assert is_photo(document)


@pytest.mark.parametrize(
    "place",
    [Transform(30, 10), Transform(30, 10, 1.5, 1.5, 0, (60, 45)), Transform(5.5, 3, 0.8, 1.1, 40, (60, 45))],
)
def test_lifting_from_a_moved_cutout_changes_nothing(document: Document, car: str, place: Transform) -> None:
    fill_missing(document)
    edit.transform(document, car, place)
    before = shown(document)
    wheel = lift.lift(document, WHEEL, "wheel", car)
    assert np.array_equal(shown(document), before)
    fill_missing(document)
    assert np.array_equal(shown(document), before)
    now = document.layer(wheel).transform
    assert now.pivot == (55, 50) and np.allclose(now.matrix(), place.matrix())
    shift(document, wheel, 0, -40)
    after = shown(document)
    x, y = (place.matrix() @ (55, 50, 1)).astype(int)
    assert np.abs(after[y, x].astype(int) - FILL).max() <= 2
    edit.put_back(document, wheel)
    assert np.array_equal(shown(document), before)


def test_a_part_painted_beyond_its_parent_shows(document: Document, car: str) -> None:
    wheel = lift.lift(document, WHEEL, "wheel", car)
    shift(document, car, 0, 40)
    shift(document, wheel, 0, 40)
    lift.refine(document, wheel, square(50, 45, 10, 25))
    assert np.array_equal(shown(document)[100:108, 50:60], document.photo.pixels[60:68, 50:60])


def test_duplicates_own_no_hole_of_the_parent(document: Document, car: str) -> None:
    fill_missing(document)
    copy = edit.duplicate(document, car)
    assert is_photo(document)
    shift(document, copy, 60, 40)
    assert document.tree.at_home == {car}
    edit.delete(document, copy)
    assert is_photo(document)


def test_a_duplicate_looks_like_its_layer(document: Document, car: str) -> None:
    wheel = lift.lift(document, WHEEL, "wheel", car)
    lift.remove(document, square(65, 35, 8, 8), "logo", car)
    fill_missing(document)
    edit.delete(document, wheel)
    shift(document, car, 0, -20)
    copy = edit.duplicate(document, car)
    shift(document, copy, 0, 55)
    picture = shown(document)
    assert np.array_equal(picture[65:95, 40:80], picture[10:40, 40:80])
    assert not document.missing_parts()
    backdrop = edit.duplicate(document, document.layers[0].id)
    assert document.layer(backdrop).kind == "picture"
    set_property(document, car, "visible", False)
    set_property(document, copy, "visible", False)
    assert (shown(document)[31:59, 41:79] == FILL).all()


def test_removed_things_do_not_come_back_with_what_is_lifted_around_them(document: Document) -> None:
    lift.remove(document, WHEEL, "logo")
    fill_missing(document)
    before = shown(document)
    car = lift.lift(document, CAR, "car")
    assert np.array_equal(shown(document), before)
    fill_missing(document)
    assert np.array_equal(shown(document), before)
    soften(document, car)
    shift(document, car, 70, 0)
    logo = shown(document)[47:53, 122:128].astype(int)
    assert np.abs(logo - FILL).max() <= 25


def test_fills_stand_in_while_a_joined_hole_is_filled(document: Document, car: str) -> None:
    fill_missing(document)
    shift(document, car, 0, 50)
    dog = lift.lift(document, square(85, 30, 20, 20), "dog")
    assert document.missing_parts()
    assert (shown(document)[31:59, 41:79] == FILL).all()
    fill_missing(document)
    shift(document, dog, 20, 50)
    edit.put_back(document, dog)
    # The car's hole alone has its old fill again.
    assert not document.missing_parts()
    assert (shown(document)[31:59, 41:79] == FILL).all()


def test_a_see_through_photo_stays_as_it_is(document: Document) -> None:
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 150, (120, 160, 4)).astype(np.uint8)
    pixels[:, 60:70, 3], pixels[:, 70:, 3] = 0, 255
    doc = Document(Photo(pixels))
    before = render(doc.snapshot()).pixels
    assert np.array_equal(before[..., 3], pixels[..., 3])
    car = lift.lift(doc, CAR, "car")
    fill_missing(doc)
    assert np.array_equal(render(doc.snapshot()).pixels, before)
    shift(doc, car, 0, 60)
    assert not render(doc.snapshot()).pixels[60:, 62:68].any()
    # What was lifted is gone, its own rims too; what lies around it is as it was.
    kept = doc.layers[0].hole.full((120, 160))[:60] == 0
    assert np.array_equal(render(doc.snapshot()).pixels[:60][kept], before[:60][kept])


def test_solo_shows_the_cutout_alone(document: Document, car: str) -> None:
    fill_missing(document)
    state = document.state.with_tree(edit.alone(document.tree, car))
    picture = render(document.snapshot().with_state(state)).pixels
    assert np.array_equal(picture[..., 3] > 0, CAR.full((120, 160)) > 0)
    assert is_photo(document)


def test_undo_and_redo_are_exact_at_every_step(document: Document) -> None:
    lift.set_found(document, [FoundObject(CAR, "car", 0.9), FoundObject(square(80, 40, 20, 20), "dog", 0.8)])
    car = lift.lift(document, CAR, "car")
    wheel = lift.lift(document, WHEEL, "wheel", car)
    dog = lift.lift(document, square(80, 40, 20, 20), "dog")
    shift(document, car, 12, 8)
    edit.flip(document, wheel, horizontal=True)
    edit.transform(document, dog, replace(document.layer(dog).transform, degrees=25, scale_x=1.4))
    lift.refine(document, car, CAR.union(square(30, 30, 15, 15)))
    set_property(document, dog, "blend", "luminosity")
    groups.reorder(document, dog, 1)
    edit.duplicate(document, car)
    edit.put_back(document, wheel)
    lift.remove(document, square(10, 10, 12, 12))
    fill_options.fill_again(document, document.layers[0].id)
    edit.delete(document, dog)
    pictures = []
    for position in range(len(document.history.steps) + 1):
        document.go_to(position)
        fill_missing(document)
    for position in range(len(document.history.steps) + 1):
        document.go_to(position)
        pictures.append(shown(document))
    while document.can_undo:
        assert np.array_equal(shown(document), pictures[document.history.position])
        document.undo()
    assert is_photo(document)
    while document.can_redo:
        document.redo()
        assert np.array_equal(shown(document), pictures[document.history.position])
        assert not document.missing_parts()
