"""Which finder answers."""

import cv2
import numpy as np
import pytest
from networks import write_network

from inpaint_studio.engines.finders.network import LabelNetwork
from inpaint_studio.engines.networks import places
from inpaint_studio.studio import find

SCENE = (
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip


@pytest.fixture
def ball():
    """A red ball on green, both too rough to be even-coloured shapes."""
    photo = np.full((120, 160, 3), (70, 120, 50), np.uint8)
    cv2.circle(photo, (100, 70), 25, (190, 40, 40), -1)
    return photo + np.random.default_rng(1).integers(0, 60, (120, 160, 1), np.uint8)


@pytest.fixture
def models(monkeypatch, tmp_path, none_loaded):
    """The program's folder of networks, empty."""
    monkeypatch.setattr(places, "resource", lambda *parts: tmp_path.joinpath(*parts))
    return tmp_path / "models"


@pytest.fixture
def seeing(models, monkeypatch):
    """Networks that see given areas (name → class → rows, columns) instead of what is there."""

    def make(street, **areas):
        for name, classes in (("scene", SCENE), ("things", None)):
            if name in areas:
                write_network(models, name, **({"classes": classes, "street": True} if classes else {}))

        def see(self, image, progress, size):
            chances = np.full((len(self.names), size[1], size[0]), 0.01, np.float32)
            chances[0] = 0.1
            for word, (where, sure) in areas[self.card.id].items():
                chances[:, *where] = 0.01
                chances[self.names.index(word), *where] = sure
            progress.report(1.0)
            return chances, street

        monkeypatch.setattr(LabelNetwork, "see", see)
        monkeypatch.setattr(LabelNetwork, "street", lambda self, image: street)

    return make


def labels(objects):
    return [o.label for o in objects if o.kind == "thing"]


CAR, DOG, ROAD = np.s_[40:80, 20:70], np.s_[60:100, 90:140], np.s_[100:120, :]


def test_without_networks_the_subject_is_found(ball, models):
    found = find.find_objects(ball)
    assert [o.label for o in found] == ["subject"]
    assert found[0].mask.full((120, 160))[70, 100] == 255


@pytest.mark.parametrize("name", ["scene", "things"])
def test_with_a_damaged_network_it_is_said(ball, models, name):
    models.mkdir()
    (models / f"{name}.json").write_text("{")
    with pytest.raises(find.StudioError, match=rf"“{name}” is damaged"):
        find.find_objects(ball)


def test_a_network_of_random_weights_is_no_reason_to_fail(ball, models):
    write_network(models, "things")
    found = find.find_objects(ball)
    assert labels(found) == ["plane"], "it calls everything its second class"
    ids, names = find.label_map(ball, "things")
    assert ids.shape == (120, 160) and set(np.unique(ids)) == {1} and len(names) == 21


def test_on_a_street_both_networks_are_one_list(ball, seeing):
    seeing(
        0.9,
        scene={"car": (CAR, 0.8), "road": (ROAD, 0.8)},
        things={"car": (np.s_[42:80, 20:72], 0.7), "dog": (DOG, 0.9)},
    )
    found = find.find_objects(ball)
    assert sorted(labels(found)) == ["car", "dog"]
    assert next(o for o in found if o.label == "car").score == pytest.approx(0.8)
    assert [o.label for o in found if o.kind == "area"] == ["road"]


def test_a_bus_is_not_a_car_as_well(ball, seeing):
    seeing(0.9, scene={"car": (CAR, 0.7)}, things={"bus": (CAR, 0.9)})
    assert labels(find.find_objects(ball)) == ["bus"]


def test_where_it_is_no_street_only_things_are_found(ball, seeing):
    seeing(
        0.1, scene={"car": (CAR, 0.9), "road": (ROAD, 0.8)}, things={"person": (CAR, 0.9), "dog": (DOG, 0.9)}
    )
    found = find.find_objects(ball)
    assert sorted(o.label for o in found) == ["dog", "person"]


@pytest.mark.parametrize("gone", ["scene", "things"])
def test_either_network_may_be_missing(ball, seeing, gone):
    areas = {"scene": {"car": (CAR, 0.9)}, "things": {"dog": (DOG, 0.9)}}
    del areas[gone]
    seeing(0.9, **areas)
    assert labels(find.find_objects(ball)) == (["dog"] if gone == "scene" else ["car"])


def test_what_stands_out_is_found_where_no_thing_is(ball, seeing):
    seeing(0.9, scene={"road": (np.s_[60:120, :], 0.8)}, things={})
    found = find.find_objects(ball)
    assert [(o.label, o.kind) for o in found] == [("subject", "thing"), ("road", "area")]
    covered = sum((o.mask.full((120, 160)) > 0).astype(int) for o in found)
    assert covered.max() == 1 and covered[100, 10] == 1


def test_progress_rises_to_the_end(ball, seeing):
    steps = []

    class Listening:
        def report(self, fraction: float, message: str = "") -> None:
            steps.append(fraction)

    seeing(0.9, scene={"road": (ROAD, 0.8)}, things={})
    find.find_objects(ball, progress=Listening())
    assert steps == sorted(steps) and steps[-1] == 1.0


def test_only_networks_that_name_pixels_have_a_label_map(ball):
    with pytest.raises(find.StudioError, match="choose one of: scene, things"):
        find.label_map(ball, "subject")
