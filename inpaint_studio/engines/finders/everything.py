"""Finds the objects of any photo with all that there is: all networks together, else what stands out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Progress, SubProgress
from inpaint_studio.engines import registry
from inpaint_studio.engines.finders.merge import merged, sharpened, without_overlaps, work_size
from inpaint_studio.engines.finders.naming import with_names

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.engines.finders.instances import Sketch


class EveryFinder:
    """Finder contract: objects of any photo, with the names of those that have one; else the subject.

    Any network may be missing, because a user has taken it out for its terms; the rest goes on.
    """

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All objects of an H×W×3 uint8 RGB photo: things before areas, each by size and certainty.

        No two masks share a pixel. StudioError if a network is there but damaged.
        """
        seen = merged(_seen(image, SubProgress(progress, 0.0, 0.5)))
        found = sharpened(image, seen, SubProgress(progress, 0.5, 0.9))
        if any(o.kind == "thing" for o in found):
            progress.report(1.0)
            return found
        subjects = registry.load_usual("finder", "subject").find(
            image, progress=SubProgress(progress, 0.9, 1.0)
        )
        together = [*subjects, *found]
        masks = without_overlaps([o.mask for o in together], (image.shape[0], image.shape[1]))
        progress.report(1.0)
        return [replace(o, mask=mask) for o, mask in zip(together, masks, strict=True) if mask]


def _seen(image: Array, progress: Progress) -> list[Sketch]:
    """What the networks see, at working size; the scene network only speaks up on a street."""
    size = work_size(image)
    named: list[Sketch] = []
    unnamed: list[Sketch] = []
    networks = [engine for engine in registry.installed("finder") if "sketch" in engine.gives]
    for index, engine in enumerate(networks):
        step = SubProgress(progress, index / len(networks), (index + 1) / len(networks))
        seen = registry.load(engine.id, "finder").sketch(image, size, step) or []
        if "names" in engine.gives:
            named += seen
        else:
            unnamed += seen
    return with_names(unnamed, merged(named))
