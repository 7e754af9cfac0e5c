"""Finds objects of any kind in any photo, and what stands out as a whole, with the network of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Progress, SubProgress, message
from inpaint_studio.engines.finders.grouping import grouped
from inpaint_studio.engines.finders.instances import Rule, Sketch, parts_of
from inpaint_studio.engines.finders.merge import merged, sharpened, work_size
from inpaint_studio.engines.finders.object_network import OnnxObjects, enlarged, look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inpaint_studio.basics.mask import Array
    from inpaint_studio.engines.finders.grouping import Grouped

UNNAMED = "object"
RULE = Rule(UNNAMED, "thing", 0.0008, 0.008)
LEAST_SCORE = 0.35
"""What is right more seldom is not said."""


class ObjectsFinder:
    """Finder contract: objects without names, told apart by their middles."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds objects.json and its graph; by default the user's or the program's own."""
        self.network = OnnxObjects(folder=folder)

    def sketch(self, image: Array, size: tuple[int, int], progress: Progress = NO_PROGRESS) -> list[Sketch]:
        """The objects of an H×W×3 uint8 RGB photo, not yet sharpened, at the size (w, h).

        StudioError if the network is missing or damaged.
        """
        seen = grouped(look(self.network, image, self.network.side, mirrored=True))
        progress.report(1.0, message("job.looking_at_photo"))
        return sketched(seen, size, self.network.certainty)

    def coverage(self, image: Array) -> Array:
        """How much each pixel of an H×W×3 uint8 RGB photo belongs to an object, H×W uint8, soft at hair."""
        seen = look(self.network, image, self.network.side, mirrored=True)
        return enlarged(seen.alpha, (image.shape[1], image.shape[0]))

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All objects of an H×W×3 uint8 RGB photo, by size and certainty; no two masks share a pixel."""
        seen = self.sketch(image, work_size(image), SubProgress(progress, 0.0, 0.4))
        return sharpened(image, merged(seen), SubProgress(progress, 0.4, 1.0))


def sketched(seen: Grouped, size: tuple[int, int], certainty: Callable[[float], float]) -> list[Sketch]:
    """The objects of an answer at the size (w, h): the main part of each, those that are sure enough."""
    alpha = cv2.resize(seen.alpha, size, interpolation=cv2.INTER_LINEAR)
    numbers = cv2.resize(seen.numbers, size, interpolation=cv2.INTER_NEAREST)
    found = []
    for number, quality in enumerate(seen.quality, 1):
        score = certainty(quality)
        if score < LEAST_SCORE:
            continue
        mask = ((numbers == number) & (alpha > 0.5)).astype(np.uint8) * np.uint8(255)
        found += [Sketch(part, RULE, score) for part in parts_of(mask, RULE)[:1]]
    return found
