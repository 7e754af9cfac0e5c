"""Finds the objects of a street photo with the scene network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Progress, SubProgress, message
from inpaint_studio.engines.finders.instances import Rule, Sketch, sketches
from inpaint_studio.engines.finders.merge import merged, sharpened, work_size
from inpaint_studio.engines.finders.network import LabelNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.basics.mask import Array

LEAST_SCORE = 0.55
LEAST_STREET = 0.75
"""One in a hundred of VOC's photos without vehicles says more, a third of those with a car or a bus, and
every one of CamVid's."""

RULES = {
    "car": Rule("car", "thing", 0.001, 0.018, split=True),
    "pedestrian": Rule("person", "thing", 0.0006, 0.010, split=True),
    "bicyclist": Rule("cyclist", "thing", 0.0006, 0.012),
    "sign": Rule("sign", "thing", 0.0005, 0.010),
    "pole": Rule("pole", "thing", 0.0005, 0.005, behind=True),
    "fence": Rule("fence", "area", 0.002, 0.015),
    "tree": Rule("tree", "area", 0.004, 0.025),
    "building": Rule("building", "area", 0.008, 0.04),
    "sky": Rule("sky", "area", 0.004, 0.03, united=True),
    "road": Rule("road", "area", 0.004, 0.03, united=True),
    "pavement": Rule("pavement", "area", 0.003, 0.02, united=True),
}
"""Class of the data → what is offered to the user."""


class SceneFinder:
    """Cars, people, cyclists, signs, poles, fences, trees, buildings, sky, road and pavement on streets.

    The network was trained on streets only and calls anything something. Two checks keep nonsense out:
    an object is dropped whose pixels are on average less than `LEAST_SCORE` certain, and nothing at all
    is reported when the network's unit for streets, fitted on street photos against animals, rooms and the
    like (training/street/fit.py), says less than `LEAST_STREET` at one small look.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds scene.json and its weights; by default the user's or the program's own."""
        self.network = LabelNetwork("scene", folder)

    def sketch(
        self, image: Array, size: tuple[int, int], progress: Progress = NO_PROGRESS
    ) -> list[Sketch] | None:
        """The objects of an H×W×3 uint8 RGB photo, not yet sharpened, at the size (w, h).

        None if the photo does not look like a street. StudioError if the network is missing or damaged.
        """
        street = self.network.street(image)
        progress.report(0.2, message("job.looking_at_photo"))
        if street is not None and street < LEAST_STREET:
            return None
        chances, _ = self.network.see(image, SubProgress(progress, 0.2, 1.0), size=size)
        return sketches(chances, self.network.names, RULES, LEAST_SCORE)

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All objects of a street photo, H×W×3 uint8 RGB; things first, then areas, by size and certainty.

        No two masks share a pixel. An empty list if the photo does not look like a street.
        StudioError if the network is missing or damaged.
        """
        seen = self.sketch(image, work_size(image), SubProgress(progress, 0.0, 0.4))
        return sharpened(image, merged(seen or []), SubProgress(progress, 0.4, 1.0))

    def label_map(self, image: Array, *, progress: Progress = NO_PROGRESS) -> tuple[Array, tuple[str, ...]]:
        """The likeliest class of every pixel, as `LabelNetwork.label_map`."""
        return self.network.label_map(image, progress=progress)
