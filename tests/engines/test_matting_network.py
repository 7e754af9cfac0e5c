"""The network of soft edges in the matte: tiles, levels, hairs; made-up networks and the shipped one."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from networks import write_enhancer

from inpaint_studio.basics import NO_PROGRESS, Cancelled, Mask, StudioError
from inpaint_studio.engines.matting import network
from inpaint_studio.engines.matting.blur import hairiness, plain_blur
from inpaint_studio.engines.matting.closed_form import PULL, find_hairs, follow_colours
from inpaint_studio.engines.matting.features import features
from inpaint_studio.engines.matting.matte import EdgeMatte
from inpaint_studio.engines.networks import places

SHIPPED = places.has_network("edges")


class Given:
    """Answers with what it was given, or with a function of the planes, N×h×w×12."""

    def __init__(self, answer=lambda x: x[..., 3] + np.float32(0.5)):
        self.answer, self.seen = answer, []

    def __call__(self, planes):
        self.seen.append(planes.shape)
        return self.answer(planes)


@pytest.fixture
def stub(monkeypatch):
    """Puts a made-up network in the matte's place."""

    def put(made):
        monkeypatch.setattr(network, "installed", lambda: True)
        monkeypatch.setattr(network, "answer", made)
        return made

    return put


def blob(shape=(300, 340), sigma=0.8):
    """A lobed shape's coverage 0..1 and a two-coloured picture of it with some texture."""
    rng = np.random.default_rng(4)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    turn = np.arctan2(rows - shape[0] / 2, columns - shape[1] / 2)
    far = np.hypot(rows - shape[0] / 2, columns - shape[1] / 2)
    alpha = (far < min(shape) * 0.3 * (1 + 0.2 * np.sin(5 * turn))).astype(np.float32)
    alpha = cv2.GaussianBlur(alpha, (0, 0), sigma)
    noise = cv2.GaussianBlur(rng.standard_normal((*shape, 3)).astype(np.float32), (0, 0), 3)
    fore, back = (np.array(c) + 120 * noise for c in ((190, 90, 40), (60, 110, 170)))
    mixed = alpha[..., None] * fore + (1 - alpha[..., None]) * back
    return np.clip(mixed, 0, 255).astype(np.uint8), alpha


@pytest.mark.parametrize("shape", [(1, 1), (5, 90), (64, 64)])
def test_features_are_finite_at_any_size_and_for_empty_and_full_masks(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    for given in (np.zeros(shape, np.float32), np.ones(shape, np.float32)):
        planes = features(image, given)
        assert planes.shape == (*shape, 12) and planes.dtype == np.float32
        assert np.isfinite(planes).all() and np.abs(planes).max() <= 2.1


@pytest.mark.parametrize("shape", [(300, 340), (97, 30), (20, 20)])
def test_tiles_join_where_they_should(shape):
    image, alpha = blob(shape)
    given = (alpha * 255).astype(np.uint8)
    unknown = np.random.default_rng(1).random(shape) < 0.01
    unknown[shape[0] // 2] = True
    made = Given()
    assert np.array_equal(network.alpha_level(image, given, unknown, NO_PROGRESS, made), given)
    assert {s[1:3] for s in made.seen} == {(80, 80)}
    out = network.alpha_level(image, given, unknown, NO_PROGRESS, Given(lambda x: x[..., 0] + 0.5))
    assert np.array_equal(out[unknown], image[..., 0][unknown]), "the red of the very pixel"
    assert np.array_equal(out[~unknown], given[~unknown])


def test_every_unknown_pixel_is_in_a_tile_and_known_areas_cost_nothing(stub):
    image, alpha = blob((900, 900))
    unknown = np.zeros(alpha.shape, bool)
    unknown[5, 5] = unknown[899, 899] = unknown[450, 100:120] = True
    made = Given(lambda x: x[..., 0] * 0 + 1)
    out = network.alpha_level(image, np.zeros(alpha.shape, np.uint8), unknown, NO_PROGRESS, made)
    assert np.array_equal(out == 255, unknown)
    assert sum(s[0] for s in made.seen) == 3


def test_hairs_are_found_where_the_prior_only_knows_that_there_are_some():
    rng = np.random.default_rng(2)
    shape = (160, 160)
    fine = np.zeros((640, 640), np.uint8)
    fine[:, :240] = 255
    for y in rng.integers(0, 640, 60):
        cv2.line(fine, (230, int(y)), (400, int(y + rng.integers(-60, 60))), 255, 6)
    alpha = cv2.resize(fine, shape, interpolation=cv2.INTER_AREA) / np.float32(255)
    ramp = np.linspace(0, 40, 160)[:, None, None]
    fore, back = np.array([200, 140, 60]) + ramp, np.array([40, 90, 150]) - ramp / 2
    image = np.rint(alpha[..., None] * fore + (1 - alpha[..., None]) * back).astype(np.uint8)
    prior = np.clip(cv2.blur(alpha, (25, 25)), 0.02, 0.98)
    prior[:, :50], prior[:, 115:] = 1, 0
    prior = (prior * 255).astype(np.uint8)
    unknown = (prior > 0) & (prior < 255)
    before = np.abs(prior / 255 - alpha)[unknown].mean()
    followed = follow_colours(image, prior, unknown, PULL, 60, NO_PROGRESS)
    told = find_hairs(image, followed, unknown, 20, NO_PROGRESS)
    errors = [np.abs(found / 255 - alpha)[unknown].mean() for found in (followed, told)]
    assert errors[0] < 0.4 * before and errors[1] < 0.4 * before
    assert np.array_equal(told[~unknown], prior[~unknown])


@pytest.mark.parametrize("sigma", [1.5, 4.0, 9.0])
def test_how_wide_a_blur_is_is_seen_in_the_picture(sigma):
    """Starting from a mask that is 2 px off all around, and from coverage that is too crisp."""
    image, alpha = blob(sigma=sigma)
    true = (alpha > 0.5).astype(np.uint8) * 255
    crisp = cv2.GaussianBlur(true, (0, 0), 0.5 * sigma)
    found, width = plain_blur(image, cv2.erode(true, np.ones((5, 5), np.uint8)), crisp, NO_PROGRESS)
    edge = (alpha > 0.2) & (alpha < 0.8)
    assert found.dtype == width.dtype == np.float32 and found.shape == width.shape == alpha.shape
    assert 0.7 * sigma < np.median(width[edge]) < 1.5 * sigma
    assert np.abs(found - alpha).sum() < 0.6 * np.abs(crisp / 255 - alpha).sum()


def test_a_blur_that_differs_from_place_to_place_is_found_in_each():
    _, sharp = blob(sigma=1.0)
    _, soft = blob(sigma=8.0)
    share = np.clip(np.linspace(-1, 2, sharp.shape[1], dtype=np.float32), 0, 1)[None, :]
    alpha = share * soft + (1 - share) * sharp
    fore, back = np.array([190.0, 90, 40]), np.array([60.0, 110, 170])
    image = (alpha[..., None] * fore + (1 - alpha[..., None]) * back + 0.5).astype(np.uint8)
    mask = (sharp > 0.5).astype(np.uint8) * 255
    found, width = plain_blur(image, mask, cv2.GaussianBlur(mask, (0, 0), 3), NO_PROGRESS)
    edge = (alpha > 0.3) & (alpha < 0.7)
    assert np.median(width[:, :120][edge[:, :120]]) < 2 and np.median(width[:, 220:][edge[:, 220:]]) > 6
    feathers = [np.abs(cv2.GaussianBlur(mask / 255.0, (0, 0), s) - alpha).sum() for s in (1, 2, 4, 6, 8, 12)]
    assert np.abs(found - alpha).sum() < 0.6 * min(feathers)


def test_hair_is_told_from_blur():
    rng = np.random.default_rng(5)
    hair = np.zeros((120, 120), np.uint8)
    for x in rng.integers(30, 90, 20):
        cv2.line(hair, (int(x), 90), (int(x + rng.integers(-15, 15)), 30), 255, 1, cv2.LINE_AA)
    assert hairiness(hair)[45:75, 45:75].min() > 0.9
    soft = np.broadcast_to(np.linspace(0, 255, 120), (120, 120)).astype(np.uint8)
    step = cv2.GaussianBlur(np.where(soft > 127, 255, 0).astype(np.uint8), (0, 0), 5)
    assert hairiness(soft).max() == hairiness(step).max() == 0


def test_a_large_picture_is_looked_at_small_first_and_ends_sharp(stub, monkeypatch):
    monkeypatch.setattr("inpaint_studio.engines.matting.matte._SIDE", 120)
    monkeypatch.setattr("inpaint_studio.engines.matting.matte._OBJECT", 30)
    sizes = []
    monkeypatch.setattr(
        network, "follow_colours", lambda *a: sizes.append(a[0].shape[:2]) or follow_colours(*a)
    )
    image, alpha = blob((480, 480), 0.6)
    stub(Given())
    cut = EdgeMatte().refine(image, Mask.place(((alpha > 0.5) * 255).astype(np.uint8)))
    assert len(sizes) == 2 and sizes[0][0] * 3 < sizes[1][0]
    assert np.abs(cut.alpha.full(alpha.shape) / 255.0 - alpha).sum() < 0.4 * (alpha > 0.02).sum() ** 0.5 * 8


def test_only_what_is_brushed_changes_and_hair_far_from_the_mask_can_be_reached(stub):
    image, alpha = blob()
    mask = Mask.place((cv2.GaussianBlur(alpha, (0, 0), 2) * 255).astype(np.uint8))
    strokes = Mask(10, 10, np.full((60, 60), 255, np.uint8))
    made = stub(Given(lambda x: x[..., 0] * 0 + 1))
    cut = EdgeMatte().refine(image, mask, unknown=strokes)
    under = strokes.full(alpha.shape) > 0
    found = cut.alpha.full(alpha.shape)
    assert (found[20:60, 20:60] > 200).all() and made.seen
    assert np.array_equal(found[~under], mask.full(alpha.shape)[~under]), "to the last level"
    x, y, w, h = cut.colours.box
    far = np.ones((h, w), bool)
    far[10 - y : 72 - y, 10 - x : 72 - x] = False
    assert np.array_equal(cut.colours.crop[far], image[y : y + h, x : x + w][far])
    nothing = EdgeMatte().refine(image, mask, unknown=Mask.empty())
    assert nothing.alpha.same(mask)


def test_cancel_is_heard_between_tiles(stub):
    image, alpha = blob()
    made = stub(Given())

    def report(fraction, message=""):
        if made.seen:
            raise Cancelled

    with pytest.raises(Cancelled):
        mask = Mask.place((alpha * 255).astype(np.uint8))
        EdgeMatte().refine(image, mask, progress=SimpleNamespace(report=report))
    assert len(made.seen) == 1


def test_the_card_is_read_once_and_others_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path)
    write_enhancer(tmp_path, name="edges")
    network.card.cache_clear()
    with pytest.raises(StudioError, match="knows nothing of edges"):
        network.card()
    write_enhancer(tmp_path, name="edges", form="edges")
    assert network.card() is network.card()
    network.card.cache_clear()


@pytest.mark.skipif(not SHIPPED, reason="no weights of soft edges here")
class TestShipped:
    def test_hard_edged_things_stay_crisp(self):
        image, alpha = blob(sigma=0.5)
        rough = cv2.GaussianBlur(alpha, (0, 0), 2) > 0.5
        found = EdgeMatte().refine(image, Mask.place(rough.astype(np.uint8) * 255)).alpha.full(alpha.shape)
        wide = ((found > 25) & (found < 230)).sum() / ((alpha > 0.1) & (alpha < 0.9)).sum()
        assert wide < 2.0, "not much wider than it is"
        assert np.abs(found / 255 - alpha).sum() < 0.7 * np.abs(rough - alpha).sum()

    @pytest.mark.parametrize("off", [-1, 1])
    def test_hard_edges_stay_hard_and_come_to_their_place_from_a_mask_that_is_off(self, off):
        image, alpha = blob(sigma=0.5)
        true, reach = (alpha > 0.5).astype(np.uint8), np.ones((2 * abs(off) + 1, 2 * abs(off) + 1), np.uint8)
        rough = cv2.dilate(true, reach) if off > 0 else cv2.erode(true, reach)
        found = EdgeMatte().refine(image, Mask.place(rough * 255)).alpha.full(alpha.shape)
        inside, outside = (cv2.erode(part, np.ones((7, 7), np.uint8)) > 0 for part in (true, 1 - true))
        assert (found[inside] > 250).mean() > 0.99 and (found[outside] < 5).mean() > 0.99
        assert np.abs(found / 255 - alpha).sum() < 0.2 * np.abs(rough - alpha).sum()

    @pytest.mark.parametrize("sigma", [3.0, 8.0])
    def test_blurred_edges_are_as_wide_as_they_are(self, sigma):
        image, alpha = blob(sigma=sigma)
        found = EdgeMatte().refine(image, Mask.place(((alpha > 0.5) * 255).astype(np.uint8)))
        off = np.abs(found.alpha.full(alpha.shape) / 255 - alpha).sum()
        assert off < 0.6 * np.abs((alpha > 0.5) - alpha).sum()
