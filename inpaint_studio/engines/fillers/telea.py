"""The quick filler: smooth colours drawn in from the border; good for scratches and small spots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.engines.contracts import EngineInfo, Fill, FillTask

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = EngineInfo(
    "telea",
    "filler",
    "Smooth and quick",
    f"{__name__}:TeleaFiller",
    "Apache-2.0",
    rank=40,
    memory_mb=100,
    takes=frozenset({"source_mask", "excluded_mask"}),
)


class TeleaFiller:
    """Fills with OpenCV's fast marching method (Telea, An Image Inpainting Technique, 2004)."""

    def fill(
        self, task: FillTask, *, seed: int = 0, candidates: int = 1, progress: Progress = NO_PROGRESS
    ) -> Iterator[Fill]:
        """One final fill, as `Filler.fill`; the seed changes nothing. Raises StudioError."""
        from inpaint_studio.engines.inpainting.marching import marched

        pixels = marched(task, progress)
        yield Fill(pixels, final=True, note="Quick: smooth colours from the border")
