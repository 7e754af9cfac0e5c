"""The scene finder on pictures and certainties made up here; the network runs, its taste is not tested."""

import numpy as np
import pytest

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.instances import Rule, parts_of
from inpaint_studio.engines.finders.network import LabelNetwork
from inpaint_studio.engines.finders.scene import SceneFinder
from inpaint_studio.engines.finders.splitting import split_touching

NAMES = (
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip
COLOURS = {"sky": (190, 210, 240), "road": (80, 80, 84), "car": (180, 30, 30), "pedestrian": (30, 60, 160)}


@pytest.fixture(scope="module")
def finder():
    return SceneFinder()


def street(sure: float = 0.95):
    """A picture of 240×320 with sky, road, two cars and a person, and matching certainties."""
    ids = np.full((240, 320), NAMES.index("sky"))
    ids[120:] = NAMES.index("road")
    ids[130:170, 40:120] = NAMES.index("car")
    ids[140:180, 200:270] = NAMES.index("car")
    ids[110:190, 140:160] = NAMES.index("pedestrian")
    ids[5, 100:300] = NAMES.index("pole")  # a sliver
    chances = np.full((11, 240, 320), (1 - sure) / 10, np.float32)
    np.put_along_axis(chances, ids[None], np.float32(sure), axis=0)
    image = np.zeros((240, 320, 3), np.uint8)
    for name, colour in COLOURS.items():
        image[ids == NAMES.index(name)] = colour
    image[5, 100:300] = COLOURS["sky"]
    return image, chances


@pytest.fixture
def seeing(monkeypatch):
    """A finder that sees given certainties instead of running the network."""

    def make(chances, street=0.9):
        monkeypatch.setattr(LabelNetwork, "names", property(lambda self: NAMES))
        monkeypatch.setattr(LabelNetwork, "street", lambda self, image: street)
        monkeypatch.setattr(LabelNetwork, "see", lambda self, image, progress, size: (chances, street))
        return SceneFinder()

    return make


@pytest.mark.parametrize("shape", [(8, 8), (1, 1), (3, 200), (97, 131), (600, 900)])
def test_any_size(finder, shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    ids, names = finder.label_map(image)
    assert ids.shape == shape
    assert ids.dtype == np.uint8
    assert names == NAMES
    assert ids.max() < len(NAMES)
    for found in finder.find(image):
        assert found.mask.full(shape).any()


def test_finds_things_then_areas(seeing):
    image, chances = street()
    found = seeing(chances).find(image)
    assert [(f.label, f.kind) for f in found[:3]] == [("car", "thing"), ("car", "thing"), ("person", "thing")]
    assert {(f.label, f.kind) for f in found[3:]} == {("sky", "area"), ("road", "area")}
    assert all(0.9 < f.score <= 1 for f in found)
    large = found[0].mask.full((240, 320)) > 127
    truth = np.zeros((240, 320), bool)
    truth[130:170, 40:120] = True
    assert (large & truth).sum() / (large | truth).sum() > 0.93


def test_no_two_masks_share_a_pixel(seeing):
    image, chances = street()
    covered = sum((f.mask.full((240, 320)) > 0).astype(int) for f in seeing(chances).find(image))
    assert covered.max() == 1


def test_masks_follow_edges_of_a_larger_photo(seeing):
    image, chances = street()
    image = image.repeat(4, axis=0).repeat(4, axis=1)
    car = seeing(chances).find(image)[0].mask.full(image.shape[:2]) > 127
    truth = np.zeros(image.shape[:2], bool)
    truth[520:680, 160:480] = True
    assert (car & truth).sum() / (car | truth).sum() > 0.96


def test_nothing_is_found_where_the_network_is_unsure(seeing):
    image, chances = street(sure=0.4)
    assert seeing(chances).find(image) == []


def test_unsure_objects_are_dropped(seeing):
    image, chances = street()
    car = np.s_[130:170, 40:120]
    chances[:, *car] = 0.05
    chances[NAMES.index("car"), *car] = 0.5
    assert [f.label for f in seeing(chances).find(image) if f.kind == "thing"] == ["car", "person"]


def test_nothing_is_found_in_a_photo_that_is_no_street(seeing):
    image, chances = street()
    assert seeing(chances, street=0.6).find(image) == []
    assert seeing(chances, street=0.9).find(image) != []
    assert seeing(chances, street=None).find(image) != [], "a network that can't tell is believed"


def test_a_photo_that_is_no_street_is_looked_at_once_and_small(monkeypatch):
    sizes = []
    look = LabelNetwork._look

    def counted(self, view, size):
        sizes.append(max(view.shape[:2]))
        seen, _ = look(self, view, size)
        return seen, 0.1

    monkeypatch.setattr(LabelNetwork, "_look", counted)
    assert SceneFinder().find(np.zeros((900, 1200, 3), np.uint8)) == []
    assert sizes == [320]


def test_cancel_is_heard(finder):
    class Stop(Exception):
        pass

    class Cancelling:
        def report(self, fraction: float, message: str = "") -> None:
            raise Stop

    with pytest.raises(Stop):
        finder.find(np.zeros((40, 60, 3), np.uint8), progress=Cancelling())


def test_progress_rises_to_the_end(seeing):
    steps = []

    class Listening:
        def report(self, fraction: float, message: str = "") -> None:
            steps.append(fraction)

    image, chances = street()
    seeing(chances).find(image, progress=Listening())
    assert steps == sorted(steps)
    assert steps[-1] == 1.0


def test_a_missing_network_is_said_plainly(tmp_path):
    with pytest.raises(StudioError, match="not installed"):
        SceneFinder(tmp_path).label_map(np.zeros((8, 8, 3), np.uint8))


def test_touching_cars_are_split():
    mask = np.zeros((100, 200), np.uint8)
    mask[30:70, 10:90] = 255
    mask[35:75, 95:180] = 255
    mask[48:54, 90:95] = 255
    pieces = split_touching(mask, 100)
    assert len(pieces) == 2
    assert np.array_equal(np.maximum(*pieces), mask)
    assert not (pieces[0] & pieces[1]).any()


def test_one_car_stays_whole():
    mask = np.zeros((100, 200), np.uint8)
    mask[30:70, 10:190] = 255
    assert len(split_touching(mask, 100)) == 1


def test_slivers_and_specks_are_dropped():
    rule = Rule("car", "thing", 0.001, 0.02)
    mask = np.zeros((200, 400), np.uint8)
    mask[10:12, 10:390] = 255
    mask[100:104, 100:104] = 255
    assert parts_of(mask, rule) == []
    mask[120:160, 50:120] = 255
    assert [np.count_nonzero(p) for p in parts_of(mask, rule)] == [40 * 70]
