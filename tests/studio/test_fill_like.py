"""Holes filled with what has a name, what is pointed at, or what is selected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.document import Document, parts
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import EngineInfo
from inpaint_studio.studio import fill, fill_like, lift
from inpaint_studio.studio.verbs.perform import perform
from inpaint_studio.studio.verbs.verb import VerbContext

NAMING = EngineInfo("namer", "finder", "Namer", "x:X", "MIT", gives=frozenset({"label_map"}))


def square(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


@pytest.fixture
def removed(document: Document) -> Document:
    sky = FoundObject(square(0, 0, 160, 29), "sky", 1.0, "area")
    house = FoundObject(square(0, 60, 50, 60), "building", 1.0, "area")
    lift.set_found(document, [sky, house, FoundObject(square(120, 60, 20, 20), "sky", 0.9)])
    lift.remove(document, square(40, 20, 30, 20), "blot")
    return document


def sample(document: Document) -> Any:
    layer = document.layers[0]
    return parts(document.tree, layer)[0].options.sample


def context(document: Document) -> VerbContext:
    return VerbContext(document, document.layers[0].id)


def test_scenery_of_a_name_is_what_is_copied(removed: Document) -> None:
    perform(context(removed), "fill.like_sky")
    area = sample(removed)
    assert area.same(square(0, 0, 160, 29)), "a thing of that name is no scenery"
    layer = removed.layers[0]
    wanted = fill.request(removed, layer, parts(removed.tree, layer)[0])
    source = wanted.task.source_mask
    assert source is not None and source.any() and not source[29 - wanted.box[1] :].any()
    perform(context(removed), "fill.like_wall")
    assert sample(removed).same(square(0, 60, 50, 60)), "a wall is that of a building"
    perform(context(removed), "fill.like", {"word": "Sky"})
    assert sample(removed).same(square(0, 0, 160, 29))


def test_scenery_that_is_not_there_is_told_and_changes_nothing(removed: Document) -> None:
    state = removed.state
    with pytest.raises(StudioError, match=r"No road was found.*selection"):
        perform(context(removed), "fill.like_road")
    assert removed.state is state


def test_the_selection_is_what_is_copied(removed: Document) -> None:
    with pytest.raises(StudioError):
        perform(context(removed), "fill.like_selection")
    lift.set_selection(removed, square(90, 70, 30, 20), "Select")
    perform(context(removed), "fill.like_selection")
    assert sample(removed).same(square(90, 70, 30, 20))


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A picture whose upper third is sky and whose lowest is road."""
    ids = np.zeros((90, 120), np.uint8)
    ids[30:60], ids[60:] = 1, 2
    monkeypatch.setattr(registry, "installed", lambda kind: (NAMING,))
    monkeypatch.setattr(fill_like, "label_map", lambda image, network: (ids, ["Sky", "building", "road"]))
    return np.random.default_rng(0).integers(90, 110, (90, 120, 3)).astype(np.uint8)


def test_the_area_of_a_name_in_an_array(named: np.ndarray) -> None:
    hole = np.zeros((90, 120), np.uint8)
    hole[50:80, 40:70] = 255
    sky, wall = (fill_like.area_like(named, hole, word) for word in ("sky", "wall"))
    assert sky[:30].all() and not sky[30:].any()
    assert wall[30:60].any() and not wall[50:60, 40:70].any() and not wall[60:].any()
    with pytest.raises(StudioError, match=r"known are.*building.*road"):
        fill_like.area_like(named, hole, "water")


def test_a_name_that_lies_in_the_hole_alone_is_told(named: np.ndarray) -> None:
    hole = np.zeros((90, 120), np.uint8)
    hole[60:] = 255
    with pytest.raises(StudioError, match="nothing of “road” outside"):
        fill_like.area_like(named, hole, "road")


def test_what_lies_at_a_point(monkeypatch: pytest.MonkeyPatch, named: np.ndarray) -> None:
    there = square(10, 10, 20, 20).full((90, 120))
    asked = []
    monkeypatch.setattr(fill_like, "select_pixels", lambda pixels, points: asked.append(points) or there)
    hole = square(20, 0, 60, 90).full((90, 120))
    area = fill_like.area_like(named, hole, (15.0, 20.0))
    assert asked == [[(15.0, 20.0)]]
    assert np.array_equal(area > 0, square(10, 10, 10, 20).full((90, 120)) > 0)
