"""Enhancing arrays and layers, by an enhancer that makes everything 20 levels brighter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from test_verbs import CAR, square

from inpaint_studio.basics import NO_PROGRESS, Mask, StudioError
from inpaint_studio.basics.progress import Progress
from inpaint_studio.document import Document, Photo, Transform, parts
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.render import render
from inpaint_studio.studio import edit, enhance, fill, frames, lift
from inpaint_studio.studio.properties import set_property


class Brighter:
    """Adds `by` levels at full strength; remembers the sizes that it saw."""

    def __init__(self, by: int = 20) -> None:
        self.by = by
        self.seen: list[np.ndarray] = []

    def enhance(
        self, image: np.ndarray, *, strength: float = 1.0, progress: Progress = NO_PROGRESS
    ) -> np.ndarray:
        self.seen.append(image)
        progress.report(0.5)
        return np.clip(image + np.rint(self.by * strength), 0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def engine(engines: dict[str, Any]) -> Brighter:
    engines["enhancer"] = Brighter()
    return engines["enhancer"]


@pytest.fixture
def smooth() -> Document:
    """A photo that scaling keeps as it is: soft and dark."""
    noise = np.random.default_rng(2).integers(0, 256, (120, 160, 3)).astype(np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), 6)
    return Document(Photo(np.clip((blurred - 128) * 4 + 100, 0, 200).astype(np.uint8)))


def picture(document: Document) -> np.ndarray:
    return render(document.snapshot()).pixels[..., :3].astype(int)


def enhanced(
    document: Document, layer_id: str, strength: float = 1.0, progress: Progress = NO_PROGRESS
) -> None:
    """Here and now what the window does with a worker."""
    wanted = enhance.request(document, layer_id, strength)
    enhance.apply(document, wanted, enhance.run(wanted, progress))


# Arrays


def test_kinds_of_arrays_stay_as_they_are(engine: Brighter) -> None:
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 200, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(enhance.enhance_pixels(colours), colours + 20)
    grey = colours[..., 0]
    assert np.array_equal(enhance.enhance_pixels(grey), grey + 20)
    assert np.array_equal(enhance.enhance_pixels(colours, 0.5), colours + 10)
    alpha = np.full((20, 30), 255, np.uint8)
    alpha[5:10], alpha[10:] = 128, 0
    out = enhance.enhance_pixels(np.dstack([colours, alpha]))
    assert np.array_equal(out[..., 3], alpha)
    assert np.array_equal(out[:10, :, :3], colours[:10] + 20)
    assert np.array_equal(out[10:], np.dstack([colours, alpha])[10:]), "nothing that can't be seen changes"


def test_hidden_colours_are_not_seen_by_the_network(engine: Brighter) -> None:
    rgba = np.zeros((20, 20, 4), np.uint8)
    rgba[:10] = (100, 100, 100, 255)
    rgba[10:] = (0, 255, 0, 0)
    enhance.enhance_pixels(rgba)
    assert engine.seen[0].min() == engine.seen[0].max() == 100


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8),
     np.zeros(7, np.uint8), np.zeros((1, 2, 3, 4), np.uint8)],
)  # fmt: skip
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(StudioError, match="picture must"):
        enhance.enhance_pixels(wrong)


# The backdrop


def moved_car(document: Document) -> str:
    """A car with soft edge and clean colours, moved; what was behind it is filled."""
    car = lift.lift(document, CAR, "car")
    lift.settle_cut(document, CAR, lift.make_cut(document.layer(car), CAR, NO_PROGRESS))
    edit.transform(document, car, Transform(30, 20))
    fill.fill_missing(document)
    return car


def test_the_backdrop_and_its_fills_and_what_lies_at_home(document: Document, engine: Brighter) -> None:
    photo = document.photo.pixels.copy()
    moved = moved_car(document)
    home = lift.lift(document, square(120, 90, 30, 20), "dog")
    fill.fill_missing(document)
    lift.settle_cut(
        document,
        document.layer(home).mask,
        lift.make_cut(document.layer(home), document.layer(home).mask, NO_PROGRESS),
    )
    before, shown, steps = document.state, picture(document), len(document.history.steps)
    enhanced(document, document.layers[0].id)
    assert len(document.history.steps) == steps + 1
    assert document.history.steps[-1].name == "Enhance backdrop"
    assert document.missing_parts() == [], "fills are enhanced, not made again"
    backdrop, car, dog = (document.layer(i) for i in (document.layers[0].id, moved, home))
    assert dog.source is backdrop.source
    assert car.source is before.layer(moved).source
    assert home in document.tree.at_home
    on_car = car.mask.moved(30, 20).full((120, 160)) > 0
    assert np.array_equal(picture(document)[~on_car], shown[~on_car] + 20)
    set_property(document, moved, "visible", False)
    edit.transform(document, home, Transform(0, -60))
    set_property(document, home, "visible", False)
    assert picture(document)[on_car].min() >= 20
    set_property(document, home, "visible", True)
    x, y = 135, 40
    assert np.array_equal(picture(document)[y, x], np.minimum(255, photo[y + 60, x] + 40)), (
        "its own colours too"
    )
    while document.state is not before:
        document.undo()
    assert np.array_equal(picture(document), shown)
    assert np.array_equal(document.photo.pixels, photo)
    assert document.missing_parts() == []


def test_what_the_fill_shows_is_what_it_showed_but_brighter(document: Document) -> None:
    moved = moved_car(document)
    edit.delete(document, moved)
    shown = picture(document)
    assert shown.max() >= 200, "the fill"
    enhanced(document, document.layers[0].id, 0.5)
    assert np.array_equal(picture(document), np.minimum(255, shown + 10))
    document.undo()
    assert np.array_equal(picture(document), shown)
    document.redo()
    assert document.missing_parts() == []


def test_an_open_hole_is_filled_from_the_new_pixels(document: Document, engines: dict[str, Any]) -> None:
    car = lift.lift(document, CAR, "car")
    edit.transform(document, car, Transform(30, 20))
    enhanced(document, document.layers[0].id)
    assert len(document.missing_parts()) == 1
    fill.fill_missing(document)
    call = engines["filler"].calls[-1]
    assert call["image"][call["hole"] == 0].min() >= 20


def test_a_transparent_photo_keeps_its_transparency() -> None:
    rgba = np.random.default_rng(1).integers(0, 200, (40, 50, 4)).astype(np.uint8)
    rgba[:10, :, 3] = 0
    document = Document(Photo(rgba))
    before = render(document.snapshot()).pixels
    enhanced(document, document.layers[0].id)
    after = render(document.snapshot()).pixels
    assert np.array_equal(after[..., 3], before[..., 3])
    assert document.layers[0].bounds() == (0, 0, 50, 40)


# Cutouts


def test_a_cutout_alone(document: Document, engine: Brighter) -> None:
    car = moved_car(document)
    shown = picture(document)
    backdrop = document.layers[0]
    enhanced(document, car)
    layer = document.layer(car)
    assert document.layers[0] is backdrop
    inside = np.zeros((120, 160), bool)
    x, y, w, h = layer.bounds()
    inside[y : y + h, x : x + w] = True
    change = picture(document) - shown
    assert (change[~inside] == 0).all()
    assert change[20 + 45, 30 + 60].min() == 20
    assert change.max() == 20
    assert max(image.shape[1] for image in engine.seen) < 160, "only what belongs to it"
    document.undo()
    assert np.array_equal(picture(document), shown)


def test_at_home_it_shows_too_and_can_be_put_back(document: Document) -> None:
    car = lift.lift(document, CAR, "car")
    enhanced(document, car)
    assert car not in document.tree.at_home
    fill.fill_missing(document)
    assert np.array_equal(picture(document)[45, 60], document.photo.pixels[45, 60].astype(int) + 20)
    edit.put_back(document, car)
    assert np.array_equal(picture(document), document.photo.pixels)
    assert document.state.found[-1].mask.same(CAR)


@pytest.mark.parametrize(
    "place",
    [
        Transform(7.3, -4.6, 3.0, 3.0, 0, (60, 45)),
        Transform(2, 1, 1.7, 2.3, 0, (60, 45)),
        Transform(2, 1, -2.0, 2.0, 0, (60, 45)),
        Transform(2, 1, 2.0, 2.0, 25, (60, 45)),
        Transform(2.5, 1.5, 0.6, 1.8, 10, (60, 45)),
        Transform(0, 0, 6.0, 6.0, 0, (60, 45)),
    ],
)
def test_enlarged_it_looks_the_same_but_for_the_enhancing(
    smooth: Document, engine: Brighter, place: Transform
) -> None:
    engine.by = 0
    car = lift.lift(smooth, CAR, "car")
    edit.transform(smooth, car, place)
    fill.fill_missing(smooth)
    before, bounds = picture(smooth), smooth.layer(car).bounds()
    enhanced(smooth, car)
    layer = smooth.layer(car)
    # Its edge is interpolated: it may reach a pixel of the old source farther.
    assert np.abs(np.array(layer.bounds()) - bounds).max() <= 2 * max(place.scale_x, place.scale_y) + 2
    difference = np.abs(picture(smooth) - before)
    assert np.percentile(difference, 99) <= 3
    assert difference.mean() < 1
    scale = min(4.0, max(1.0, abs(place.scale_x))), min(4.0, max(1.0, abs(place.scale_y)))
    assert layer.source_frame.scale_x, layer.source_frame.scale_y == pytest.approx(scale)
    assert abs(layer.transform.scale_x) == pytest.approx(abs(place.scale_x) / scale[0])
    if place.degrees == 0 and 0 < place.scale_x <= 4:
        assert layer.transform.whole_shift is not None, "drawn pixel by pixel"


def test_enlarged_cutouts_can_still_be_reset_mended_and_put_back(smooth: Document, engine: Brighter) -> None:
    engine.by = 0
    car = lift.lift(smooth, CAR, "car")
    edit.transform(smooth, car, Transform(5, 5, 3.0, 3.0, 0, (60, 45)))
    enhanced(smooth, car)
    layer = smooth.layer(car)
    home = frames.home(smooth.tree, layer)
    assert replace(layer, transform=home).bounds() == pytest.approx(CAR.box, abs=2)
    # Twice as wide to the right: the hole behind follows in the photo's own pixels.
    x, y, w, h = layer.mask.box
    hole = smooth.layers[0].holes[0].mask.box
    wider = Mask(x, y, np.full((h, w + 12), 255, np.uint8))
    lift.refine(smooth, car, wider)
    grown = smooth.layers[0].holes[0].mask.box
    assert grown[0] == pytest.approx(hole[0], abs=1)
    assert grown[2] - hole[2] == pytest.approx(4, abs=2)
    edit.put_back(smooth, car)
    assert np.array_equal(picture(smooth), smooth.photo.pixels)


def test_what_was_lifted_from_a_cutout(smooth: Document, engine: Brighter) -> None:
    engine.by = 0
    car = lift.lift(smooth, CAR, "car")
    edit.transform(smooth, car, Transform(0, 0, 2.0, 2.0, 0, (60, 45)))
    home = lift.lift(smooth, square(45, 35, 10, 10), "wheel", car)
    away = lift.lift(smooth, square(65, 45, 10, 10), "door", car)
    edit.transform(smooth, away, replace(smooth.layer(away).transform, dx=30.0))
    fill.fill_missing(smooth)
    before = picture(smooth)
    enhanced(smooth, car)
    assert np.percentile(np.abs(picture(smooth) - before), 95) <= 3
    assert smooth.missing_parts() == []
    assert smooth.layer(home).source is smooth.layer(car).source
    assert home in smooth.tree.at_home
    assert smooth.layer(away).source is smooth.photo.pixels
    hole = next(h.mask for h in smooth.layer(car).holes if h.owner == away)
    lift.refine(smooth, away, square(65, 45, 9, 10))
    after = next(h.mask for h in smooth.layer(car).holes if h.owner == away)
    assert after.box[:2] == pytest.approx(hole.box[:2], abs=2)
    assert after.area == pytest.approx(0.9 * hole.area, rel=0.15)


def test_twice_in_a_row(smooth: Document, engine: Brighter) -> None:
    engine.by = 5
    car = lift.lift(smooth, CAR, "car")
    edit.transform(smooth, car, Transform(0, 0, 2.0, 2.0, 0, (60, 45)))
    enhanced(smooth, car)
    first = smooth.layer(car)
    enhanced(smooth, car)
    layer = smooth.layer(car)
    assert (layer.source_frame.scale_x, layer.source_frame.scale_y) == (2, 2)
    assert layer.source_frame.id != first.source_frame.id
    assert replace(layer, transform=frames.home(smooth.tree, layer)).bounds() == pytest.approx(CAR.box, abs=2)


def test_a_pasted_picture_keeps_its_pixels_and_hidden_ones(document: Document) -> None:
    rgba = np.random.default_rng(1).integers(0, 200, (30, 40, 4)).astype(np.uint8)
    rgba[..., 3] = 255
    rgba[:10, :, 3] = 0
    cat = lift.put_picture(document, Photo(rgba, "cat.png"))
    enhanced(document, cat)
    layer = document.layer(cat)
    assert layer.source.shape == (30, 40, 3)
    assert np.array_equal(layer.source[10:], rgba[10:, :, :3] + 20)
    assert np.array_equal(layer.source[:10], rgba[:10, :, :3])


# Files, errors, changes meanwhile


def test_projects_keep_it(document: Document, tmp_path) -> None:
    car = moved_car(document)
    edit.transform(document, car, Transform(5, 5, 2.0, 2.0, 0, (60, 45)))
    lift.lift(document, square(100, 80, 30, 20), "dog")
    fill.fill_missing(document)
    enhanced(document, car)
    enhanced(document, document.layers[0].id)
    shown = render(document.snapshot()).pixels
    save_project(document.snapshot(), document.photo, tmp_path / "a.ora")
    opened, notices = open_project(tmp_path / "a.ora")
    assert notices == []
    assert np.array_equal(render(opened.snapshot()).pixels, shown)
    assert np.array_equal(opened.photo.pixels, document.photo.pixels)
    assert opened.tree.at_home == document.tree.at_home
    assert opened.missing_parts() == []
    assert [x.source_frame for x in opened.layers] == [x.source_frame for x in document.layers]
    for before, after in zip(document.layers, opened.layers, strict=True):
        keys = [[p.key for p in parts(d.tree, x)] for x, d in ((before, document), (after, opened))]
        assert keys[0] == keys[1]


def test_a_locked_layer(document: Document) -> None:
    car = lift.lift(document, CAR, "car")
    set_property(document, car, "locked", True)
    with pytest.raises(StudioError, match="locked"):
        enhanced(document, car)


def test_changes_meanwhile_are_seen_and_moves_do_no_harm(document: Document) -> None:
    car = lift.lift(document, CAR, "car")
    wanted = enhance.request(document, car)
    made = enhance.run(wanted)
    edit.transform(document, car, Transform(10, 5))
    assert enhance.is_current(document, wanted)
    lift.refine(document, car, square(40, 30, 30, 30))
    state = document.state
    assert not enhance.apply(document, wanted, made)
    assert document.state is state
    document.undo()
    assert enhance.apply(document, wanted, made)
    assert document.layer(car).bounds()[:2] == (50, 35)
    edit.delete(document, car)
    assert not enhance.is_current(document, wanted)


def test_progress_runs_from_nought_to_one(document: Document) -> None:
    moved_car(document)
    seen: list[float] = []

    class Watch:
        def report(self, fraction: float, message: str = "") -> None:
            seen.append(fraction)

    enhanced(document, document.layers[0].id, progress=Watch())
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] <= 1


def test_the_preview_is_what_will_be(smooth: Document, engine: Brighter) -> None:
    car = lift.lift(smooth, CAR, "car")
    edit.transform(smooth, car, Transform(0, 0, 2.0, 2.0, 0, (60, 45)))
    wanted = enhance.request(smooth, car)
    box = (40, 30, 50, 40)
    before, after = (enhance.preview(wanted, smooth.snapshot(), box, enhanced=on) for on in (False, True))
    assert wanted.area() == wanted.frame.width * wanted.frame.height
    assert before.shape == after.shape == (40, 50, 4)
    assert np.array_equal(after[..., :3], before[..., :3] + 20)
    enhanced(smooth, car)
    x, y, w, h = box
    assert np.array_equal(smooth.layer(car).source[y : y + h, x : x + w], after[..., :3])
