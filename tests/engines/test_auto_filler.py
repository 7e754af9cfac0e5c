"""What the filler that chooses goes by."""

from functools import partial

import numpy as np
import pytest

from inpaint_studio.basics import StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Fill, FillTask
from inpaint_studio.engines.fillers.auto import AutoFiller


class Painter:
    """A filler that paints one colour a candidate, as many as it has."""

    def __init__(self, name, colour, has):
        self.name, self.colour, self.has = name, colour, has

    def fill(self, task, *, candidates=1, **_):
        image, hole = task.image, task.hole
        yield Fill(image, final=False, note=self.name)
        for number in range(min(candidates, self.has)):
            out = image.copy()
            out[hole > 0] = self.colour + number
            yield Fill(out, final=True, note=f"{self.name} {number}")


@pytest.fixture
def auto():
    fillers = {"guided": Painter("guided", 10, 4), "patchmatch": Painter("patchmatch", 50, 1)}
    return partial(AutoFiller().fill, fillers=fillers.__getitem__)


def case(dab=None):
    image, hole = np.full((80, 120, 3), 200, np.uint8), np.zeros((80, 120), np.uint8)
    hole[20:60, 40:80] = 255
    if dab is None:
        return image, hole, None
    sample = np.zeros_like(hole)
    sample[5 : 5 + dab, 5 : 5 + dab] = 255
    return image, hole, sample


def painted(auto, dab=None, **options):
    image, hole, sample = case(dab)
    fills = list(auto(FillTask(image, hole, sample), **options))
    return fills, [int(f.pixels[hole > 0].max()) for f in fills if f.final]


@pytest.mark.parametrize(("dab", "colour", "why"), [
    (None, 10, "enough to copy"), (17, 10, "enough to copy"),
    (9, 50, "only a few pixels"), (5, 50, "only a few pixels"),
])  # fmt: skip
def test_what_there_is_to_copy_decides_and_the_note_says_why(auto, dab, colour, why):
    fills, colours = painted(auto, dab)
    assert colours == [colour]
    title = registry.info({10: "guided", 50: "patchmatch"}[colour], "filler").title
    assert all(f.note.startswith(f"{title}: ") and why in f.note for f in fills)


def test_candidates_go_on_with_the_other_filler_where_one_has_too_few(auto):
    fills, colours = painted(auto, 9, candidates=4)
    assert colours == [50, 10, 11, 12]
    assert [f.final for f in fills] == [False, True, True, True, True]
    assert fills[-1].note == "guided 2"
    assert painted(auto, candidates=4)[1] == [10, 11, 12, 13]


def test_the_real_ones_are_chosen_and_work():
    image, hole, sample = case(5)
    image[:] = np.random.default_rng(0).integers(60, 200, image.shape)
    image[5:10, 5:10] = (250, 20, 20)
    filler, fillers = registry.load("auto", "filler"), partial(registry.load, kind="filler")
    *_, last = filler.fill(FillTask(image, hole, sample), fillers=fillers)
    assert np.abs(last.pixels[hole > 0].astype(int) - (250, 20, 20)).max() < 40
    *_, last = filler.fill(FillTask(image, hole), fillers=fillers)
    assert np.abs(last.pixels[hole > 0].astype(int) - (250, 20, 20)).max() > 40


def test_an_empty_hole_is_told(auto):
    image, hole, _ = case()
    with pytest.raises(StudioError, match="empty"):
        list(auto(FillTask(image, np.zeros_like(hole))))
