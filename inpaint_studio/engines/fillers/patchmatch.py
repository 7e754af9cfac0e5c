"""The filler that copies texture: a layout by PyPatchMatch at a small size, then sharpened step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.engines.contracts import EngineInfo, Fill, FillTask
from inpaint_studio.engines.inpainting.options import ADAPTATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.engines.inpainting.pieces import Runner

ENGINE = EngineInfo(
    "patchmatch",
    "filler",
    "Texture from the photo",
    f"{__name__}:PatchMatchFiller",
    "MIT",
    rank=20,
    memory_mb=900,
    takes=frozenset({"source_mask", "excluded_mask"}),
    parameters=(ADAPTATION,),
    isolated=f"{__name__}:in_child",
)

_NOTE = "PatchMatch: texture copied from the surroundings"


class PatchMatchFiller:
    """Fills holes of any size with texture from the same photo, in bounded time.

    The runner decides where PyPatchMatch runs: in this process (default; a cancel is then felt after at
    most about half a second) or in a child process that is ended on cancel.
    """

    def __init__(self, runner: Runner | None = None) -> None:
        self._runner = runner

    def close(self) -> None:
        """Ends what the runner holds, such as a child process."""
        if self._runner is not None:
            self._runner.close()

    def fill(
        self,
        task: FillTask,
        *,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """A smooth preview, a coarse one for each large group of holes, then one final fill.

        As `Filler.fill`; the score is 1 for a perfectly coherent fill, towards 0 for one that fits badly.
        Raises StudioError for an empty hole, wrong sizes and when there is nothing to copy from.
        """
        from inpaint_studio.engines.inpainting.patches import PatchedHole
        from inpaint_studio.engines.inpainting.pieces import InProcess
        from inpaint_studio.engines.inpainting.steps import in_steps

        runner = self._runner or InProcess()
        yield from in_steps(
            task,
            lambda areas, group, share: PatchedHole(task, areas, group, seed, adaptation, runner, share),
            _NOTE,
            progress,
        )


def in_child() -> PatchMatchFiller:
    """One whose work is ended at once when it is cancelled; close it when it is no longer needed."""
    from inpaint_studio.engines.inpainting.child import ChildProcess

    return PatchMatchFiller(ChildProcess())
