"""The network of things, and what any network of class names does, with weights made up here."""

import numpy as np
import pytest
from networks import THINGS, write_network

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.network import LabelNetwork
from inpaint_studio.engines.finders.things import RULES, ThingsFinder

PHOTO = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)


def random_network(folder, **options):
    """A network whose answer differs from pixel to pixel."""
    write_network(folder, "tiny", ("a", "b", "c"), certain=0.0, **options)
    return LabelNetwork("tiny", folder)


def test_every_class_but_the_background_has_a_plain_word():
    assert set(RULES) == set(THINGS[1:])
    words = "person cat dog horse cow sheep bird car bus bicycle motorbike plane boat train bottle chair sofa"
    assert {rule.label for rule in RULES.values()} == {*words.split(), "table", "plant", "screen"}
    assert all(rule.kind == "thing" for rule in RULES.values())


@pytest.fixture
def seeing(monkeypatch):
    def make(chances):
        monkeypatch.setattr(LabelNetwork, "names", property(lambda self: THINGS))
        monkeypatch.setattr(LabelNetwork, "see", lambda self, image, progress, size: (chances, None))
        return ThingsFinder()

    return make


def certain(**areas):
    chances = np.zeros((21, 120, 160), np.float32)
    chances[0] = 0.9
    for name, (where, sure) in areas.items():
        chances[:, *where] = 0
        chances[THINGS.index(name), *where] = sure
    return chances


def test_sure_things_are_found_and_the_background_is_not(seeing):
    chances = certain(
        diningtable=(np.s_[60:110, 20:120], 0.9),
        cat=(np.s_[20:50, 20:60], 0.7),
        dog=(np.s_[20:50, 100:140], 0.4),
    )
    found = seeing(chances).find(np.full((240, 320, 3), 90, np.uint8))
    assert [f.label for f in found] == ["table", "cat"]
    assert [f.score for f in found] == pytest.approx([0.9, 0.7])


def test_an_unsure_patch_gets_the_name_of_the_animal_it_belongs_to(seeing):
    photo = np.full((240, 320, 3), 90, np.uint8)
    body, head, beside = np.s_[40:80, 20:100], np.s_[40:60, 100:120], np.s_[90:115, 20:60]
    chances = certain(cat=(body, 0.7), dog=(head, 0.6), sheep=(beside, 0.6))
    chances[THINGS.index("cat"), *head] = 0.3
    found = seeing(chances).find(photo)
    assert [f.label for f in found] == ["cat", "sheep"]
    assert found[0].score == pytest.approx((3200 * 0.7 + 400 * 0.9) / 3600, abs=1e-3)
    sure = certain(cat=(body, 0.7), dog=(head, 0.9))
    assert [f.label for f in seeing(sure).find(photo)] == ["cat", "dog"], "a sure one is another animal"
    stranger = certain(cat=(body, 0.7), person=(head, 0.6))
    assert [f.label for f in seeing(stranger).find(photo)] == ["cat", "person"]


def test_the_shown_network_may_be_any_of_that_name(tmp_path):
    write_network(tmp_path, "things")
    found = ThingsFinder(tmp_path).find(PHOTO)
    assert [f.label for f in found] == ["plane"] and found[0].mask.area == 90 * 120


@pytest.mark.parametrize("arch", ["unet-efficientnet-lite0", "dynamic-unet-resnet34", "fc-densenet56"])
def test_any_architecture_takes_any_size(tmp_path, arch):
    network = random_network(tmp_path, arch=arch, base=[16, 64])
    for shape in ((1, 1), (5, 70), (97, 131)):
        ids, names = network.label_map(np.full((*shape, 3), 100, np.uint8))
        assert ids.shape == shape and ids.dtype == np.uint8 and names == ("a", "b", "c")


def test_certainties_sum_to_one_and_the_answer_repeats(tmp_path):
    network = random_network(tmp_path, looks=[[1.0, False], [1.5, True]])
    chances, street = network.see(PHOTO)
    assert chances.shape == (3, 90, 120) and street is None and network.street(PHOTO) is None
    assert np.allclose(chances.sum(axis=0), 1, atol=1e-4)
    assert np.array_equal(chances, network.see(PHOTO)[0])
    assert network.see(PHOTO, size=(40, 30))[0].shape == (3, 30, 40)


def test_a_street_unit_answers(tmp_path):
    network = random_network(tmp_path, street=True)
    _, street = network.see(PHOTO)
    assert street is not None and 0 < street < 1 and network.street(PHOTO) is not None


def test_a_mirrored_look_is_mirrored_back(tmp_path):
    random_network(tmp_path)
    plain, mirrored = (LabelNetwork("tiny", tmp_path, [(1.0, m)]) for m in (False, True))
    photo = np.ascontiguousarray(np.tile(PHOTO, (1, 2, 1))[:64, :192])
    turned = np.ascontiguousarray(photo[:, ::-1])
    assert np.allclose(mirrored.see(photo)[0], plain.see(turned)[0][..., ::-1], atol=1e-5)
    both = LabelNetwork("tiny", tmp_path, [(1.0, False), (1.0, True)])
    assert np.allclose(both.see(photo)[0], (plain.see(photo)[0] + mirrored.see(photo)[0]) / 2, atol=1e-5)


def test_the_card_says_at_which_size_a_photo_is_looked_at(tmp_path, monkeypatch):
    network = random_network(tmp_path, looks=[[1.0, False], [1.5, False]], base=[160, 200])
    sizes, look = [], LabelNetwork._look
    monkeypatch.setattr(
        LabelNetwork,
        "_look",
        lambda self, view, size: (sizes.append(view.shape[:2]), look(self, view, size))[1],
    )
    seen, _ = network.see(np.zeros((300, 400, 3), np.uint8))
    assert sizes == [(150, 200), (225, 300)] and seen.shape == (3, 225, 300)
    sizes.clear()
    network.see(np.zeros((30, 40, 3), np.uint8))
    assert sizes == [(120, 160), (180, 240)]


@pytest.mark.parametrize(
    "options",
    [
        {"looks": []}, {"looks": [[0, False]]}, {"looks": "1.5"}, {"base": [480]}, {"base": [480, 160]},
        {"base": [160, 100000]}, {"looks": [[1]]},
    ],
)  # fmt: skip
def test_a_card_that_makes_no_sense_is_refused(tmp_path, options):
    network = random_network(tmp_path, **options)
    with pytest.raises(StudioError, match="description of the network “tiny” is damaged"):
        network.see(PHOTO)


def test_a_missing_network_is_said_plainly(tmp_path):
    with pytest.raises(StudioError, match="“things” is not installed"):
        ThingsFinder(tmp_path).find(PHOTO)
