"""Which selector answers, and that odd photos and prompts are taken or told, network or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_colour import picture, selector_by_colour
from networks import write_click_network

import inpaint_studio as ips
from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.engines.finders.subject import SubjectFinder
from inpaint_studio.engines.networks import places
from inpaint_studio.studio import find
from inpaint_studio.studio.find import Picker, Prompts, object_mask
from inpaint_studio.studio.masks import overlap

ON_RED = (40.5, 44.5)


@pytest.fixture(autouse=True)
def engines() -> None:
    """The real engines, not those of this folder's other tests."""


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, none_loaded: None) -> Path:
    """The program's folder of networks, empty."""
    monkeypatch.setattr(places, "resource", lambda *parts: tmp_path.joinpath(*parts))
    return tmp_path / "models"


@pytest.fixture(params=["network", "grabcut"])
def either(request: pytest.FixtureRequest, models: Path) -> str:
    """With a network of random weights, and with none."""
    if request.param == "network":
        write_click_network(models)
    return str(request.param)


def test_the_network_answers_where_it_is_installed(models: Path) -> None:
    image = picture()[0]
    assert not Picker(image).sharp and not find.selects_sharply()
    write_click_network(models)
    assert Picker(image).sharp and find.selects_sharply()
    assert not Picker(image, "grabcut").sharp


def test_a_damaged_network_is_told(models: Path) -> None:
    write_click_network(models, sha256="0" * 64)
    with pytest.raises(StudioError, match="damaged"):
        Picker(picture()[0])


def test_answers_are_sharpened(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = {"selector": selector_by_colour, "finder": SubjectFinder}
    monkeypatch.setattr(find.registry, "load", lambda _, kind: engines[kind]())
    known = find.registry.installed
    monkeypatch.setattr(find.registry, "installed", lambda kind: [] if kind == "finder" else known(kind))
    monkeypatch.setattr(find.registry, "load_usual", lambda kind, _="": engines[kind]())
    image, red, _ = picture(4)
    prompts = Prompts(points=(tuple(4 * v for v in ON_RED),), labels=(1,))  # type: ignore[arg-type]
    picker = Picker(image)
    rough = picker.select(prompts)[0]
    fine = picker.refine(prompts, rough)
    glance = picker.glance(prompts)
    assert glance is not None and glance.mask.same(rough.mask)
    for mask in (object_mask(image, prompts), Mask.place(ips.select(image, prompts.points))):
        assert mask.same(fine.mask) and not mask.same(rough.mask)
    truth = Mask.place(red.astype(np.uint8) * 255)
    assert overlap(fine.mask, truth) > overlap(rough.mask, truth)
    assert overlap(picker.subject(), truth) > 0.9


def test_without_a_network_there_are_no_glances_and_what_stands_out_is_still_found(models: Path) -> None:
    picker = Picker(picture(2)[0])
    prompts = Prompts(points=((80.0, 88.0),), labels=(1,))
    first = picker.select(prompts)[0]
    assert picker.glance(prompts) is None and picker.refine(prompts, first) is first
    assert picker.subject()
    with pytest.raises(StudioError, match="Nothing stands out"):
        Picker(np.full((80, 90, 3), 128, np.uint8)).subject()


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (40, 63), (63, 64)])
@pytest.mark.parametrize("channels", [0, 3, 4])
def test_any_picture_can_be_asked(either: str, shape: tuple[int, int], channels: int) -> None:
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (*shape, channels) if channels else shape).astype(np.uint8)
    x, y = shape[1] // 2, shape[0] // 2
    try:
        mask = ips.select(pixels, [(x, y)])
    except StudioError as error:
        # A single region has no object in it.
        assert either == "grabcut" and "othing" in str(error)
    else:
        assert mask.shape == shape and mask.dtype == np.uint8 and mask[y, x] == 255


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        ({"points": [(500, 10)]}, "outside the photo"),
        ({"points": [(-1, 10)]}, "outside the photo"),
        ({"points": [(float("nan"), 10)]}, "outside the photo"),
        ({"points": [(20, 20)], "labels": [0]}, "Nothing says"),
        ({"points": [(20, 20), (20, 20)], "labels": [1, 0]}, "Click on the object"),
        ({"box": (10, 10, 0, 20)}, "no pixel"),
        ({"box": (500, 10, 20, 20)}, "no pixel"),
        ({}, "Nothing says"),
    ],
)
def test_prompts_without_sense_are_told(either: str, prompts: dict[str, Any], words: str) -> None:
    with pytest.raises(StudioError, match=words):
        ips.select(picture()[0], **prompts)


def test_clicks_that_contradict_are_obeyed_each_at_its_pixel(either: str) -> None:
    points = [ON_RED, (41.5, 44.5), (42.5, 44.5)]
    mask = ips.select(picture()[0], points, [1, 0, 1])
    assert [int(mask[44, x]) for x in (40, 41, 42)] == [255, 0, 255]
