"""The filler that asks a network; what all fillers must do is in test_fillers.py."""

import numpy as np
import pytest
from networks import write_filler

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.engines.fillers.network import NetworkFiller
from inpaint_studio.engines.inpainting.painter import Painter, reduced


@pytest.fixture
def filler(tmp_path):
    """With a network that invents something, and something else for every picture."""
    write_filler(tmp_path, invents=0.05)
    return NetworkFiller(Painter(folder=tmp_path))


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (90, 130, 3), np.uint8)


@pytest.fixture
def hole():
    area = np.zeros((90, 130), np.uint8)
    area[30:60, 40:80] = 255
    return area


def final(filler, image, hole, **options):
    masks = {name: options.pop(name) for name in ("source_mask", "excluded_mask") if name in options}
    return list(filler.fill(FillTask(image, hole, **masks), **options))[-1].pixels


def test_what_is_hidden_has_no_say(filler, image, hole):
    hidden = np.zeros_like(hole)
    hidden[:, 90:] = 255
    other = image.copy()
    other[hidden > 0] = 255 - other[hidden > 0]
    other[hole > 0] = 7
    inside = hole > 0
    for options in ({"excluded_mask": hidden}, {"source_mask": 255 - hidden}):
        assert np.array_equal(
            final(filler, image, hole, **options)[inside], final(filler, other, hole, **options)[inside]
        )
    assert not np.array_equal(final(filler, image, hole)[inside], final(filler, other, hole)[inside])


def test_the_same_for_every_seed_and_number_of_candidates(filler, image, hole):
    fills = list(filler.fill(FillTask(image, hole), seed=1, candidates=4))
    assert [fill.final for fill in fills] == [False, True]
    assert 0 < fills[-1].score <= 1
    assert np.array_equal(fills[-1].pixels, final(filler, image, hole, seed=2))


def test_adaptation_takes_an_offset_out(tmp_path, hole):
    """A network that paints everything brighter is brought back to the colours around the hole."""
    image = np.full((90, 130, 3), 100, np.uint8)
    write_filler(tmp_path, by=12)
    filler, inside = NetworkFiller(Painter(folder=tmp_path)), hole > 0
    pixels = [final(filler, image, hole, adaptation=share)[inside] for share in (0, 0.5, 1)]
    assert [float(values.mean()) for values in pixels] == pytest.approx([112, 106, 100], abs=1.5)


def test_a_proposal_is_small_and_shows_the_whole_picture(tmp_path, image, hole):
    write_filler(tmp_path)
    painter = Painter(folder=tmp_path)
    proposal = painter.propose(image, hole > 0)
    colours, missing = reduced(image, hole > 0, 64)
    assert proposal.shape == (44, 64, 3)
    assert np.array_equal(proposal[missing == 0], colours[missing == 0])
    assert abs(proposal[missing > 0].mean() - 127) < 15
    small = painter.propose(image[:20, :30], np.zeros((20, 30), bool))
    assert np.array_equal(small, image[:20, :30])


def test_hidden_colours_do_not_mix_into_known_ones():
    image = np.full((100, 100, 3), 50, np.uint8)
    hole = np.zeros((100, 100), bool)
    hole[33:71, 21:64] = True
    image[hole] = 255
    colours, missing = reduced(image, hole, 30)
    assert (abs(colours[missing == 0].astype(int) - 50) <= 1).all()
    assert (colours[missing > 0] == 0).all()
    assert abs((missing > 0).mean() - hole.mean()) < 0.03


def test_a_one_pixel_hole_and_a_large_one(filler):
    image = np.full((300, 400, 3), 128, np.uint8)
    for box in ((5, 5, 1, 1), (0, 0, 399, 300)):
        x, y, w, h = box
        hole = np.zeros((300, 400), np.uint8)
        hole[y : y + h, x : x + w] = 1
        made = final(filler, image, hole)
        assert np.array_equal(made[hole == 0], image[hole == 0])


def test_without_weights_it_says_so(tmp_path, image, hole):
    filler = NetworkFiller(Painter("inpaint", tmp_path))
    with pytest.raises(StudioError, match="is not installed"):
        list(filler.fill(FillTask(image, hole)))


@pytest.mark.parametrize("change", [{"form": "tiles"}, {"picture": {}}, {"picture": {"size": [64, 32]}}])
def test_a_card_that_does_not_fit_is_refused(tmp_path, image, hole, change):
    write_filler(tmp_path, **change)
    with pytest.raises(StudioError, match="does not fill holes"):
        final(NetworkFiller(Painter("inpaint", tmp_path)), image, hole)
