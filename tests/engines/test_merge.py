"""Making one list of what several finders saw."""

import tracemalloc

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.engines.finders.instances import Rule, Sketch
from inpaint_studio.engines.finders.merge import (
    merged,
    sharpened,
    without_crumbs,
    without_overlaps,
    work_size,
)

SHAPE = 120, 160


def area(*boxes):
    """A mask of boxes x, y, width, height."""
    out = np.zeros(SHAPE, np.uint8)
    for x, y, w, h in boxes:
        out[y : y + h, x : x + w] = 255
    return out


def seen(label, mask, score=0.8, kind="thing", behind=False):
    return Sketch(mask, Rule(label, kind, 0.001, 0.01, behind=behind), score)


def labels(sketches):
    return [s.rule.label for s in sketches]


def test_an_object_that_two_finders_saw_is_kept_once_with_the_surer_mask():
    one, two = seen("car", area((20, 20, 60, 30)), 0.7), seen("car", area((22, 20, 60, 32)), 0.9)
    (kept,) = merged([one, two])
    assert kept.score == 0.9 and np.array_equal(kept.mask, two.mask)


def test_a_part_gives_way_to_the_whole():
    whole, part = seen("car", area((20, 20, 60, 30)), 0.7), seen("car", area((25, 25, 20, 20)), 0.9)
    (kept,) = merged([part, whole])
    assert np.array_equal(kept.mask, whole.mask)


def test_pieces_that_were_told_apart_are_better_than_one_of_both():
    both = seen("person", area((20, 20, 60, 40)), 0.9)
    one, two = seen("person", area((20, 20, 30, 40)), 0.7), seen("person", area((50, 20, 30, 40)), 0.7)
    assert [s.area for s in merged([both, one, two])] == [1200, 1200]


@pytest.mark.parametrize("other", ["person", "bicycle", "motorbike"])
def test_a_cyclist_is_person_and_bicycle_in_one(other):
    cyclist, part = seen("cyclist", area((40, 20, 30, 60)), 0.6), seen(other, area((42, 22, 26, 30)), 0.9)
    (kept,) = merged([cyclist, part])
    assert kept.rule.label == "cyclist" and kept.area == cyclist.area


def test_the_narrower_word_is_kept_with_the_better_mask():
    car, bus = seen("car", area((20, 20, 80, 40)), 0.9), seen("bus", area((22, 20, 80, 40)), 0.6)
    (kept,) = merged([car, bus])
    assert kept.rule.label == "bus" and kept.score == 0.9 and np.array_equal(kept.mask, car.mask)


def test_two_names_for_one_object_leave_the_surer_one():
    assert labels(
        merged([seen("dog", area((20, 20, 40, 40)), 0.6), seen("car", area((20, 20, 40, 42)))])
    ) == ["car"]


def test_neighbours_and_strangers_stay():
    found = merged(
        [
            seen("person", area((20, 20, 30, 60))),
            seen("person", area((45, 20, 30, 60))),
            seen("dog", area((30, 60, 15, 15))),
        ]
    )
    assert sorted(labels(found)) == ["dog", "person", "person"]
    assert sum((s.mask > 0).astype(int) for s in found).max() == 1
    assert next(s for s in found if s.rule.label == "dog").area == 225, "the smaller one lies in front"


def test_things_take_pixels_from_areas():
    found = merged(
        [
            seen("building", area((0, 0, 160, 80)), 0.95, "area"),
            seen("road", area((0, 80, 160, 40)), 0.99, "area"),
            seen("bus", area((40, 50, 60, 50)), 0.6),
        ]
    )
    assert labels(found) == ["bus", "building", "road"]
    assert [s.area for s in found] == [60 * 50, 160 * 80 - 60 * 30, 160 * 40 - 60 * 20]


def test_a_thing_that_others_stand_before_gives_way_to_a_larger_one():
    found = merged(
        [
            seen("pole", area((70, 0, 4, 120)), behind=True),
            seen("car", area((20, 60, 100, 50))),
        ]
    )
    assert {s.rule.label: s.area for s in found} == {"car": 5000, "pole": 4 * 70}


def test_what_little_is_left_of_an_object_goes_with_its_crumbs():
    hidden = seen("sofa", area((20, 20, 60, 40)))
    before = [seen("dog", area((20, 20, 29, 40))), seen("cat", area((49, 20, 29, 40)))]
    assert sorted(labels(merged([hidden, *before]))) == ["cat", "dog"]


def test_large_and_sure_things_come_first_areas_last():
    found = merged(
        [
            seen("sky", area((0, 0, 160, 30)), 0.99, "area"),
            seen("cat", area((10, 40, 10, 10)), 0.9),
            seen("dog", area((40, 40, 40, 40)), 0.6),
            seen("bird", area((100, 40, 12, 12)), 0.6),
        ]
    )
    assert labels(found) == ["dog", "cat", "bird", "sky"]


def test_nothing_gives_nothing():
    assert merged([]) == []
    assert sharpened(np.zeros((*SHAPE, 3), np.uint8), []) == []


def test_sharpened_masks_share_no_pixel_and_have_no_crumbs():
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.integers(0, 256, (480, 640, 3), dtype=np.uint8), (0, 0), 2)
    objects = [
        seen("dog", area((20, 20, 50, 60))),
        seen("cat", area((70, 20, 50, 60))),
        seen("sky", area((0, 0, 160, 20)), 0.8, "area"),
    ]
    found = sharpened(image, merged(objects))
    assert len(found) == 3
    assert sum((f.mask.full((480, 640)) > 0).astype(int) for f in found).max() == 1
    for one in found:
        count, _, stats, _ = cv2.connectedComponentsWithStats((one.mask.crop > 0).astype(np.uint8))
        areas = sorted(stats[1:count, cv2.CC_STAT_AREA])
        assert areas[0] >= 0.1 * areas[-1] or areas[0] >= 0.001 * 480 * 640


def test_a_large_photo_needs_no_full_size_numbers_for_each_object():
    image = np.zeros((3000, 4000, 3), np.uint8)
    circles = [cv2.circle(area(), (20 + 20 * i, 60), 9, 255, -1) for i in range(6)]
    objects = [seen("dog", circle) for circle in circles] + [seen("sky", area((0, 0, 160, 120)), 0.8, "area")]
    tracemalloc.start()
    try:
        found = sharpened(image, merged(objects))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == 7 and peak < image.size * 4, "less than the photo in single precision"


def test_a_sliver_that_others_leave_of_an_object_is_dropped():
    image = np.full((*SHAPE, 3), 128, np.uint8)
    found = sharpened(
        image, [seen("dog", area((20, 20, 60, 60)), 0.9), seen("cat", area((20, 20, 60, 61)), 0.8)]
    )
    assert [f.label for f in found] == ["dog"]


def test_main_parts_stay_crumbs_go():
    mask = Mask.place(area((10, 10, 40, 40), (60, 10, 20, 20), (100, 10, 5, 5), (110, 90, 2, 2)))
    assert without_crumbs(mask, 1e9).area == 1600 + 400
    assert without_crumbs(mask, 20).area == 1600 + 400 + 25
    whole = Mask.place(area((10, 10, 40, 40)))
    assert without_crumbs(whole, 1) is whole
    assert not without_crumbs(Mask.empty(), 1)


def test_crumbs_of_a_large_mask_go_too():
    crop = np.zeros((2500, 3100), np.uint8)
    cv2.ellipse(crop, (1400, 1200), (1200, 900), 0, 0, 360, 255, -1)
    main = np.count_nonzero(crop)
    crop[2400:2450, 3000:3050] = 255
    crop[100:103, 60:90] = 255
    assert without_crumbs(Mask.place(crop), 1e9).area == main
    assert without_crumbs(Mask.place(crop), 2000).area == main + 2500


def test_overlaps_go_to_the_surer_mask():
    one = Mask.place(np.array([[255, 100, 50]], np.uint8))
    two = Mask.place(np.array([[10, 100, 200]], np.uint8))
    kept = without_overlaps([one, two], (1, 3))
    assert kept[0].full((1, 3)).tolist() == [[255, 100, 0]]
    assert kept[1].full((1, 3)).tolist() == [[0, 0, 200]]


def test_working_size_keeps_small_photos_and_reduces_large_ones():
    assert work_size(np.zeros((4, 480, 3), np.uint8)) == (480, 4)
    assert work_size(np.zeros((3000, 4000, 3), np.uint8)) == (480, 360)
    assert work_size(np.zeros((1, 4000, 3), np.uint8)) == (480, 1)
