"""Names, errors and effects of the verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.document import Document, FillOptions, Photo, Transform, parts
from inpaint_studio.engines.fillers.guided import GuidedFiller
from inpaint_studio.engines.inpainting.holes import hole_for
from inpaint_studio.render import render
from inpaint_studio.studio import edit, fill, fill_options, groups, lift
from inpaint_studio.studio.properties import set_property

SHAPE = (120, 160)


def square(x: int, y: int, w: int, h: int, cover: int = 255) -> Mask:
    return Mask.place(np.full((h, w), cover, np.uint8), x, y)


CAR = square(40, 30, 40, 30)


@pytest.fixture
def car(document: Document) -> str:
    return lift.lift(document, CAR, "car")


VERBS: dict[str, Callable[[Document, str], object]] = {
    "Move car": lambda d, i: edit.transform(d, i, Transform(3, 4)),
    "Rotate car": lambda d, i: edit.transform(d, i, Transform(degrees=4), step="step.rotate"),
    "Flip car": lambda d, i: edit.flip(d, i, horizontal=True),
    "Hide car": lambda d, i: set_property(d, i, "visible", False),
    "Lock car": lambda d, i: set_property(d, i, "locked", True),
    "Rename car to bus": lambda d, i: set_property(d, i, "name", " Bus "),
    "Opacity of car": lambda d, i: set_property(d, i, "opacity", 0.5),
    "Blend mode of car": lambda d, i: set_property(d, i, "blend", "hue"),
    "Delete car": edit.delete,
    "Duplicate car": edit.duplicate,
    "Put back car": edit.put_back,
    "Refine mask of car": lambda d, i: lift.refine(d, i, square(40, 30, 9, 9)),
    "Lift wheel": lambda d, i: lift.lift(d, square(45, 35, 9, 9), "wheel", i),
    "Remove blot": lambda d, i: lift.remove(d, square(5, 5, 9, 9), "blot"),
    "Fill again": lambda d, i: fill_options.fill_again(d, d.layers[0].id),
    "Find objects": lambda d, i: lift.set_found(d, [FoundObject(square(1, 1, 9, 9), "dog", 1.0)]),
    "Lasso": lambda d, i: lift.set_selection(d, square(1, 1, 9, 9), "Lasso"),
    "Paste cat": lambda d, i: lift.put_picture(d, Photo(np.zeros((9, 9, 3), np.uint8), "cat.png")),
}


@pytest.mark.parametrize("name", VERBS)
def test_one_step_with_a_name_for_people_that_undo_takes_back(
    document: Document, car: str, name: str
) -> None:
    before, picture = document.state, render(document.snapshot()).pixels
    VERBS[name](document, car)
    assert [step.name for step in document.history.steps] == ["Lift car", name]
    after = document.state
    assert after is not before
    document.undo()
    assert document.state is before and np.array_equal(render(document.snapshot()).pixels, picture)
    document.redo()
    assert document.state is after


def test_names_of_ones_own_keep_their_capitals(document: Document, car: str) -> None:
    set_property(document, car, "name", "TV")
    edit.delete(document, car)
    assert [s.name for s in document.history.steps][1:] == ["Rename car to TV", "Delete TV"]


NOTHING: list[Callable[[Document, str], object]] = [
    lambda d, i: edit.transform(d, i, d.layer(i).transform),
    lambda d, i: set_property(d, i, "visible", True),
    lambda d, i: set_property(d, i, "locked", False),
    lambda d, i: set_property(d, i, "opacity", 1.7),
    lambda d, i: set_property(d, i, "blend", "normal"),
    lambda d, i: set_property(d, i, "name", "  "),
    lambda d, i: set_property(d, i, "name", "Car"),
    lambda d, i: groups.reorder(d, i, 99),
    lambda d, i: fill_options.set_filler(d, d.layers[0].id, "auto"),
    lambda d, i: lift.set_selection(d, None, "Deselect"),
]


@pytest.mark.parametrize("verb", NOTHING)
def test_what_changes_nothing_is_no_step(
    document: Document, car: str, verb: Callable[[Document, str], object]
) -> None:
    before = document.state
    verb(document, car)
    assert document.state is before and len(document.history.steps) == 1


REFUSED: dict[str, list[Callable[[Document, str], object]]] = {
    "locked": [
        lambda d, i: edit.transform(d, i, Transform(3)),
        lambda d, i: edit.flip(d, i, horizontal=False),
        edit.delete,
        edit.put_back,
        lambda d, i: groups.reorder(d, i, 1),
        lambda d, i: lift.refine(d, i, CAR),
        lambda d, i: lift.remove(d, CAR, layer_id=i),
        lambda d, i: lift.lift(d, CAR, layer_id=i),
    ],
    "backdrop": [
        lambda d, i: edit.transform(d, d.layers[0].id, Transform(3)),
        lambda d, i: edit.delete(d, d.layers[0].id),
        lambda d, i: edit.put_back(d, d.layers[0].id),
        lambda d, i: groups.reorder(d, d.layers[0].id, 1),
        lambda d, i: lift.refine(d, d.layers[0].id, CAR),
    ],
    "select": [
        lambda d, i: lift.lift(d, Mask.empty()),
        lambda d, i: lift.lift(d, square(500, 500, 3, 3)),
        lambda d, i: lift.lift(d, square(1, 1, 5, 5), layer_id=i),
    ],
    "paint": [
        lambda d, i: lift.remove(d, Mask.empty()),
        lambda d, i: lift.remove(d, square(1, 1, 5, 5), layer_id=i),
    ],
    "delete the layer": [lambda d, i: lift.refine(d, i, Mask.empty())],
    "that small": [
        lambda d, i: edit.transform(d, i, Transform(scale_x=0.0)),
        lambda d, i: edit.transform(d, i, Transform(scale_y=float("nan"))),
    ],
    "that large": [lambda d, i: edit.transform(d, i, Transform(scale_x=2000.0, scale_y=2000.0))],
    "blend mode": [lambda d, i: set_property(d, i, "blend", "dissolve")],
    "no hole": [fill_options.fill_again],
}


@pytest.mark.parametrize("says", REFUSED)
def test_refusals_are_clear_sentences_and_change_nothing(document: Document, car: str, says: str) -> None:
    if says == "locked":
        set_property(document, car, "locked", True)
    before, steps = document.state, len(document.history.steps)
    for verb in REFUSED[says]:
        with pytest.raises(StudioError, match=says) as error:
            verb(document, car)
        text = str(error.value)
        assert text[0].isupper() or text[0] == "“"
        assert text.endswith(".") and "None" not in text
        assert document.state is before and len(document.history.steps) == steps


def test_the_backdrop_can_be_locked_and_still_lifted_from(document: Document) -> None:
    set_property(document, document.layers[0].id, "locked", True)
    assert lift.lift(document, CAR, "car")


def test_cutouts_get_names_that_differ(document: Document) -> None:
    ids = [lift.lift(document, square(10 + 30 * i, 10, 10, 10), "car") for i in range(3)]
    assert [document.layer(i).name for i in ids] == ["Car", "Car 2", "Car 3"]
    edit.delete(document, ids[0])
    assert document.layer(lift.lift(document, square(10, 80, 9, 9), "car")).name == "Car"
    assert document.layer(lift.lift(document, square(40, 80, 9, 9), "car")).name == "Car 4"


def test_new_cutouts_lie_above_all_from_the_same_layer_and_below_the_rest(
    document: Document, car: str
) -> None:
    picture = lift.put_picture(document, Photo(np.zeros((9, 9, 3), np.uint8)))
    wheel = lift.lift(document, square(45, 35, 9, 9), "wheel", car)
    dog = lift.lift(document, square(100, 80, 9, 9), "dog")
    assert [x.id for x in document.layers[1:]] == [car, dog, wheel, picture]


def test_the_backdrop_stays_lowest(document: Document, car: str) -> None:
    dog = lift.lift(document, square(100, 80, 9, 9), "dog")
    groups.reorder(document, dog, -5)
    assert [x.id for x in document.layers[1:]] == [dog, car]
    groups.reorder(document, dog, 50)
    assert [x.id for x in document.layers[1:]] == [car, dog]


def test_flipping_twice_is_nothing_and_once_is_a_mirror_on_the_canvas(document: Document, car: str) -> None:
    edit.transform(document, car, Transform(20, 10, 1.2, 0.8, 30, (60, 45)))
    matrix, bounds = document.layer(car).transform.matrix(), document.layer(car).bounds()
    edit.flip(document, car, horizontal=True)
    x = matrix[0] @ (60, 45, 1)
    mirror = np.array([[-1, 0, 2 * x], [0, 1, 0]])
    expected = mirror[:, :2] @ matrix + np.array([[0, 0, mirror[0, 2]], [0, 0, 0]])
    assert np.allclose(document.layer(car).transform.matrix(), expected)
    edit.flip(document, car, horizontal=True)
    assert np.allclose(document.layer(car).transform.matrix(), matrix)
    assert document.layer(car).bounds() == bounds


def test_a_put_picture_fits_the_canvas_and_lies_in_its_middle(document: Document) -> None:
    for size, scale in (((50, 60, 3), 1.0), ((240, 160, 4), 0.5), ((60, 1600, 3), 0.1)):
        layer = document.layer(lift.put_picture(document, Photo(np.full(size, 255, np.uint8))))
        assert layer.transform.scale_x == layer.transform.scale_y == scale
        x, y, w, h = layer.bounds()
        assert abs(2 * x + w - 160) <= 2 and abs(2 * y + h - 120) <= 2 and w <= 160 and h <= 120


# Found objects


def test_found_objects_that_are_lifted_go_and_others_stay(document: Document) -> None:
    dog = FoundObject(square(100, 80, 20, 20), "dog", 0.9)
    lift.set_found(document, [FoundObject(CAR, "car", 0.9), dog])
    lift.lift(document, CAR, "car")
    assert document.state.found == (dog,)
    lift.set_found(document, [FoundObject(CAR, "car", 0.9), dog])
    assert document.state.found == (dog,)
    document.go_to(1)
    assert len(document.state.found) == 2


def test_a_hole_stays_out_of_a_found_neighbour(document: Document) -> None:
    dog = square(80, 30, 20, 20)
    lift.set_found(
        document, [FoundObject(dog, "dog", 0.9), FoundObject(square(0, 0, 160, 29), "sky", 1, "area")]
    )
    lift.lift(document, CAR, "car")
    (hole,) = document.layers[0].holes
    assert not hole.mask.intersection(dog)
    free = hole_for(CAR, SHAPE)
    assert hole.mask.union(dog).same(free.union(dog)) and free.intersection(dog)


def test_a_hole_in_a_cutout_stays_inside_of_it(document: Document, car: str) -> None:
    lift.lift(document, square(40, 30, 10, 10), "wheel", car)
    lift.remove(document, square(70, 50, 10, 10), "logo", car)
    for hole in document.layer(car).holes:
        assert not hole.mask.minus(CAR) and hole.mask.area > 100


# Refine


def test_refine_lets_the_hole_follow_and_keeps_the_fills_of_other_parts(document: Document, car: str) -> None:
    lift.lift(document, square(120, 90, 15, 15), "dog")
    fill.fill_missing(document)
    more = CAR.union(square(20, 40, 30, 10))
    lift.refine(document, car, more)
    (hole,) = [h for h in document.layers[0].holes if h.owner == car]
    assert hole.mask.same(hole_for(more, SHAPE))
    assert [part.mask.box for _, part in document.missing_parts()] == [hole.mask.box]
    fill.fill_missing(document)
    document.undo()
    assert not document.missing_parts()
    assert len(document.layers[0].holes) == 2


def test_refine_keeps_the_options_of_the_hole(document: Document, car: str) -> None:
    fill_options.set_filler(document, document.layers[0].id, "telea")
    fill_options.fill_again(document, document.layers[0].id)
    lift.refine(document, car, square(40, 30, 20, 20))
    assert document.layers[0].holes[0].options == FillOptions("telea", 1)


def test_colours_follow_what_the_brush_added(document: Document, car: str) -> None:
    layer = document.layer(car)
    assert layer.mask is not None
    lift.settle_cut(document, layer.mask, lift.make_cut(layer, layer.mask, None))  # type: ignore[arg-type]
    soft = document.layer(car).mask
    assert soft is not None
    lift.refine(document, car, soft.union(square(36, 30, 10, 10)))
    edit.transform(document, car, Transform(60, 50))
    added = (square(36, 30, 10, 10).full(SHAPE) > soft.full(SHAPE)) & (soft.full(SHAPE) < 255)
    picture = render(document.snapshot()).pixels[..., :3]
    photo = document.photo.pixels
    assert added.any()
    for y, x in np.argwhere(added):
        assert np.array_equal(picture[y + 50, x + 60], photo[y, x])
    # Clean colours stay where nothing was added.
    assert np.array_equal(picture[50 + 45, 60 + 70], photo[45, 70] + 20)


def test_taking_away_keeps_the_colours(document: Document, car: str) -> None:
    layer = document.layer(car)
    assert layer.mask is not None
    lift.settle_cut(document, layer.mask, lift.make_cut(layer, layer.mask, None))  # type: ignore[arg-type]
    colours = document.layer(car).colours
    lift.refine(document, car, square(50, 40, 10, 10))
    assert document.layer(car).colours is colours


# Fill


def test_a_request_keeps_out_found_things_and_other_holes(document: Document) -> None:
    lift.lift(document, CAR, "car")
    lift.lift(document, square(100, 30, 10, 10), "dog")
    thing, area = square(10, 80, 10, 10), square(130, 80, 20, 20)
    tree = FoundObject(square(30, 90, 10, 10), "tree", 0.9, "area")
    lift.set_found(document, [FoundObject(thing, "cat", 0.5), FoundObject(area, "sky", 1, "area"), tree])
    layer = document.layers[0]
    part = next(p for p in parts(document.tree, layer) if p.mask.full(SHAPE)[45, 60])
    wanted = fill.request(document, layer, part)
    assert wanted.box == (0, 0, 160, 120) and wanted.task.source_mask is None
    dog_hole = layer.holes[1].mask
    assert np.array_equal(wanted.task.excluded_mask > 0, thing.union(dog_hole).full(SHAPE) > 0)
    assert (
        np.array_equal(wanted.task.hole, part.mask.full(SHAPE))
        and not (wanted.task.excluded_mask * wanted.task.hole).any()
    )
    assert np.array_equal(wanted.task.image, document.photo.pixels)


def test_a_cutout_is_filled_from_its_own_pixels(document: Document, car: str) -> None:
    lift.lift(document, square(50, 45, 10, 10), "wheel", car)
    layer = document.layer(car)
    (part,) = parts(document.tree, layer)
    wanted = fill.request(document, layer, part)
    x, y, w, h = wanted.box
    assert wanted.task.source_mask is not None
    assert np.array_equal(wanted.task.source_mask > 0, CAR.window((x, y, w, h)) > 0)


def test_a_request_of_a_large_photo_is_cut_to_what_is_near() -> None:
    document = Document(Photo(np.zeros((900, 1000, 3), np.uint8)))
    lift.lift(document, square(500, 400, 40, 20), "car")
    (part,) = parts(document.tree, document.layers[0])
    wanted = fill.request(document, document.layers[0], part)
    assert max(wanted.box[2:]) < 400 and wanted.task.image.shape == (wanted.box[3], wanted.box[2], 3)
    patches = list(fill.run(wanted))
    assert [made.final for made in patches] == [False, True]
    assert all(made.patch.box == part.mask.box for made in patches)


def test_a_request_says_where_found_areas_and_scenery_are_and_the_fill_follows(engines: Any) -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(90, 131, (140, 180, 1)).repeat(3, axis=2).astype(np.uint8)
    document = Document(Photo(pixels))
    layer, _ = document.layers[0], lift.lift(document, square(80, 55, 40, 30), "car")
    (part,) = parts(document.tree, document.layers[0])
    assert fill.request(document, layer, part).task.labels is None
    found = [
        FoundObject(square(0, 0, 60, 140), "sky", 1, "area"),
        FoundObject(square(130, 0, 50, 140), "tree", 1, "area"),
        FoundObject(square(60, 0, 20, 20), "dog", 1),
    ]
    lift.set_found(document, found)
    wanted = fill.request(document, document.layers[0], part)
    assert wanted.task.labels is not None
    x, y, w, h = wanted.box
    expected = np.zeros((140, 180), np.uint8)
    expected[:, :60], expected[:, 130:] = 1, 2
    assert np.array_equal(wanted.task.labels, expected[y : y + h, x : x + w])

    def painted(asked: fill.FillRequest) -> Any:
        chosen = replace(asked.part, options=replace(asked.part.options, filler="guided"))
        return list(fill.run(replace(asked, part=chosen)))[-1].patch.crop

    engines["filler"] = GuidedFiller()
    unlabelled = replace(wanted, task=replace(wanted.task, labels=None))
    assert not np.array_equal(painted(wanted), painted(unlabelled))


def test_fill_again_asks_with_another_seed_and_undo_finds_the_old_fill(
    document: Document, car: str, engines: dict[str, Any]
) -> None:
    fill.fill_missing(document)
    edit.delete(document, car)
    first = render(document.snapshot()).pixels
    fill_options.fill_again(document, document.layers[0].id)
    assert len(document.missing_parts()) == 1
    fill.fill_missing(document)
    assert [call["seed"] for call in engines["filler"].calls] == [0, 1]
    assert not np.array_equal(render(document.snapshot()).pixels, first)
    document.undo()
    assert not document.missing_parts() and np.array_equal(render(document.snapshot()).pixels, first)


def test_a_fill_is_no_step_of_history(document: Document, car: str) -> None:
    fill.fill_missing(document)
    assert len(document.history.steps) == 1 and not document.missing_parts()
    set_property(document, car, "opacity", 0.3, "drag")
    set_property(document, car, "opacity", 0.2, "drag")
    assert len(document.history.steps) == 2


@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3), (30, 40, 4)])
def test_fill_pixels_paints_exactly_the_hole(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 100, shape).astype(np.uint8)
    if shape[2:] == (4,):
        pixels[..., 3] = 255
    hole = np.zeros((30, 40), np.uint8)
    hole[10:15, 10:20] = 1
    out = fill.fill_pixels(pixels, hole)
    assert out.shape == shape and np.array_equal(out[hole == 0], pixels[hole == 0])
    assert (out[hole > 0] >= 200).all()


def test_fill_pixels_refuses_what_cannot_be_filled() -> None:
    pixels = np.zeros((30, 40, 3), np.uint8)
    for hole in (np.zeros((30, 40), np.uint8), np.ones((30, 40), np.uint8), np.ones((3, 4), np.uint8)):
        with pytest.raises(StudioError):
            fill.fill_pixels(pixels, hole)


def test_states_are_frozen(document: Document, car: str) -> None:
    for change in (
        lambda: setattr(document.state, "tree", None),
        lambda: setattr(document.layer(car), "opacity", 0.1),
        lambda: setattr(document, "state", document.state),
    ):
        with pytest.raises(AttributeError):
            change()
    assert replace(document.state).layers is document.layers
