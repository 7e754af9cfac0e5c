"""The fillers keep their contract: where they paint, what they copy, when they refuse and stop."""

import atexit
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from networks import write_filler

from inpaint_studio.basics import Cancelled, Mask, StudioError
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.engines.fillers.guided import GuidedFiller
from inpaint_studio.engines.fillers.network import NetworkFiller
from inpaint_studio.engines.fillers.telea import TeleaFiller
from inpaint_studio.engines.inpainting.holes import Areas, groups, growth, hole_for
from inpaint_studio.engines.inpainting.painter import Painter
from inpaint_studio.engines.inpainting.pyramid import Level, diffuse, diffused_pixels, stretched


def untrained():
    """The filler with a network that gives smooth colours."""
    return NetworkFiller(Painter(folder=_smooth()))


@cache
def _smooth():
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    write_filler(Path(folder.name))
    return Path(folder.name)


FILLERS = [GuidedFiller, TeleaFiller, untrained]
MAGENTA, MARKER = (255, 0, 255), (0, 0, 255)


def meadow(height, width, seed=0):
    """Grainy green with soft vertical shading."""
    noise = np.random.default_rng(seed).integers(-20, 21, (height, width, 1))
    base = np.array([70, 120, 40]) + np.linspace(0, 30, height)[:, None, None]
    return np.clip(base + noise, 0, 255).astype(np.uint8)


def box_hole(shape, x, y, width, height):
    hole = np.zeros(shape, np.uint8)
    hole[y : y + height, x : x + width] = 255
    return hole


MASKS = ("source_mask", "excluded_mask")


def final(filler, image, hole, **options):
    masks = {name: options.pop(name) for name in MASKS if name in options}
    return list(filler.fill(FillTask(image, hole, **masks), **options))[-1]


@pytest.fixture(params=FILLERS)
def filler(request):
    return request.param()


def test_paints_every_hole_pixel_and_no_other(filler):
    image = meadow(90, 130)
    hole = box_hole((90, 130), 40, 30, 37, 29)
    hole[10:13, 100:104] = 1
    image[hole > 0] = MARKER
    before = image.copy()
    fills = list(filler.fill(FillTask(image, hole)))
    assert [fill.final for fill in fills].count(True) == 1
    assert fills[-1].final
    for fill in fills:
        assert fill.pixels.shape == image.shape
        assert fill.pixels.dtype == np.uint8
        assert np.array_equal(fill.pixels[hole == 0], image[hole == 0])
        painted = fill.pixels[hole > 0].astype(int)
        assert (painted[:, 1] > 60).all()
        assert (painted[:, 2] < 120).all()
        assert fill.note
    assert np.array_equal(image, before)


@pytest.mark.parametrize("place", ["corner", "edge", "frame"])
def test_holes_at_the_edge_of_the_picture(filler, place):
    image, hole = meadow(70, 80), np.zeros((70, 80), np.uint8)
    if place == "corner":
        hole[:20, :25] = 255
    elif place == "edge":
        hole[50:, :] = 255
    else:
        hole[:] = 255
        hole[30:40, 35:45] = 0
    image[hole > 0] = MARKER
    out = final(filler, image, hole).pixels
    assert np.array_equal(out[hole == 0], image[hole == 0])
    assert (out[hole > 0][:, 1] > 60).all()


def striped_by_magenta():
    """A magenta beam runs into the hole from both sides, so that a filler wants to continue it."""
    image = meadow(100, 160)
    image[40:64, :] = MAGENTA
    return image, box_hole((100, 160), 60, 30, 40, 44), box_hole((100, 160), 0, 38, 160, 28)


def test_what_is_kept_out_is_not_copied(filler):
    image, hole, beam = striped_by_magenta()
    tinted = final(filler, image, hole).pixels[hole > 0]
    assert (tinted[:, 2] > 90).mean() > 0.2
    out = final(filler, image, hole, excluded_mask=beam).pixels
    assert out[hole > 0][:, 2].max() < 90
    assert np.array_equal(out[hole == 0], image[hole == 0])


def test_only_the_sampling_area_is_copied(filler):
    image, hole, beam = striped_by_magenta()
    out = final(filler, image, hole, source_mask=255 - beam).pixels
    assert out[hole > 0][:, 2].max() < 90


def test_a_far_sampling_area_is_found():
    image = np.full((150, 700, 3), 200, np.uint8)
    image[:, 660:] = (20, 90, 20)
    area = box_hole((150, 700), 665, 0, 35, 150)
    hole = box_hole((150, 700), 20, 60, 20, 20)
    out = final(GuidedFiller(), image, hole, source_mask=area).pixels
    assert abs(out[hole > 0].mean(axis=0) - (20, 90, 20)).max() < 30


@pytest.mark.parametrize(
    ("hole", "options", "words"),
    [
        (np.zeros((50, 60), np.uint8), {}, "hole is empty"),
        (np.full((50, 60), 255, np.uint8), {}, "nothing left to copy from"),
        (np.full((50, 61), 255, np.uint8), {}, "size of the picture"),
        (box_hole((50, 60), 5, 5, 9, 9), {"excluded_mask": np.full((50, 60), 255, np.uint8)}, "nothing left"),
        (box_hole((50, 60), 5, 5, 9, 9), {"source_mask": np.zeros((50, 60), np.uint8)}, "nothing left"),
        (box_hole((50, 60), 5, 5, 9, 9), {"excluded_mask": np.zeros((60, 50), np.uint8)}, "keep out"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(filler, hole, options, words):
    with pytest.raises(StudioError, match=words):
        list(filler.fill(FillTask(meadow(50, 60), hole, **options)))


def test_only_eight_bit_rgb_is_taken(filler):
    hole = box_hole((50, 60), 5, 5, 9, 9)
    for image in (np.zeros((50, 60, 4), np.uint8), np.zeros((50, 60, 3), np.uint16)):
        with pytest.raises(StudioError, match="8 bits"):
            list(filler.fill(FillTask(image, hole)))


def test_same_seed_same_fill_other_seed_other_fill():
    image, hole = meadow(120, 160), box_hole((120, 160), 50, 30, 60, 50)
    runs = [final(GuidedFiller(), image, hole, seed=seed).pixels for seed in (3, 3, 4)]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_large_holes_get_texture_as_sharp_as_the_photo():
    image, hole = meadow(420, 560), box_hole((420, 560), 120, 100, 240, 200)
    image[hole > 0] = MARKER
    fills = list(GuidedFiller().fill(FillTask(image, hole)))
    assert len(fills) == 3, "smooth preview, coarse preview, final"
    inside = fills[-1].pixels[110:290, 130:350].astype(float)
    assert inside[..., 0].std() > 0.6 * image[:90, :, 0].std()
    assert 0.2 < fills[-1].score <= 1


def test_stripes_continue_through_the_hole():
    image = np.zeros((160, 220, 3), np.uint8)
    image[(np.arange(160) // 10) % 2 == 0] = (200, 180, 150)
    hole = box_hole((160, 220), 80, 50, 60, 60)
    holed = image.copy()
    holed[hole > 0] = MARKER
    error = np.abs(final(GuidedFiller(), holed, hole).pixels[hole > 0].astype(int) - image[hole > 0])
    assert error.mean() < 20


def test_adaptation_is_how_far_copied_colours_follow_those_around():
    image = np.random.default_rng(1).integers(95, 106, (120, 200, 3)).astype(np.uint8)
    image[:, 140:] += 12
    hole, brighter = box_hole((120, 200), 40, 30, 60, 60), box_hole((120, 200), 145, 0, 55, 120)
    levels = [
        final(GuidedFiller(), image, hole, source_mask=brighter, adaptation=share).pixels[hole > 0].mean()
        for share in (0.0, 0.5, 1.0)
    ]
    assert np.abs(np.array(levels) - (112, 106, 100)).max() < 2


class StopAfter:
    def __init__(self, seconds):
        self.start, self.seconds, self.last, self.gap = time.monotonic(), seconds, time.monotonic(), 0.0

    def report(self, fraction, message=""):
        assert 0 <= fraction <= 1
        now = time.monotonic()
        self.gap, self.last = max(self.gap, now - self.last), now
        if now - self.start > self.seconds:
            raise Cancelled


def test_cancel_is_felt(filler):
    image, hole = meadow(200, 300), box_hole((200, 300), 80, 50, 120, 100)
    with pytest.raises(Cancelled):
        list(filler.fill(FillTask(image, hole), progress=StopAfter(-1)))


def test_progress_grows_to_one():
    seen = []

    class Seen:
        def report(self, fraction, message=""):
            seen.append(fraction)

    hole = box_hole((200, 300), 80, 50, 120, 100)
    hole[5:12, 5:12] = 255
    list(GuidedFiller().fill(FillTask(meadow(200, 300), hole), progress=Seen()))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) > 30


def test_far_holes_are_filled_on_their_own():
    hole = np.zeros((600, 800), np.uint8)
    hole[10:30, 10:30] = hole[12:20, 34:40] = 255
    hole[500:560, 700:780] = 128
    found = groups(hole)
    assert [group.box for group in found] == [(700, 500, 80, 60), (10, 10, 30, 20)]
    areas = Areas.of(FillTask(meadow(600, 800), hole))
    assert areas.crop_for(found[1])[2:] < (200, 200)
    assert sum(int(group.hole.sum()) for group in found) == np.count_nonzero(hole)


def test_groups_of_a_large_picture_hold_each_pixel_once():
    random = np.random.default_rng(2)
    hole = np.zeros((1500, 2600), np.uint8)
    for x, y in random.integers(0, 1400, (12, 2)):
        hole[y : y + 37, x : x + 53] = 9
    counted = np.zeros(hole.shape, int)
    for group in groups(hole):
        x, y, w, h = group.box
        counted[y : y + h, x : x + w] += group.hole
    assert np.array_equal(counted, (hole > 0).astype(int))


def test_halving_mixes_no_hidden_colour_into_neighbours():
    pixels = np.full((4, 4, 3), 100, np.uint8)
    known = np.ones((4, 4), bool)
    known[0, 0] = known[2:, 2:] = False
    pixels[~known] = 0
    source = known.copy()
    source[0, 2] = False
    half = Level(pixels, np.zeros((4, 4), bool), known, source).halved()
    assert half.pixels[..., 0].tolist() == [[100, 100], [100, 0]]
    assert half.known.tolist() == [[True, True], [True, False]]
    assert half.source.tolist() == [[True, False], [True, False]]


def test_diffusing_keeps_what_is_known_and_stays_between():
    values = np.zeros((30, 41, 1), np.float32)
    values[:, 0], values[:, 40] = 10, 90
    weights = np.zeros((30, 41), np.float32)
    weights[:, [0, 40]] = 1
    out = diffuse(values, weights)
    assert np.array_equal(out[:, [0, 40]], values[:, [0, 40]])
    assert out.min() >= 10
    assert out.max() <= 90
    assert out[15, 5, 0] < out[15, 35, 0]
    assert (diffused_pixels(values.repeat(3, 2).astype(np.uint8), weights > 0)[:, 20] > 15).all()


def test_stretching_puts_picked_pixels_back_in_place():
    picture = np.arange(40, dtype=np.uint8)[None, :, None].repeat(40, 0).repeat(3, 2) * 4
    out = stretched(picture[::4, ::4], 4, (8, 4, 20, 10))
    assert np.abs(out[..., 0].astype(int) - picture[4:14, 8:28, 0]).max() <= 1


def disc(radius):
    y, x = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    return np.where(x * x + y * y <= radius * radius, 255, 0).astype(np.uint8)


@pytest.mark.parametrize(("side", "least", "most"), [(480, 2, 4), (1024, 4, 6), (6000, 13, 15)])
def test_growth_scales_with_the_photo(side, least, most):
    assert least <= growth(Mask.place(disc(side // 8)), (side, side)) <= most


def test_small_objects_grow_less():
    assert growth(Mask.place(disc(5)), (6000, 6000)) <= 4


def test_a_hole_covers_the_mask_its_rim_and_the_contact_shadow():
    mask = Mask.place(disc(30), 100, 100)
    hole = hole_for(mask, (360, 480))
    assert set(np.unique(hole.crop)) <= {0, 255}
    assert (hole.window(mask.box)[mask.crop > 0] == 255).all()
    x, y, w, h = hole.box
    above, below, left, right = 100 - y, y + h - 161, 100 - x, x + w - 161
    assert above == left == right == growth(mask, (360, 480))
    assert above < below <= 3 * above


def test_a_hole_stays_in_the_photo_and_out_of_neighbours():
    mask = Mask.place(disc(30), 0, 299)
    neighbour = Mask.place(np.full((200, 40), 255, np.uint8), 61, 160)
    hole = hole_for(mask, (360, 480), neighbour)
    assert hole.box[0] == 0
    assert hole.box[1] + hole.box[3] == 360
    assert not hole.intersection(neighbour)
    assert hole_for(mask, (360, 480)).intersection(neighbour)
    assert not hole_for(Mask.empty(), (360, 480))
