"""What the filler that chooses passes on."""

from functools import partial

import numpy as np

from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Fill, FillTask
from inpaint_studio.engines.fillers.auto import AutoFiller


class Painter:
    """A filler that paints one colour a candidate and remembers what it was asked."""

    def fill(self, task, **asked):
        self.asked = asked
        for number in range(asked["candidates"]):
            out = task.image.copy()
            out[task.hole > 0] = 10 + number
            yield Fill(out, final=True, note=f"painter {number}")


def case():
    image, hole = np.full((80, 120, 3), 200, np.uint8), np.zeros((80, 120), np.uint8)
    hole[20:60, 40:80] = 255
    return image, hole


def test_all_that_is_asked_goes_to_the_best_filler():
    painter, (image, hole) = Painter(), case()
    fills = list(
        AutoFiller().fill(
            FillTask(image, hole),
            fillers={"guided": painter}.__getitem__,
            seed=7,
            candidates=3,
            adaptation=0.5,
        )
    )
    assert [int(f.pixels[hole > 0].max()) for f in fills] == [10, 11, 12]
    assert painter.asked["seed"] == 7 and painter.asked["adaptation"] == 0.5


def test_the_real_one_copies_from_a_dab_and_from_all_around():
    image, hole = case()
    sample = np.zeros_like(hole)
    sample[5:10, 5:10] = 255
    image[:] = np.random.default_rng(0).integers(60, 200, image.shape)
    image[5:10, 5:10] = (250, 20, 20)
    filler, fillers = registry.load("auto", "filler"), partial(registry.load, kind="filler")
    *_, last = filler.fill(FillTask(image, hole, sample), fillers=fillers)
    assert np.abs(last.pixels[hole > 0].astype(int) - (250, 20, 20)).max() < 40
    *_, last = filler.fill(FillTask(image, hole), fillers=fillers)
    assert np.abs(last.pixels[hole > 0].astype(int) - (250, 20, 20)).max() > 40
