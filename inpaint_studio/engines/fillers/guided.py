"""The filler that works from the whole to the detail: structure at a small size, texture at the full one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.engines.contracts import EngineInfo, Fill, FillTask
from inpaint_studio.engines.inpainting.options import ADAPTATION

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = EngineInfo(
    "guided",
    "filler",
    "Structure, then texture",
    f"{__name__}:GuidedFiller",
    "Apache-2.0",
    rank=10,
    formerly=("patchmatch",),
    memory_mb=900,
    takes=frozenset({"source_mask", "excluded_mask", "labels"}),
    parameters=(ADAPTATION,),
)


class GuidedFiller:
    """Fills holes of any size with texture from the same photo, the whole before the detail.

    Where labels say what the parts of the photo show, texture is rather copied from what the hole would
    show. What they say inside the hole has no say.
    """

    def fill(
        self,
        task: FillTask,
        *,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """A smooth preview, a coarse one for each large group of holes, then the final fills.

        As `Filler.fill`; the score is 1 for a perfectly coherent fill, towards 0 for one that fits badly.
        Raises StudioError for an empty hole, wrong sizes and when there is nothing to copy from.
        """
        from inpaint_studio.engines.inpainting.layout import laid_out

        yield from laid_out(task, seed, candidates, adaptation, progress)
