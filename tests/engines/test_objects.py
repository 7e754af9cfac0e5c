"""The finder of objects of any kind: grouping, names, looks, with answers and a graph made up here."""

import cv2
import numpy as np
import pytest
from networks import PICTURE, graph_bytes, write_card
from onnx import helper

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders import objects
from inpaint_studio.engines.finders.grouping import Answer, grouped
from inpaint_studio.engines.finders.instances import Rule, Sketch
from inpaint_studio.engines.finders.naming import with_names
from inpaint_studio.engines.finders.object_network import OnnxObjects, flipped, look
from inpaint_studio.engines.finders.objects import ObjectsFinder

CELL = 4
SHAPE = 128, 160


def answer(*places, shape=SHAPE, blur=1.0):
    """What a network that is always right says of discs at (x, y, radius), the later over the earlier."""
    numbers = np.zeros(shape, np.uint8)
    for number, (x, y, radius) in enumerate(places, 1):
        cv2.circle(numbers, (x, y), radius, number, -1)
    small = numbers[CELL // 2 :: CELL, CELL // 2 :: CELL]
    middles, offsets = np.zeros(small.shape, np.float32), np.zeros((2, *small.shape), np.float32)
    for number in range(1, len(places) + 1):
        rows, columns = np.nonzero(small == number)
        y, x = rows.mean(), columns.mean()
        cv2.circle(middles, (round(x), round(y)), 0, 0.9, -1)
        offsets[0][rows, columns], offsets[1][rows, columns] = x - columns, y - rows
    alpha = cv2.GaussianBlur((numbers > 0).astype(np.float32), (0, 0), blur)
    return Answer(alpha, middles, offsets), numbers


def sketch(box, label="object", score=0.8, kind="thing"):
    x, y, w, h = box
    mask = np.zeros(SHAPE, np.uint8)
    mask[y : y + h, x : x + w] = 255
    return Sketch(mask, Rule(label, kind, 0.001, 0.01), score)


def told(sketches):
    return sorted((s.rule.label, s.box) for s in sketches)


def test_touching_objects_come_apart_where_their_offsets_part():
    seen, numbers = answer((50, 60, 30), (104, 60, 26))
    found = grouped(seen)
    assert len(found.quality) == 2 and min(found.quality) > 0.8
    for number in (1, 2):
        mine = numbers == number
        best = max((mine & (found.numbers == n)).sum() / (mine | (found.numbers == n)).sum() for n in (1, 2))
        assert best > 0.9


def test_without_a_middle_there_is_no_object():
    seen, _ = answer((50, 60, 30))
    found = grouped(Answer(seen.alpha, seen.middles * 0, seen.offsets))
    assert found.quality == [] and not found.numbers.any()
    assert np.array_equal(found.alpha, seen.alpha)


def test_a_mirrored_answer_is_that_of_the_mirrored_picture():
    seen, _ = answer((50, 60, 30), (104, 40, 20))
    mirrored = grouped(flipped(Answer(*(plane[..., ::-1] for plane in _turned(seen)))))
    assert np.array_equal(mirrored.numbers, grouped(seen).numbers)


def _turned(seen):
    """Planes whose last axis, mirrored, gives the answer to the mirrored picture."""
    return seen.alpha, seen.middles, seen.offsets * np.array([-1, 1], np.float32)[:, None, None]


def test_one_object_gets_the_name_of_what_lies_in_the_same_place():
    whole, named = sketch((20, 20, 60, 60), score=0.9), sketch((22, 20, 58, 64), "dog", 0.7)
    assert told(with_names([whole], [named])) == [("dog", named.box)]


def test_a_named_shape_of_several_objects_comes_apart_into_them():
    one, two = sketch((20, 20, 40, 60)), sketch((62, 20, 40, 60))
    crowd = sketch((20, 18, 84, 64), "person", 0.99)
    assert told(with_names([one, two], [crowd])) == [("person", one.box), ("person", two.box)]


def test_a_part_of_a_named_object_is_no_object():
    wheel, car = sketch((30, 60, 16, 16)), sketch((20, 20, 90, 60), "car")
    assert told(with_names([wheel], [car])) == [("car", car.box)]


def test_a_named_patch_names_the_whole_only_if_it_is_a_good_share_of_it():
    whole = sketch((20, 20, 80, 60))
    assert told(with_names([whole], [sketch((20, 20, 36, 60), "horse")])) == [("horse", whole.box)]
    small = sketch((20, 20, 16, 20), "bottle")
    assert told(with_names([whole], [small])) == [("bottle", small.box), ("object", whole.box)]


def test_what_lies_in_scenery_is_no_object():
    window, house = sketch((30, 30, 20, 20)), sketch((10, 10, 90, 90), "building", kind="area")
    beside = sketch((110, 30, 30, 40))
    assert told(with_names([window, beside], [house])) == [("building", house.box), ("object", beside.box)]


@pytest.fixture
def brightness(tmp_path):
    """A network to which what is brighter than middle grey is one object around the picture's middle."""
    nodes = [
        helper.make_node("ReduceMean", ["photo"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["grey", "steep"], ["steeper"]),
        helper.make_node("Sigmoid", ["steeper"], ["alpha"]),
        helper.make_node("AveragePool", ["alpha"], ["middles"], kernel_shape=[4, 4], strides=[4, 4]),
        helper.make_node("Mul", ["middles", "nothing"], ["flat"]),
        helper.make_node("Concat", ["flat", "flat"], ["offsets"], axis=1),
    ]
    weights = {"steep": np.float32([20]), "nothing": np.float32([0])}
    data = graph_bytes(nodes, weights, {"photo": [1, 3, "height", "width"]}, ["alpha", "middles", "offsets"])
    graphs = {"look": (data, ["photo"], ["alpha", "middles", "offsets"])}
    known = {
        "task": "finder",
        "form": "objects",
        "picture": PICTURE,
        "cell": 4,
        "reach": 64,
        "side": 160,
        "certainty": [-2, 5],
    }
    write_card(tmp_path, "objects", graphs, **known)
    return tmp_path, graphs, known


def bright_disc(shape=(240, 320)):
    photo = np.full((*shape, 3), 40, np.uint8)
    cv2.circle(photo, (160, 120), 60, (230, 220, 210), -1)
    return photo, cv2.circle(np.zeros(shape, np.uint8), (160, 120), 60, 1, -1) > 0


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_look_answers_for_whole_strides_of_the_photo(brightness, mirrored):
    photo, disc = bright_disc((240, 322))
    seen = look(OnnxObjects(folder=brightness[0]), photo, 160, mirrored=mirrored)
    assert seen.alpha.shape == (128, 160) and seen.middles.shape == (32, 40)
    small = cv2.resize(disc.astype(np.uint8), (160, 128), interpolation=cv2.INTER_AREA) > 0
    assert ((seen.alpha > 0.5) == small).mean() > 0.98


def test_the_finder_finds_what_its_network_sees_with_sharp_edges(brightness, monkeypatch):
    monkeypatch.setattr(objects, "grouped", lambda seen: grouped(_with_one_middle(seen)))
    photo, disc = bright_disc()
    finder = ObjectsFinder(brightness[0])
    (found,) = finder.find(photo)
    mask = found.mask.full(photo.shape[:2]) > 127
    assert (found.label, found.kind) == ("object", "thing")
    assert (mask & disc).sum() / (mask | disc).sum() > 0.95
    assert ((finder.coverage(photo) > 127) == disc).mean() > 0.98


def _with_one_middle(seen):
    middles = np.zeros_like(seen.middles)
    middles[middles.shape[0] // 2, middles.shape[1] // 2] = 1
    return Answer(seen.alpha, middles, seen.offsets)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"form": "labels"}, "does not tell objects apart"),
        ({"cell": 0}, "damaged"),
        ({"reach": "far"}, "damaged"),
        ({"side": 9000}, "damaged"),
        ({"certainty": [1]}, "damaged"),
        ({"certainty": [0, 1e9]}, "damaged"),
    ],
)
def test_a_card_that_can_not_be_right_is_refused(brightness, change, sentence):
    folder, graphs, known = brightness
    write_card(folder, "objects", graphs, **(known | change))
    with pytest.raises(StudioError, match=sentence):
        OnnxObjects(folder=folder).answer(np.zeros((64, 64, 3), np.uint8))
