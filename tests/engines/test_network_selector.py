"""Selecting by the network: what it is told, what becomes of its answers, hostile prompts, the card.

Most tests use a network of known behaviour: all that has the colour of a wanted point and not that of an
unwanted one, together with the previous mask.
"""

import threading

import numpy as np
import pytest
from by_colour import GREY, RED, SIDE, picture, selector_by_colour
from networks import write_click_network

from inpaint_studio.basics import Cancelled, Mask, StudioError
from inpaint_studio.engines.contracts import Prompts, Proposal
from inpaint_studio.engines.selectors.network import NetworkSelector


@pytest.fixture
def selector():
    return selector_by_colour()


@pytest.fixture
def scene(selector):
    image, red, blue = picture()
    return selector.prepare(image), red, blue


def overlap(mask, truth):
    found = mask.full(truth.shape) > 127
    return (found & truth).sum() / (found | truth).sum()


def first(selector, scene, **prompts):
    return selector.select(scene[0], Prompts(**prompts))[0].mask


RED_SPOT, BLUE_SPOT = (30.5, 40.5), (104.5, 50.5)


def always(chance, quality):
    """The answer of a network that thinks the same of every place."""
    return lambda seen, asked: (
        np.full((3, *asked.previous.shape[2:]), chance, np.float32), np.full(3, quality, np.float32)
    )  # fmt: skip


def test_a_click_offers_object_part_and_group(selector, scene):
    proposals = selector.select(scene[0], Prompts(points=(RED_SPOT,), labels=(1,)))
    assert overlap(proposals[0].mask, scene[1]) > 0.9
    assert overlap(proposals[1].mask, scene[1] & (np.arange(144) < 40)) > 0.85
    assert overlap(proposals[2].mask, scene[1] | scene[2]) > 0.9
    scores = [p.score for p in proposals]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_part_that_is_nearly_the_object_is_not_offered_twice(selector, scene):
    plain = selector.network.answer
    selector.network.answer = lambda *a: (plain(*a)[0][[0, 0, 0]], plain(*a)[1])
    assert len(selector.select(scene[0], Prompts(points=(RED_SPOT,), labels=(1,)))) == 1


def test_further_masks_that_contradict_the_clicks_are_not_offered(selector, scene):
    proposals = selector.select(scene[0], Prompts(points=(RED_SPOT, BLUE_SPOT), labels=(1, 0)))
    assert overlap(proposals[0].mask, scene[1]) > 0.9
    assert all(p.mask.full((96, 144))[50, 104] == 0 for p in proposals)


def test_clicks_add_and_take_away(selector, scene):
    both = first(selector, scene, points=(RED_SPOT, BLUE_SPOT), labels=(1, 1))
    assert overlap(both, scene[1] | scene[2]) > 0.9
    again = first(selector, scene, points=(RED_SPOT, BLUE_SPOT, (90.5, 60.5)), labels=(1, 1, 0))
    assert overlap(again, scene[1]) > 0.9


def test_box_lasso_and_scribbles(selector, scene):
    assert overlap(first(selector, scene, box=(76.0, 26.0, 56.0, 52.0)), scene[2]) > 0.9
    outline = ((76.0, 26.0), (132.0, 26.0), (132.0, 78.0), (76.0, 78.0))
    assert overlap(first(selector, scene, lasso=outline), scene[2]) > 0.9
    wanted = Mask(24, 40, np.full((3, 30), 255, np.uint8))
    unwanted = Mask(90, 40, np.full((20, 2), 255, np.uint8))
    stroked = first(selector, scene, wanted=wanted, unwanted=unwanted)
    assert overlap(stroked, scene[1]) > 0.9
    full = stroked.full((96, 144))
    assert (full[40:43, 24:54] == 255).all()
    assert not full[40:60, 90:92].any()


def test_a_previous_mask_is_begun_with(selector, scene):
    previous = Mask.place(scene[1].astype(np.uint8) * 255)
    more = first(selector, scene, previous=previous, points=(BLUE_SPOT,), labels=(1,))
    assert overlap(more, scene[1] | scene[2]) > 0.9
    both = Mask.place((scene[1] | scene[2]).astype(np.uint8) * 255)
    less = first(selector, scene, previous=both, points=(BLUE_SPOT,), labels=(0,))
    assert overlap(less, scene[1]) > 0.9


def test_when_all_is_taken_away_nothing_is_found(selector, scene):
    selector.network.answer = always(0.0003, 0.5)
    with pytest.raises(StudioError, match="Nothing was found"):
        first(selector, scene, box=(10.0, 10.0, 60.0, 60.0))


def test_each_click_is_told_the_mask_before(selector, scene):
    points = (RED_SPOT, BLUE_SPOT, (5.5, 5.5))
    selector.select(scene[0], Prompts(points=points, labels=(1, 1, 0)))
    seen = selector.network.asked
    assert [int((asked.labels[0] >= 0).sum()) for asked in seen] == [1, 2, 3]
    assert seen[0].previous.sum() == 0
    assert 0 < seen[1].previous.sum() < seen[2].previous.sum()
    assert seen[0].points[0, 0].tolist() == pytest.approx([30.5 * SIDE / 144 / 4, 40.5 * SIDE / 144 / 4])


def test_undone_and_repeated_clicks_give_the_same_mask(selector, scene):
    """Twenty clicks with undo in between: the answer depends on the prompts, not on the way to them."""
    rng = np.random.default_rng(3)
    points = tuple((float(x) + 0.5, float(y) + 0.5) for x, y in rng.integers(0, (144, 96), (20, 2)))
    labels = (1, *(int(v) for v in rng.integers(0, 2, 19)))
    for count in (1, 2, 3, 2, 4, 9, 8, 9, 3, 20, 12, 20):
        wandered = first(selector, scene, points=points[:count], labels=labels[:count])
        selector.select(scene[0], Prompts(points=((7.5, 7.5),), labels=(1,)))
    fresh = selector_by_colour()
    straight = fresh.select(fresh.prepare(picture()[0]), Prompts(points=points, labels=labels))[0].mask
    assert wandered.same(straight)


def test_answers_are_kept_but_not_without_end(selector, scene):
    prompts = Prompts(points=(RED_SPOT,), labels=(1,))
    selector.select(scene[0], prompts)
    count = len(selector.network.asked)
    selector.glance(scene[0], prompts)
    assert len(selector.network.asked) == count
    for x in range(120):
        selector.glance(scene[0], Prompts(points=((x + 0.5, 40.5),), labels=(1,)))
    assert len(scene[0].answers) < 120


def test_a_glance_is_the_first_proposal(selector, scene):
    prompts = Prompts(points=(RED_SPOT,), labels=(1,))
    assert selector.glance(scene[0], prompts).mask.same(selector.select(scene[0], prompts)[0].mask)


def test_what_stands_out_needs_no_prompt(selector, scene):
    seen = selector.subject(scene[0])
    assert overlap(seen.mask, scene[1]) > 0.9
    assert 0 <= seen.score <= 1
    fine = selector.refine(scene[0], Prompts(), seen)
    assert overlap(fine.mask, scene[1]) > 0.97
    count = len(selector.network.asked)
    assert selector.subject(scene[0]).mask.same(seen.mask)
    assert len(selector.network.asked) == count, "asked once a photo"


@pytest.mark.parametrize(
    ("chance", "quality"), [(0.0003, 0.88), (0.9997, 0.88), (0.5, 0.88), (0.9997, 0.0003)]
)
def test_where_nothing_or_everything_stands_out_there_is_no_subject(selector, chance, quality):
    prepared = selector.prepare(picture()[0])
    selector.network.answer = always(chance, quality)
    assert selector.subject(prepared) is None


def test_a_closer_look_can_be_ended(selector, scene):
    class Ended:
        def report(self, fraction, message=""):
            raise Cancelled

    prompts = Prompts(points=(RED_SPOT,), labels=(1,))
    rough = selector.select(scene[0], prompts)[0]
    count = len(selector.network.asked)
    with pytest.raises(Cancelled):
        selector.refine(scene[0], prompts, rough, progress=Ended())
    assert len(selector.network.asked) == count


def test_a_closer_look_is_finer(selector):
    """A disc of 12 px on a photo of 1152×768, of which the first look sees a cell of 24 px."""
    image = np.full((768, 1152, 3), GREY, np.uint8)
    ys, xs = np.mgrid[:768, :1152]
    disc = (xs - 700.0) ** 2 + (ys - 300.0) ** 2 < 60**2
    image[disc] = RED
    prepared = selector.prepare(image)
    prompts = Prompts(points=((700.5, 300.5),), labels=(1,))
    rough = selector.select(prepared, prompts)[0]
    fine = selector.refine(prepared, prompts, rough)
    assert overlap(fine.mask, disc) > max(0.97, overlap(rough.mask, disc) + 0.02)
    asked = selector.network.asked[-1]
    assert asked.previous.max() == 1
    assert asked.labels.tolist() == [[1.0]]


def test_a_closer_look_that_is_lost_is_not_believed(selector, scene):
    prompts = Prompts(points=(RED_SPOT,), labels=(1,))
    rough = selector.select(scene[0], prompts)[0]
    selector.network.answer = always(0.0003, 0.5)
    kept = selector.refine(scene[0], prompts, rough)
    assert overlap(kept.mask, scene[1]) > 0.9
    assert kept.score == rough.score


def test_prompts_stay_true_to_the_pixel(selector, scene):
    """Even where the network does not care: here a click beside both squares, and one inside of the red."""
    spots = ((30.5, 40.5), (31.5, 41.5), (2.5, 90.5))
    for refine in (False, True):
        prompts = Prompts(points=spots, labels=(1, 0, 0))
        proposal = selector.select(scene[0], prompts)[0]
        mask = (selector.refine(scene[0], prompts, proposal) if refine else proposal).mask
        full = mask.full((96, 144))
        assert (full[40, 30], full[41, 31], full[90, 2]) == (255, 0, 0)


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        ({}, "draw a box"),
        ({"points": ((9.0, 9.0),), "labels": (0,)}, "Click on the object"),
        ({"points": ((9.0, 9.0), (9.0, 9.0)), "labels": (1, 0)}, "Click on the object"),
        ({"points": ((-5.0, 3.0), (1e9, 1e9), (float("nan"), 0.0)), "labels": (1, 1, 1)}, "photo"),
        ({"box": (5.0, 5.0, 0.0, 20.0)}, "no size"),
        ({"box": (5.0, 5.0, float("inf"), 20.0)}, "no size"),
        ({"box": (900.0, 900.0, 20.0, 20.0)}, "beside the photo"),
        ({"lasso": ((1.0, 1.0), (20.0, 20.0))}, "no inside"),
        ({"unwanted": Mask(3, 3, np.full((4, 4), 255, np.uint8))}, "Click on the object"),
        ({"previous": Mask(900, 3, np.full((4, 4), 255, np.uint8))}, "draw a box"),
    ],
)
def test_prompts_that_say_nothing_are_answered_clearly(selector, scene, prompts, words):
    with pytest.raises(StudioError, match=words):
        first(selector, scene, **prompts)


def test_leading_unwanted_clicks_wait_for_a_wanted_one(selector, scene):
    found = first(selector, scene, points=(BLUE_SPOT, (5.5, 5.5), RED_SPOT), labels=(0, 0, 1))
    assert overlap(found, scene[1]) > 0.9
    assert len(selector.network.asked) == 1


def test_a_previous_mask_of_another_size_does_no_harm(selector, scene):
    previous = Mask(100, 50, np.full((900, 900), 255, np.uint8))
    found = first(selector, scene, previous=previous, points=(RED_SPOT,), labels=(1,))
    assert found.box[0] + found.box[2] <= 144
    assert found.box[1] + found.box[3] <= 96


def test_a_box_far_beyond_the_photo_is_cut(selector, scene):
    found = first(selector, scene, box=(70.0, -1e7, 1e9, 2e7))
    assert overlap(found, scene[2]) > 0.9
    refined = selector.refine(scene[0], Prompts(box=(70.0, -1e7, 1e9, 2e7)), Proposal(found, 0.5))
    assert overlap(refined.mask, scene[2]) > 0.9


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The network that comes with the program, looking at small photos."""
    folder = tmp_path_factory.mktemp("models")
    write_click_network(folder)
    return NetworkSelector(folder=folder)


@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (16, 64), (64, 3), (3, 900)])
@pytest.mark.parametrize("flat", [True, False])
def test_tiny_and_narrow_photos_do_not_crash(shipped, shape, flat):
    rng = np.random.default_rng(1)
    image = np.full((*shape, 3), 90, np.uint8) if flat else rng.integers(0, 256, (*shape, 3), np.uint8)
    prepared = shipped.prepare(image)
    centre = (shape[1] / 2, shape[0] / 2)
    for prompts in (
        Prompts(points=(centre,), labels=(1,)),
        Prompts(box=(0.0, 0.0, float(shape[1]), float(shape[0])), points=(centre,), labels=(1,)),
    ):
        proposals = shipped.select(prepared, prompts)
        assert 1 <= len(proposals) <= 3
        for proposal in (*proposals, shipped.refine(prepared, prompts, proposals[0])):
            assert proposal.mask.full(shape)[int(centre[1]), int(centre[0])] == 255
            assert proposal.mask.box[0] >= 0
            assert proposal.mask.box[0] + proposal.mask.box[2] <= shape[1]


def test_the_real_layers_answer_alike_however_they_are_asked(shipped):
    image = picture()[0]
    points = tuple((x + 0.5, 40.5) for x in (30.0, 100.0, 60.0, 20.0))
    labels = (1, 0, 1, 0)
    step = shipped.prepare(image)
    for count in (1, 2, 3, 4, 3, 2):
        shipped.select(step, Prompts(points=points[:count], labels=labels[:count]))
    prompts = Prompts(points=points, labels=labels)
    one, two = shipped.select(step, prompts), shipped.select(shipped.prepare(image), prompts)
    assert all(a.mask.same(b.mask) and a.score == b.score for a, b in zip(one, two, strict=True))
    again = [shipped.refine(step, prompts, one[0]).mask for _ in range(2)]
    assert again[0].same(again[1])


def test_several_threads_may_ask(shipped):
    prepared = shipped.prepare(picture()[0])
    found = {}

    def ask(number):
        prompts = Prompts(points=((10.5 + number, 40.5),), labels=(1,))
        found[number] = shipped.select(prepared, prompts)[0].mask

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, mask in found.items():
        alone = shipped.select(
            shipped.prepare(picture()[0]), Prompts(points=((10.5 + number, 40.5),), labels=(1,))
        )
        assert mask.same(alone[0].mask)


def test_the_network_comes_from_card_and_weights(tmp_path):
    write_click_network(tmp_path)
    selector = NetworkSelector(folder=tmp_path)
    prepared = selector.prepare(picture()[0])
    assert prepared.look.grid == (16, 24)
    assert selector.select(prepared, Prompts(points=(RED_SPOT,), labels=(1,)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"form": "clicks-of-tomorrow"}, "does not answer clicks"),
        ({"side": 0}, "damaged"),
        ({"picture": {"std": [0.2, 0.2, 0.0]}}, "damaged"),
        ({"picture": {"mean": None}}, "damaged"),
        ({"sha256": "0" * 64}, "damaged"),
    ],
)
def test_cards_that_are_wrong_are_told(tmp_path, changes, words):
    write_click_network(tmp_path, **changes)
    with pytest.raises(StudioError, match=words):
        NetworkSelector(folder=tmp_path).prepare(picture()[0])


def test_a_missing_network_is_told(tmp_path):
    with pytest.raises(StudioError, match="not installed"):
        NetworkSelector(folder=tmp_path).prepare(picture()[0])
