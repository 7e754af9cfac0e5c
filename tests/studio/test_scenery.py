"""Buildings, trees, fences and the like are stuff: lifted only when asked for, always there to copy from."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Layer, Part, Transform, parts
from inpaint_studio.engines import registry
from inpaint_studio.engines.finders.instances import Sketch
from inpaint_studio.engines.finders.merge import merged
from inpaint_studio.engines.finders.scene import RULES
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.studio import edit, fill, lift
from inpaint_studio.studio.layers import lift_all

SHAPE = 120, 160


def square(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


SHOP = square(0, 0, 100, 80).minus(square(40, 50, 30, 30))
CAR = square(40, 50, 30, 40)
PLACES = {
    "building": SHOP,
    "tree": square(110, 10, 20, 60),
    "fence": square(135, 60, 25, 20),
    "road": square(0, 90, 160, 30),
    "car": CAR,
}


def street() -> list[FoundObject]:
    """What the scene network's classes become for a street of shop, tree, fence, road and a car."""
    sketches = [Sketch(mask.full(SHAPE), RULES[name], 0.9) for name, mask in PLACES.items()]
    return [FoundObject(Mask.place(s.mask), s.rule.label, s.score, s.rule.kind) for s in merged(sketches)]


@pytest.fixture
def found(document: Document) -> Document:
    lift.set_found(document, street())
    return document


def backdrop_part(document: Document, hole: int) -> tuple[Layer, Part]:
    layer = document.layers[0]
    return layer, next(p for p in parts(document.tree, layer) if layer.holes[hole].id in p.holes)


def lift_shop(document: Document) -> str:
    return lift.lift(document, SHOP, "building", stuff=True)


def test_lifting_all_lifts_the_cars_of_a_street(document: Document, engines, monkeypatch) -> None:
    class Finder:
        def find(self, image: np.ndarray, **_: object) -> list[FoundObject]:
            return street()

    monkeypatch.setitem(engines, "finder", Finder())
    assert registry.load("every", "finder") is engines["finder"]
    made = lift_all(document.photo)
    assert [layer.label for layer in made.layers if layer.kind == "cutout"] == ["car"]
    assert {o.label for o in made.state.found} == {"building", "tree", "fence", "road"}


def test_the_hole_of_a_car_may_copy_from_the_shop_that_was_found(found: Document) -> None:
    lift.lift(found, CAR, "car")
    wanted = fill.request(found, *backdrop_part(found, 0))
    assert not wanted.task.excluded_mask.any()


@pytest.mark.parametrize("shop_first", [True, False])
def test_the_hole_of_a_car_may_copy_from_a_lifted_shop_at_home(found: Document, shop_first: bool) -> None:
    if shop_first:
        lift_shop(found)
    lift.lift(found, CAR, "car")
    if not shop_first:
        lift_shop(found)
    layer, part = backdrop_part(found, 1 if shop_first else 0)
    wanted = fill.request(found, layer, part)
    x, y, w, h = wanted.box
    inside = SHOP.window((x, y, w, h)) > 0
    assert not (wanted.task.excluded_mask[inside & (wanted.task.hole == 0)]).any()
    assert (wanted.task.hole > 0)[inside].mean() < 0.2, "the shop is not to be filled with the car"
    assert (
        wanted.task.labels is not None
        and len(np.unique(wanted.task.labels[inside & (wanted.task.hole == 0)])) == 1
    )
    _, behind_shop = backdrop_part(found, 0 if shop_first else 1)
    kept_out = fill.request(found, layer, behind_shop)
    assert kept_out.task.excluded_mask[60 - kept_out.box[1], 55 - kept_out.box[0]], (
        "but the shop's not from the car"
    )


def test_a_shop_that_was_moved_away_is_not_copied_any_more(found: Document) -> None:
    shop = lift_shop(found)
    lift.lift(found, CAR, "car")
    edit.transform(found, shop, Transform(dx=30))
    layer, part = backdrop_part(found, 1)
    wanted = fill.request(found, layer, part)
    x, y, w, h = wanted.box
    inside = SHOP.window((x, y, w, h)) > 0
    assert ((wanted.task.excluded_mask > 0) | (wanted.task.hole > 0))[inside].all()


def test_what_was_filled_from_the_shop_is_drawn_over_what_is_behind_it(found: Document) -> None:
    from inpaint_studio.basics import Patch
    from inpaint_studio.render import plate

    lift_shop(found)
    car = lift.lift(found, CAR, "car")
    edit.transform(found, car, Transform(dx=60, dy=20))
    layer = found.layers[0]
    for value, hole in ((10, 1), (250, 0)):
        part = backdrop_part(found, hole)[1]
        x, y, w, h = part.mask.box
        found.put_fill(part, Patch(x, y, np.full((h, w, 3), value, np.uint8)))
    shown = plate(found.snapshot(), layer, (0, 0, 160, 120))
    opened = layer.holes[1].mask.full(SHAPE) > 0
    assert (shown[opened] == 10).all()


def test_a_lifted_shop_stays_scenery_when_it_is_put_back_or_saved(found: Document, tmp_path) -> None:
    shop = lift_shop(found)
    save_project(found.snapshot(), found.photo, tmp_path / "street.ora")
    again, _ = open_project(tmp_path / "street.ora")
    assert [hole.stuff for hole in again.layers[0].holes] == [True]
    edit.put_back(found, shop)
    assert next(o for o in found.state.found if o.label == "building").kind == "area"


def test_scenery_found_by_an_earlier_version_is_scenery_now(found: Document, tmp_path, monkeypatch) -> None:
    old = [FoundObject(o.mask, o.label, o.score) for o in street()]
    lift.set_found(found, old)
    save_project(found.snapshot(), found.photo, tmp_path / "street.ora")
    again, _ = open_project(tmp_path / "street.ora")
    kinds = {o.label: o.kind for o in again.state.found}
    assert (kinds["building"], kinds["tree"], kinds["fence"], kinds["car"]) == (
        "area",
        "area",
        "area",
        "thing",
    )
