"""Choosing among fills: verbs, requests and runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask, Patch, StudioError
from inpaint_studio.document import Document, parts
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Fill, FillTask
from inpaint_studio.engines.inpainting.likeness import DistinctFills, look_same
from inpaint_studio.render import render
from inpaint_studio.studio import fill, fill_options, lift


def square(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


LEVELS = (40, 90, 91, 160)
"""What the fake filler paints: the third looks like the second."""


class ManyFiller:
    """Gives what it is asked for of four fills, a preview first; seeds and adaptation change all of them."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def fill(self, task: FillTask, **options: Any) -> Iterator[Fill]:
        image, hole = task.image, task.hole
        self.calls.append(options)
        for number in (0, *range(options["candidates"])):
            pixels = image.copy()
            pixels[hole > 0] = LEVELS[number] + options["seed"] + round(10 * options.get("adaptation", 1.0))
            final = number > 0 or self.previewed
            self.previewed = True
            yield Fill(pixels, final, score=1 - number / 4, note=f"kind {number}")
        self.previewed = False

    previewed = False


@pytest.fixture
def filler(engines: dict[str, Any]) -> ManyFiller:
    engines["filler"] = ManyFiller()
    return engines["filler"]


@pytest.fixture
def removed(document: Document) -> Document:
    lift.remove(document, square(40, 30, 30, 20), "blot")
    return document


def only(document: Document) -> Any:
    return document.layers[0], parts(document.tree, document.layers[0])[0]


def level(document: Document) -> int:
    return int(render(document.snapshot()).pixels[40, 55, 0])


def test_one_is_asked_for_until_another_is_chosen(removed: Document, filler: ManyFiller) -> None:
    made = list(fill.run(fill.request(removed, *only(removed))))
    assert [(c.number, c.final) for c in made] == [(0, False), (0, True)]
    assert filler.calls[0]["candidates"] == 1 and filler.calls[0]["adaptation"] == 1.0
    assert made[-1].note == "kind 0" and made[-1].score == 1


def test_those_that_look_the_same_are_left_out(removed: Document, filler: ManyFiller) -> None:
    made = list(fill.run(fill.request(removed, *only(removed)), candidates=4))
    final = [c for c in made if c.final]
    assert [(c.number, c.note) for c in final] == [(0, "kind 0"), (1, "kind 1"), (2, "kind 3")]
    again = [c for c in fill.run(fill.request(removed, *only(removed)), candidates=4) if c.final]
    for a, b in zip(final, again, strict=True):
        assert np.array_equal(a.patch.crop, b.patch.crop), "the same number is the same picture"


def test_what_is_there_is_not_given_again(removed: Document, filler: ManyFiller) -> None:
    wanted = fill.request(removed, *only(removed))
    first = next(c for c in fill.run(wanted) if c.final)
    others = [c.number for c in fill.run(wanted, candidates=4, known={0: first.patch}) if c.final]
    assert others == [1, 2]
    x, y, w, h = wanted.part.mask.box
    # As from a project saved with a filler that has changed since: it looks like what now has number 1.
    kept = Patch(x, y, np.full((h, w, 3), LEVELS[1] + 11, np.uint8))
    others = [c.number for c in fill.run(wanted, candidates=4, known={3: kept}) if c.final]
    assert others == [0, 2]


def test_a_chosen_candidate_that_is_gone_is_made_again(removed: Document, filler: ManyFiller) -> None:
    fill_options.choose_candidate(removed, *_ids(removed), 2)
    assert removed.missing_parts()
    fill.fill_missing(removed)
    assert filler.calls[-1]["candidates"] == 4 and not removed.missing_parts()
    assert level(removed) == LEVELS[3] + 10
    assert removed.fills.candidates(only(removed)[1]) == [0, 1, 2]
    assert removed.fills.note(only(removed)[1].key) == "kind 3"
    steps = len(removed.history.steps)
    removed.undo()
    assert not removed.missing_parts() and level(removed) == LEVELS[0] + 10
    removed.redo()
    assert level(removed) == LEVELS[3] + 10 and len(removed.history.steps) == steps


def test_the_best_stands_in_where_there_are_too_few(removed: Document, filler: ManyFiller) -> None:
    fill_options.choose_candidate(removed, *_ids(removed), 3)
    fill.fill_missing(removed)
    assert not removed.missing_parts() and level(removed) == LEVELS[0] + 10
    assert removed.fills.candidates(only(removed)[1]) == [1, 2, 3], "no picture twice"


def _ids(document: Document) -> tuple[str, Any]:
    layer, part = only(document)
    return layer.id, part


VERBS: dict[str, Callable[[Document], None]] = {
    "Choose fill 2": lambda d: fill_options.choose_candidate(d, *_ids(d), 1),
    "Fill again": lambda d: fill_options.fill_again(d, d.layers[0].id),
    "Filler: smooth and quick": lambda d: fill_options.set_filler(d, d.layers[0].id, "telea"),
    "Colour adaptation of fill": lambda d: fill_options.set_value(d, d.layers[0].id, "adaptation", 0.25),
    "Paint sampling area": lambda d: fill_options.set_sample(d, d.layers[0].id, square(5, 5, 20, 90)),
}


@pytest.mark.parametrize("name", VERBS)
def test_each_choice_is_one_step_and_undo_finds_the_old_fill(
    removed: Document, filler: ManyFiller, name: str
) -> None:
    fill.fill_missing(removed)
    before, steps = render(removed.snapshot()).pixels, len(removed.history.steps)
    VERBS[name](removed)
    VERBS[name](removed)
    assert len({s.name for s in removed.history.steps[steps:]}) == 1
    assert removed.history.steps[-1].name == name
    again = 2 if name == "Fill again" else 1
    assert len(removed.history.steps) == steps + again, "choosing the same is no step"
    fill.fill_missing(removed)
    for _ in range(again):
        removed.undo()
    assert not removed.missing_parts() and np.array_equal(render(removed.snapshot()).pixels, before)


def test_another_filler_seed_or_area_begins_with_its_best(removed: Document) -> None:
    base = removed.layers[0].id
    for change in (
        lambda: fill_options.fill_again(removed, base),
        lambda: fill_options.set_filler(removed, base, "telea"),
        lambda: fill_options.set_sample(removed, base, square(0, 0, 9, 9)),
    ):
        fill_options.choose_candidate(removed, *_ids(removed), 2)
        change()
        assert only(removed)[1].options.candidate == 0
    options = only(removed)[1].options
    assert (options.filler, options.seed) == ("telea", 1) and options.sample is not None


def test_options_of_one_part_leave_the_others_alone(removed: Document) -> None:
    lift.remove(removed, square(100, 80, 10, 10), "logo")
    layer = removed.layers[0]
    first = parts(removed.tree, layer)[0]
    fill_options.fill_again(removed, layer.id, first.holes)
    fill_options.set_value(removed, layer.id, "adaptation", 2.0, first.holes)
    fill_options.set_value(removed, layer.id, "adaptation", -1.0, first.holes)
    chosen, other = parts(removed.tree, removed.layers[0])
    assert (chosen.options.seed, chosen.options.values) == (1, (("adaptation", 0.0),))
    assert (other.options.seed, other.options.values) == (0, ())


def test_a_choice_reaches_all_holes_of_a_part_that_grew(removed: Document, filler: ManyFiller) -> None:
    lift.remove(removed, square(60, 30, 30, 20), "blot")
    layer, part = only(removed)
    assert len(part.holes) == 2
    fill_options.choose_candidate(removed, layer.id, part, 1)
    assert {h.options.candidate for h in removed.layers[0].holes} == {1}


def test_what_cannot_be_chosen_is_said(removed: Document) -> None:
    layer, part = only(removed)
    with pytest.raises(StudioError, match="1 to 4"):
        fill_options.choose_candidate(removed, layer.id, part, 4)
    with pytest.raises(StudioError, match="called"):
        fill_options.set_filler(removed, layer.id, "magic")
    with pytest.raises(StudioError, match="no option “wisdom”"):
        fill_options.set_value(removed, layer.id, "wisdom", 0.5)
    removed.undo()
    with pytest.raises(StudioError, match="no hole"):
        fill_options.set_value(removed, layer.id, "adaptation", 0.5)


def test_the_sampling_area_is_what_may_be_copied(document: Document) -> None:
    thing = square(90, 30, 20, 20)
    lift.set_found(document, [FoundObject(thing, "dog", 1.0)])
    lift.remove(document, square(40, 30, 20, 20), "blot")
    lift.remove(document, square(120, 90, 10, 10), "logo")
    base = document.layers[0].id
    near = fill.request(document, *_first(document))
    assert near.task.source_mask is None and near.task.excluded_mask[_at(near, 100, 40)]
    area = square(80, 20, 60, 90)
    fill_options.set_sample(document, base, area)
    wanted = fill.request(document, *_first(document))
    assert wanted.task.source_mask is not None
    assert np.array_equal(wanted.task.source_mask > 0, area.window(wanted.box) > 0)
    assert wanted.task.source_mask.sum() == area.full((120, 160)).sum(), "all of the area is in the crop"
    assert not wanted.task.excluded_mask[_at(wanted, 100, 40)], "what the user painted over may be copied"
    assert wanted.task.excluded_mask[_at(wanted, 125, 95)], "what was removed may not"


def _first(document: Document) -> Any:
    layer = document.layers[0]
    return layer, parts(document.tree, layer)[0]


def _at(wanted: fill.FillRequest, x: int, y: int) -> tuple[int, int]:
    return y - wanted.box[1], x - wanted.box[0]


def test_a_cutout_is_sampled_where_it_is_and_where_was_painted(document: Document) -> None:
    car = lift.lift(document, square(40, 30, 60, 60), "car")
    lift.remove(document, square(60, 50, 10, 10), "logo", car)
    fill_options.set_sample(document, car, square(0, 0, 55, 120))
    layer = document.layer(car)
    wanted = fill.request(document, layer, parts(document.tree, layer)[0])
    assert wanted.task.source_mask is not None
    both = square(40, 30, 15, 60).window(wanted.box)
    assert np.array_equal(wanted.task.source_mask > 0, both > 0)


def test_fillers_to_choose_from_have_names_and_can_be_used() -> None:
    choices = dict(fill_options.filler_choices())
    assert next(iter(choices)) == "auto"
    assert {"guided", "telea"} <= set(choices)
    assert all(name and name[0].isupper() for name in choices.values())
    assert fill_options.filler_name("telea") == choices["telea"]
    assert fill_options.filler_name("gone") == "gone"


def test_a_filler_that_another_took_the_place_of_is_still_known_by_its_name() -> None:
    """Projects and scripts name `patchmatch`."""
    assert fill_options.filler_id("patchmatch") == "guided"
    assert fill_options.filler_name("patchmatch") == fill_options.filler_name("guided")
    assert fill_options.takes_sample("patchmatch")
    assert fill_options.parameters_of("patchmatch") == fill_options.parameters_of("guided")
    assert registry.load("patchmatch", "filler") is registry.load("guided", "filler")


def noise(seed: int, strength: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.clip(120 + rng.normal(0, strength, (60, 80, 3)), 0, 255).astype(np.uint8)


def test_alike_is_what_an_eye_would_say() -> None:
    hole = square(0, 0, 80, 60).crop
    grain = noise(1, 6)
    assert look_same(grain, noise(2, 6), hole), "the same grain, every pixel another"
    assert not look_same(grain, grain + np.uint8(9), hole), "another colour"
    assert not look_same(grain, noise(3, 0.5), hole), "grain or smooth"
    pole = grain.copy()
    pole[:, 40:44] = 20
    assert not look_same(grain, pole, hole), "a thin thing only one has"
    outside = square(0, 0, 30, 60).window((0, 0, 80, 60))
    assert look_same(grain, pole, outside), "only the hole counts"


def test_large_fills_are_compared_small() -> None:
    hole = np.full((900, 700), 255, np.uint8)
    flat = np.full((900, 700, 3), 99, np.uint8)
    other = flat.copy()
    other[100:300, 100:300] = 140
    assert look_same(flat, flat.copy(), hole) and not look_same(flat, other, hole)


def test_distinct_fills_are_numbered_as_they_come() -> None:
    seen = DistinctFills(square(0, 0, 80, 60))
    values = [10, 10, 60, 11, 60, 200]
    assert [seen.add(Patch(0, 0, np.full((60, 80, 3), v, np.uint8))) for v in values] == [
        0, None, 1, None, None, 2,
    ]  # fmt: skip


def test_a_filler_that_wants_srgb_gets_it_and_its_fill_comes_back(
    removed: Document, engines: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, object]] = []

    def converted(pixels: np.ndarray, source: object, target: object) -> np.ndarray:
        asked.append((source, target))
        return pixels + np.uint8(10) if target is None else pixels - np.uint8(10)

    monkeypatch.setattr(fill, "between_profiles", converted)
    layer, part = only(removed)
    wanted = fill.request(removed, layer, part)
    for filler, levels in (("guided", (0, 0)), ("network", (10, 10))):
        chosen = replace(part, options=replace(part.options, filler=filler))
        asked.clear()
        made = list(fill.run(replace(wanted, part=chosen, icc=b"wide")))[-1]
        seen = engines["filler"].calls[-1]["image"].astype(int)
        assert (seen - wanted.task.image == levels[0]).all()
        assert (made.patch.crop[part.mask.crop > 0] == 210 - levels[1]).all()
        assert bool(asked) == (filler == "network")
    assert asked[0] == (b"wide", None) and asked[-1] == (None, b"wide")
