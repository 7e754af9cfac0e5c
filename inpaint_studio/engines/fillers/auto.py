"""The filler that chooses: the one that was measured to be the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.engines.contracts import EngineInfo, Fill, FillTask
from inpaint_studio.engines.inpainting.options import ADAPTATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.engines.contracts import Filler

ENGINE = EngineInfo(
    "auto",
    "filler",
    "Automatic",
    f"{__name__}:AutoFiller",
    "Apache-2.0",
    rank=0,
    memory_mb=900,
    takes=frozenset({"source_mask", "excluded_mask", "labels", "fillers"}),
    parameters=(ADAPTATION,),
)

_BEST = "guided"
"""Nearer to the truth than all others on real removals and on drawn holes (docs/results/fill.md)."""


class AutoFiller:
    """Another filler does it, which the notes of its fills name."""

    def fill(
        self,
        task: FillTask,
        *,
        fillers: Callable[[str], Filler],
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """As `Filler.fill` of the filler that is chosen."""
        yield from fillers(_BEST).fill(
            task, seed=seed, candidates=candidates, adaptation=adaptation, progress=progress
        )
