"""What stands out: off the centre, not the middle of the picture, and nothing where nothing does."""

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Cancelled, Mask
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Proposal
from inpaint_studio.engines.finders import subject
from inpaint_studio.engines.finders.subject import SubjectFinder


@pytest.fixture(autouse=True)
def without_network(monkeypatch):
    """Most tests are of the way without a network."""
    monkeypatch.setattr(registry, "has_network", lambda name: False)


def _ground(shape=(300, 420), seed=0):
    """Grass-like texture."""
    noise = cv2.GaussianBlur(np.random.default_rng(seed).standard_normal(shape).astype(np.float32), (0, 0), 2)
    return np.array((90, 120, 60), np.float32) + 9 * (noise / noise.std())[..., None]


def _with_subject(centre, scale=1):
    ground = cv2.resize(_ground(), None, fx=scale, fy=scale)
    truth = np.zeros(ground.shape[:2], np.uint8)
    cv2.ellipse(truth, (centre[0] * scale, centre[1] * scale), (48 * scale, 30 * scale), 25, 0, 360, 1, -1)
    ground[truth > 0] = (190, 80, 50)
    return np.clip(ground, 0, 255).astype(np.uint8), truth > 0


def _overlap(mask, truth):
    found = mask.full(truth.shape) > 127
    return (found & truth).sum() / (found | truth).sum()


@pytest.mark.parametrize("centre", [(90, 90), (340, 210), (210, 150)])
def test_the_subject_is_found_wherever_it_is(centre):
    image, truth = _with_subject(centre)
    found = SubjectFinder().find(image)
    assert len(found) == 1
    assert found[0].label == "subject"
    assert found[0].kind == "thing"
    assert 0.5 < found[0].score <= 1
    assert _overlap(found[0].mask, truth) > 0.93


def test_two_subjects_are_two_objects_without_overlap():
    image, one = _with_subject((100, 90))
    other = np.zeros(one.shape, np.uint8)
    cv2.circle(other, (320, 210), 40, 1, -1)
    image[other > 0] = (60, 80, 200)
    found = SubjectFinder().find(image)
    assert len(found) == 2
    assert all(max(_overlap(o.mask, t) for o in found) > 0.9 for t in (one, other > 0))
    assert not found[0].mask.intersection(found[1].mask)


def test_the_edge_is_sharp_at_full_size():
    image, truth = _with_subject((90, 90), 5)
    (found,) = SubjectFinder().find(image)
    assert _overlap(found.mask, truth) > 0.97


def _pictures_of_nothing():
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(400.0), np.arange(300.0))
    blobs = cv2.GaussianBlur(rng.standard_normal((300, 400, 3)), (0, 0), 12) * 600 + 128
    return {
        "flat": np.full((300, 400, 3), 127),
        "black": np.zeros((300, 400, 3)),
        "across": np.repeat((x * 0.6)[..., None], 3, 2),
        "slanted": ((x + y) / 3)[..., None] * (1, 0.5, 0.2),
        "vignette": (255 - np.hypot(x - 200, y - 150))[..., None] * (1, 1, 1),
        "noise": rng.integers(0, 256, (300, 400, 3)),
        "blobs": blobs,
        "grass": _ground(),
    }


@pytest.mark.parametrize("name", _pictures_of_nothing())
def test_nothing_is_found_where_nothing_stands_out(name):
    image = np.clip(_pictures_of_nothing()[name], 0, 255).astype(np.uint8)
    assert SubjectFinder().find(image) == []


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (17, 40), (30, 500)])
def test_odd_sizes(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert isinstance(SubjectFinder().find(image), list)


def test_same_answer_twice_and_cancel_is_heard():
    image, _ = _with_subject((90, 90))
    one, two = (SubjectFinder().find(image)[0] for _ in range(2))
    assert one.mask.same(two.mask)

    class Stop:
        def report(self, fraction, message=""):
            if fraction > 0.2:
                raise Cancelled

    with pytest.raises(Cancelled):
        SubjectFinder().find(image, progress=Stop())


class Seeing:
    """A selector that sees given areas stand out, and sharpens them by a pixel."""

    def __init__(self, mask):
        self.mask = mask

    def prepare(self, image, *, progress):
        return image

    def subject(self, prepared):
        return Proposal(self.mask, 0.8) if self.mask is not None else None

    def refine(self, prepared, prompts, proposal, *, progress):
        assert prompts == subject.Prompts()
        return Proposal(proposal.mask.moved(1, 0), 0.75)


@pytest.fixture
def seeing(monkeypatch):
    def see(area):
        selector = Seeing(Mask.place(area.astype(np.uint8) * 255) if area is not None else None)
        monkeypatch.setattr(registry, "has_network", lambda name: name == "select")
        monkeypatch.setattr(subject.registry, "load", lambda *engine: selector)
        return SubjectFinder().find(np.zeros((100, 150, 3), np.uint8))

    return see


def test_the_network_s_answer_is_taken_apart(seeing):
    area = np.zeros((100, 150), bool)
    area[10:40, 10:40] = area[60:90, 60:120] = area[5:8, 140:143] = True
    found = seeing(area)
    assert [(o.mask.box, o.label, o.kind, o.score) for o in found] == [
        ((61, 60, 60, 30), "subject", "thing", 0.75),
        ((11, 10, 30, 30), "subject", "thing", 0.75),
    ]


def test_where_the_network_sees_nothing_there_is_none(seeing):
    assert seeing(None) == []
