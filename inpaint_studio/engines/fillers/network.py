"""The filler that asks a network what a hole may show; it knows the large forms, not the fine texture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.engines.contracts import EngineInfo, Fill, FillTask
from inpaint_studio.engines.inpainting.options import ADAPTATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.engines.inpainting.painter import Painter

ENGINE = EngineInfo(
    "network",
    "filler",
    "Forms, no texture",
    f"{__name__}:NetworkFiller",
    "Apache-2.0; weights: terms of the photos it learned from",
    rank=30,
    network="inpaint",
    memory_mb=300,
    takes=frozenset({"source_mask", "excluded_mask"}),
    parameters=(ADAPTATION,),
    colour_space="srgb",
)

_NOTE = "Network: the forms that a small network expects there, without fine texture"


class NetworkFiller:
    """Fills holes with what the network “inpaint” proposes, brought up to the photo's size.

    Nothing is copied: what is excluded, or lies outside of the source mask, is hidden from the network as
    the hole is. There is one candidate, and the seed changes nothing.
    """

    def __init__(self, painter: Painter | None = None) -> None:
        """`painter` is the network to ask; by default the one that is installed, read at first use."""
        self._painter = painter

    def fill(
        self,
        task: FillTask,
        *,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """A smooth preview, then one final fill; as `Filler.fill`.

        The score is 1 where the proposal meets its surroundings without a step, towards 0 where it does not.
        Raises StudioError for an empty hole, wrong sizes, nothing to go by, and missing or damaged weights.
        """
        from inpaint_studio.engines.inpainting.painter import PaintedHole, Painter
        from inpaint_studio.engines.inpainting.steps import in_steps

        self._painter = painter = self._painter or Painter()
        yield from in_steps(
            task, lambda areas, group, share: PaintedHole(painter, task, areas, group, adaptation, share),
            _NOTE, progress,
        )  # fmt: skip
