"""Things lifted together lie in front of each other as in the photo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.basics import FoundObject, Mask, Patch
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines.contracts import Cut
from inpaint_studio.studio import finish, layers, lift
from inpaint_studio.studio.depth import by_depth, lower_edge, things_by_depth
from inpaint_studio.studio.verbs.perform import perform
from inpaint_studio.studio.verbs.verb import VerbContext


def block(x: int, y: int, w: int, h: int, cover: int = 255) -> Mask:
    return Mask(x, y, np.full((h, w), cover, np.uint8))


SIGN = FoundObject(block(70, 10, 8, 20), "sign", 0.9)
CAR = FoundObject(block(20, 40, 40, 20), "car", 0.8)
MAN = FoundObject(block(30, 30, 10, 36), "person", 0.7)
SHOP = FoundObject(block(0, 0, 90, 70), "building", 0.9, "area")
ROAD = FoundObject(block(0, 60, 90, 20), "road", 0.9, "area")


def test_lower_in_the_picture_is_nearer_and_scenery_is_behind():
    assert by_depth([MAN, ROAD, CAR, SHOP, SIGN]) == [SHOP, ROAD, SIGN, CAR, MAN]
    assert things_by_depth([MAN, SHOP, CAR, SIGN]) == [SIGN, CAR, MAN]


@given(st.permutations([SIGN, CAR, MAN, SHOP, ROAD]))
def test_the_order_found_does_not_matter(found):
    assert by_depth(found) == [SHOP, ROAD, SIGN, CAR, MAN]


def test_a_soft_edge_below_is_no_lower_edge():
    crop = np.full((10, 4), 255, np.uint8)
    crop[6:] = 60
    assert lower_edge(Mask(0, 5, crop)) == 11
    assert lower_edge(Mask.empty()) == 0


@pytest.fixture
def photo():
    return Photo(np.random.default_rng(4).integers(0, 256, (80, 90, 3)).astype(np.uint8))


def test_lift_all_lifts_the_farthest_first(photo, monkeypatch):
    monkeypatch.setattr(layers, "find_objects", lambda *_, **__: [MAN, CAR, SHOP, SIGN])
    monkeypatch.setattr(
        finish, "make_cut", lambda *_: Cut(Mask.empty(), Patch(0, 0, np.zeros((0, 0, 3), np.uint8)))
    )
    monkeypatch.setattr(layers, "fill_missing", lambda *_: None)
    names = [layer.name for layer in layers.lift_all(photo).layers]
    assert names == ["Backdrop", "Sign", "Car", "Person"]


def test_the_verb_lifts_the_farthest_first(photo):
    document = Document(photo)
    lift.set_found(document, [MAN, CAR, SHOP, SIGN])
    perform(VerbContext(document), "objects.lift_all")
    assert [layer.name for layer in document.layers] == ["Backdrop", "Sign", "Car", "Person"]


def test_scenery_is_lifted_below_the_things_that_were(photo):
    document = Document(photo)
    car = lift.lift(document, CAR.mask, "car")
    lift.lift(document, SHOP.mask, "building", stuff=True)
    lift.lift(document, ROAD.mask, "road", stuff=True)
    assert [layer.name for layer in document.layers] == ["Backdrop", "Building", "Road", "Car"]
    assert car in document.tree.at_home
