"""The guided filler's parts: patches as numbers, shrinking holes, structure that goes on, joined borders."""

import numpy as np
import pytest

from inpaint_studio.basics import NO_PROGRESS, Cancelled, StudioError
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.engines.fillers.guided import GuidedFiller
from inpaint_studio.engines.inpainting.descriptors import FEW, MANY, PER_COST, ROUGHNESS, described, place
from inpaint_studio.engines.inpainting.labels import Labels
from inpaint_studio.engines.inpainting.pyramid import Level, shrinking
from inpaint_studio.engines.inpainting.seam import joined
from inpaint_studio.engines.inpainting.synthesis import Synthesis
from inpaint_studio.engines.inpainting.texture import Texture


def waves(height, width):
    y, x = np.indices((height, width))
    planes = [np.sin(x / 9 + k) + np.cos(y / 7 - k) for k in range(3)]
    return np.clip(128 + 45 * np.dstack(planes), 0, 255).astype(np.uint8)


def final(image, hole, **options):
    return next(fill for fill in GuidedFiller().fill(FillTask(image, hole), **options) if fill.final).pixels


def test_rows_differ_as_much_as_the_colours_of_the_patches():
    image = waves(60, 80)
    rows = described(image, lambda: None).astype(np.float64)
    for a, b in [((10, 12), (40, 61)), ((20, 30), (22, 33)), ((30, 8), (11, 70))]:
        first, second = (image[y - 3 : y + 4, x - 3 : x + 4].astype(float) for y, x in (a, b))
        truth = np.mean((first - second) ** 2)
        assert np.sum((rows[a] - rows[b]) ** 2) * PER_COST == pytest.approx(truth, rel=0.1)


def test_rows_do_not_depend_on_how_tall_the_picture_is():
    image = waves(600, 20)
    whole, part = (described(picture, lambda: None) for picture in (image, image[480:560]))
    assert np.array_equal(whole[490:550], part[10:70])


def test_far_places_differ_by_their_weights():
    rows = described(np.full((50, 100, 3), 99, np.uint8), lambda: None)
    place(rows, (0, 0), 100, (20.0, 10.0))
    apart = np.sum((rows[5, 0].astype(float) - rows[5, 99]) ** 2) * PER_COST
    assert np.sqrt(apart) == pytest.approx(10, rel=0.05)


def test_many_waves_tell_finer_patterns_apart():
    fine = np.full((40, 60, 3), 120, np.uint8)
    fine[:, ::2] = 160
    other = np.roll(fine, 1, axis=1)
    apart = []
    for waves_of in (FEW, MANY):
        a, b = (described(picture, lambda: None, waves_of)[20, 30].astype(float) for picture in (fine, other))
        apart.append(np.sum((a - b) ** 2) * PER_COST)
    assert apart[1] > 2 * apart[0]


def test_rough_patches_are_told_from_smooth_ones():
    grain = np.random.default_rng(3).integers(-40, 41, (40, 60, 1))
    image = np.full((40, 60, 3), 120, np.int64)
    image[:, 30:] += grain[:, 30:]
    rough = described(image.astype(np.uint8), lambda: None)[..., ROUGHNESS]
    assert rough[:, :25].max() < 10
    assert rough[:, 35:].min() > 100


def test_rough_surroundings_get_a_rough_fill():
    random = np.random.default_rng(4)
    image = np.full((120, 200, 3), 120, np.int64)
    image[:, 80:] += random.integers(-40, 41, (120, 120, 1))
    hole = np.zeros((120, 200), np.uint8)
    hole[30:90, 110:170] = 255
    filled = final(image.astype(np.uint8), hole).astype(float)
    assert filled[34:86, 114:166, 0].std() > 0.6 * image[:, 100:, 0].std()


def test_describing_can_be_stopped():
    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        described(waves(20, 20), stop)


def test_a_hole_shrinks_and_takes_no_hidden_colour_along():
    pixels, hole = np.full((256, 256, 3), 90, np.uint8), np.zeros((256, 256), bool)
    hole[61:190, 61:190] = True
    kept_out = np.zeros_like(hole)
    kept_out[10:21, 10:21] = True
    known = ~hole & ~kept_out
    pixels[~known] = 0
    levels = shrinking(Level(pixels, hole, known, known), 8, NO_PROGRESS)
    assert len(levels) == 4
    for scale, level in enumerate(levels):
        assert level.hole.sum() <= hole.sum() / 4**scale
        assert np.abs(level.pixels[level.known].astype(int) - 90).max() <= 2
        assert not (level.source & ~level.known).any()


def test_a_beam_goes_on_through_a_hole():
    image = np.random.default_rng(0).integers(60, 81, (100, 160, 3)).astype(np.uint8)
    truth = image.copy()
    truth[40:64] = (230, 40, 40)
    hole = np.zeros((100, 160), np.uint8)
    hole[30:74, 60:100] = 255
    filled = final(np.where(hole[..., None] > 0, 0, truth).astype(np.uint8), hole)
    red = filled[..., 0] > 150
    assert red[42:62, 62:98].mean() > 0.8
    assert red[32:38, 62:98].mean() < 0.1


def test_a_strip_along_the_border_of_the_picture_goes_on_through_a_hole():
    """Patches at the border must be copied and compared like others, or the strip ends in a blot."""
    truth = np.random.default_rng(0).integers(175, 186, (120, 200, 3)).astype(np.uint8)
    truth[:112] = np.linspace(120, 200, 112)[:, None, None] + truth[:112] % 10
    truth[112:] = (40, 30, 25)
    hole = np.zeros((120, 200), np.uint8)
    hole[30:, 70:140] = 255
    filled = final(np.where(hole[..., None] > 0, 0, truth).astype(np.uint8), hole)
    dark = filled[..., 0] < 80
    assert dark[114:, 72:138].mean() > 0.95
    assert dark[60:108, 72:138].mean() < 0.02


def test_what_is_written_on_is_not_filled_with_what_is_blank():
    """In the smallest picture fine writing is gone; the hole lies in it, and beside it all is blank."""
    random = np.random.default_rng(6)
    image = np.full((240, 360, 3), 190, np.uint8)
    for _ in range(900):
        y, x = random.integers(0, 236), random.integers(0, 216)
        image[y : y + random.integers(1, 4), x : x + random.integers(1, 4)] = 90
    hole = np.zeros((240, 360), np.uint8)
    hole[70:170, 60:170] = 255
    filled = final(np.where(hole[..., None] > 0, 0, image).astype(np.uint8), hole)
    written = (image[:, :210, 0] < 140)[:60].mean()
    assert (filled[80:160, 70:160, 0] < 140).mean() > 0.6 * written


def test_texture_is_known_at_small_sizes_and_goes_on_into_the_hole():
    random = np.random.default_rng(1)
    image = np.full((128, 160, 3), 120, np.uint8)
    image[:, :80] = random.integers(80, 161, (128, 80, 1))
    hole = np.zeros((128, 160), bool)
    hole[40:90, 20:60] = True
    levels = shrinking(Level(image, hole, ~hole, ~hole), 8, NO_PROGRESS)
    rows = Texture(levels[0]).rows(levels[-1], 8)[8:-8, 8:-8].astype(float) * np.sqrt(PER_COST)
    scale = 128 // len(rows)
    assert rows[:, -20 // scale :].max() < 2
    assert rows[60 // scale, 40 // scale].min() > 15


@pytest.mark.parametrize("shape", ["wide", "wire", "dots"])
def test_same_seed_same_fill_also_over_several_threads(shape):
    image, hole = waves(300, 420), np.zeros((300, 420), np.uint8)
    if shape == "wide":
        hole[60:240, 90:330] = 255
    elif shape == "wire":
        hole[100:102] = 255
    else:
        hole[5::12, 7::12] = 255
    fills = [final(image, hole, seed=5) for _ in range(2)]
    assert np.array_equal(fills[0], fills[1])
    assert np.array_equal(fills[0][hole == 0], image[hole == 0])
    # These waves repeat, so a copy from elsewhere can be nearly right.
    assert np.abs(fills[0][hole > 0].astype(int) - image[hole > 0]).mean() < (25 if shape == "wide" else 6)


def test_joining_carries_the_difference_of_light_in_and_large_steps_only_a_little():
    fill, hole = np.full((60, 60, 3), 100, np.uint8), np.zeros((60, 60), bool)
    hole[10:50, 10:50] = True
    border = (np.r_[np.full(40, 9), np.full(40, 50)], np.r_[np.arange(10, 50), np.arange(10, 50)])
    light = joined(fill, hole, border, np.full((80, 3), 10, np.float32))
    assert (np.abs(light[hole].astype(int) - 110) <= 1).all()
    step = joined(fill, hole, border, np.full((80, 3), 90, np.float32))
    assert step[10, 20, 0] > 130
    assert step[30, 30, 0] < 120
    assert np.array_equal(step[~hole], fill[~hole])


def test_texture_comes_from_what_has_the_same_label():
    grain = np.random.default_rng(3).integers(90, 131, (140, 180, 1)).repeat(3, axis=2)
    hole, alike = np.zeros((2, 140, 180), np.uint8)
    hole[50:90, 75:125] = alike[46:94, 71:129] = alike[:, :45] = 255
    image = grain.astype(np.uint8)
    # What lies far to the left is told from the rest by a blue that is nothing beside the grain.
    image[..., 2] = np.where(np.arange(180) < 45, 112, 110)
    fills = [
        list(GuidedFiller().fill(FillTask(image, hole, labels=told), adaptation=0.0))[-1].pixels
        for told in (None, np.where(alike > 0, np.uint8(1), np.uint8(2)))
    ]
    far = [(fill[hole > 0][:, 2] >= 111).mean() for fill in fills]
    assert far[0] < 0.1 and far[1] > 0.6


def halves():
    """Two labels, one above the other."""
    return np.repeat(np.array([1, 2], np.uint8), 60)[:, None].repeat(160, axis=1)


def test_labels_in_the_hole_have_no_say_and_others_are_guessed_from_around():
    labels = halves()
    known = np.ones(labels.shape, bool)
    known[30:90, 50:110] = False
    unknown = labels.copy()
    unknown[:, 120:] = 0
    nothing = np.zeros((64, 80), bool)
    half = Level(np.zeros((64, 80, 3), np.uint8), nothing, ~nothing, ~nothing)
    made = [
        Labels.around(told, known, (128, 160)).rows(half, 8)
        for told in (labels, np.where(known, labels, np.uint8(9)), unknown)
    ]
    assert np.array_equal(made[0], made[1])
    rows = made[0].astype(float)
    assert rows.shape == (80, 96, 2)
    apart = ((rows[20, 44] - rows[60, 44]) ** 2).sum() * PER_COST
    assert np.sqrt(apart) == pytest.approx(20, abs=0.5)
    same = [np.abs(rows[20, 44] - rows[20, column]).max() for column in (12, 80)]
    assert max(same) <= 1
    assert np.abs(made[2] - made[0])[16:36].max() <= 1


def test_one_label_is_no_guide():
    labels, known = np.ones((60, 60), np.uint8), np.ones((60, 60), bool)
    assert Labels.around(labels, known, (60, 60)) is None
    labels[:3, :3] = 2
    assert Labels.around(labels, known, (60, 60)) is None


def test_labels_of_another_size_are_told():
    image, hole = np.zeros((40, 50, 3), np.uint8), np.zeros((40, 50), np.uint8)
    hole[10:20, 10:20] = 1
    with pytest.raises(StudioError, match="size"):
        list(GuidedFiller().fill(FillTask(image, hole, labels=np.zeros((40, 40), np.uint8))))


def test_deep_inside_patches_still_count_for_something():
    """By their distance to the border alone the weights there would be 0, and their mean no colour."""
    image = waves(160, 240)
    hole = np.zeros((160, 240), bool)
    hole[10:150, 10:190] = True
    level = Level(np.where(hole[..., None], 0, image).astype(np.uint8), hole, ~hole, ~hole)
    state = Synthesis(level, 0, (0.0, 0.0), NO_PROGRESS)
    state.begin(noise=8.0, most=1000, progress=NO_PROGRESS)
    assert state.pixels[..., :3][hole].min() > 0
