"""The filler that chooses: from what there is to copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from inpaint_studio.basics import NO_PROGRESS, Progress, SubProgress
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Array, Fill
from inpaint_studio.engines.fillers.holes import Areas
from inpaint_studio.engines.fillers.pieces import available

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.engines.contracts import Filler

_FEW = 200
"""Pixels that may be copied. From fewer, whole patches can hardly be taken, and `patchmatch`, mixing them,
was nearer to the truth; from more, `guided` was: scratches, round holes, frames (docs/results/fill.md)."""


class Choice(NamedTuple):
    """A filler's id, and in plain words why it is the one."""

    filler: str
    why: str


def choose(areas: Areas) -> Choice:
    """The filler for a hole with these surroundings."""
    if int(areas.source.sum()) < _FEW and available():
        return Choice("patchmatch", "there are only a few pixels to copy from")
    return Choice("guided", "there is enough to copy structure and texture from")


def _loaded(name: str) -> Filler:
    filler: Filler = registry.load(name, "filler")
    return filler


class AutoFiller:
    """Filler contract: another filler does it, which the note names with the reason.

    `get` gives the filler of an id, by default that of the registry.
    """

    def __init__(self, get: Callable[[str], Filler] = _loaded) -> None:
        self._get = get

    def fill(
        self,
        image: Array,
        hole: Array,
        *,
        sample_from: Array | None = None,
        keep_out: Array | None = None,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """As the filler that is chosen; where that has too few candidates, those of `guided` follow."""
        chosen = choose(Areas.checked(image, hole, sample_from, keep_out))
        ids = [chosen.filler] if chosen.filler == "guided" or candidates == 1 else [chosen.filler, "guided"]
        left = candidates
        for turn, name in enumerate(ids):
            share = SubProgress(progress, turn / len(ids), (turn + 1) / len(ids))
            for fill in self._get(name).fill(
                image, hole, sample_from=sample_from, keep_out=keep_out, seed=seed, candidates=left,
                adaptation=adaptation, progress=share,
            ):  # fmt: skip
                if turn and not fill.final:
                    continue
                first = left == candidates
                left -= fill.final
                title = registry.info(name, "filler").title
                yield replace(fill, note=f"{title}: {chosen.why}") if first else fill
