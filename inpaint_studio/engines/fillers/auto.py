"""The filler that chooses: from what there is to copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from inpaint_studio.basics import NO_PROGRESS, Progress, SubProgress
from inpaint_studio.engines.contracts import EngineInfo, Fill, FillTask
from inpaint_studio.engines.fillers import guided, patchmatch
from inpaint_studio.engines.inpainting.options import ADAPTATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.engines.contracts import Filler
    from inpaint_studio.engines.inpainting.holes import Areas

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

_FEW = 200
"""Pixels that may be copied. From fewer, whole patches can hardly be taken, and `patchmatch`, mixing them,
was nearer to the truth; from more, `guided` was: scratches, round holes, frames (docs/results/fill.md)."""


class Choice(NamedTuple):
    """A filler, and in plain words why it is the one."""

    filler: EngineInfo
    why: str


def choose(areas: Areas) -> Choice:
    """The filler for a hole with these surroundings."""
    from inpaint_studio.engines.inpainting.pieces import available

    if int(areas.source.sum()) < _FEW and available():
        return Choice(patchmatch.ENGINE, "there are only a few pixels to copy from")
    return Choice(guided.ENGINE, "there is enough to copy structure and texture from")


class AutoFiller:
    """Another filler does it, which the note names with the reason."""

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
        """As the filler that is chosen; where that has too few candidates, those of `guided` follow."""
        from inpaint_studio.engines.inpainting.holes import Areas

        chosen = choose(Areas.of(task))
        infos = [chosen.filler]
        if candidates > 1 and chosen.filler is not guided.ENGINE:
            infos.append(guided.ENGINE)
        left = candidates
        for turn, info in enumerate(infos):
            share = SubProgress(progress, turn / len(infos), (turn + 1) / len(infos))
            for fill in fillers(info.id).fill(
                task, seed=seed, candidates=left, adaptation=adaptation, progress=share
            ):
                if turn and not fill.final:
                    continue
                first = left == candidates
                left -= fill.final
                yield replace(fill, note=f"{info.title}: {chosen.why}") if first else fill
