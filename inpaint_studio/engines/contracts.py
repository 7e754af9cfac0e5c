"""What every engine takes and gives. Images are uint8 RGB sRGB, H×W×3; holes and areas uint8 H×W."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, Patch, Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Cut",
    "EngineInfo",
    "Enhancer",
    "Fill",
    "Filler",
    "Finder",
    "FoundObject",
    "Matte",
    "Prompts",
    "Proposal",
    "Selector",
    "SharpSelector",
]

Array = NDArray[np.uint8]
EngineKind = Literal["finder", "selector", "matte", "filler", "enhancer"]
Point = tuple[float, float]
"""x, y in pixels; pixel centres lie at .5."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the user pointed at. Any of the parts may be missing.

    `points` with `labels` (1 = belongs to it, 0 = does not); `box` as x, y, width, height;
    `wanted` and `unwanted` are scribbles as coverage; `lasso` is a closed outline; `previous` is the
    mask to improve.
    """

    points: tuple[Point, ...] = ()
    labels: tuple[int, ...] = ()
    box: tuple[float, float, float, float] | None = None
    wanted: Mask | None = None
    unwanted: Mask | None = None
    lasso: tuple[Point, ...] = ()
    previous: Mask | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """One answer of a selector."""

    mask: Mask
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A matted object: soft coverage, and colours without the old background for the same box."""

    alpha: Mask
    colours: Patch


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """Pixels proposed for a hole: a whole crop of the image, equal to it outside the hole.

    `final` is False for a preview; `note` says in plain words which filler made it and why.
    """

    pixels: Array
    final: bool
    score: float = 0.0
    note: str = ""


class Finder(Protocol):
    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All objects, largest and surest first, without overlaps and slivers."""
        ...


class Selector(Protocol):
    def prepare(self, image: Array, *, progress: Progress = NO_PROGRESS) -> Any:
        """What is needed to answer prompts fast; done once a photo and kept by the caller."""
        ...

    def select(self, prepared: Any, prompts: Prompts) -> list[Proposal]:
        """Up to three proposals (part, object, group), the likeliest first."""
        ...


@runtime_checkable
class SharpSelector(Selector, Protocol):
    """A selector that is quick enough for hovering, sharpens its answers, and knows what stands out."""

    def glance(self, prepared: Any, prompts: Prompts) -> Proposal:
        """The first of `select` alone, sooner."""
        ...

    def refine(
        self, prepared: Any, prompts: Prompts, proposal: Proposal, *, progress: Progress = NO_PROGRESS
    ) -> Proposal:
        """A proposal with edges as fine as the photo; `prompts` are those that it answers."""
        ...

    def subject(self, prepared: Any) -> Proposal | None:
        """What stands out without a prompt; `refine` with empty prompts sharpens it."""
        ...


class Matte(Protocol):
    def refine(
        self,
        image: Array,
        mask: Mask,
        *,
        band: float = 0.0,
        unknown: Mask | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> Cut:
        """Soft coverage and clean colours; `band` is the half width in pixels, 0 chooses it.

        With `unknown` coverage is worked out there and nowhere else.
        """
        ...

    def clean(self, image: Array, alpha: Mask, *, progress: Progress = NO_PROGRESS) -> Patch:
        """Colours without the old background for coverage that is given; covers its box."""
        ...


class Filler(Protocol):
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
        """Previews first, then up to `candidates` final ones (1..4), the best first, each of another kind.

        Paints exactly where hole > 0. Pixels are copied only from where `sample_from` > 0 (anywhere if None)
        and `keep_out` is 0. `adaptation` 0..1 is how far copied colours follow those at the hole's border.
        The first candidate is the same however many are asked for. A filler may have fewer candidates.
        """
        ...


class Enhancer(Protocol):
    def enhance(self, image: Array, *, strength: float = 1.0, progress: Progress = NO_PROGRESS) -> Array:
        """The picture without noise, JPEG blocks and blur, H×W×3 uint8; `strength` 0..1, 0 is as it was."""
        ...


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine as data, so that what it can do is decided before it is loaded."""

    id: str
    kind: EngineKind
    title: str
    factory: str
    """Where its class is: "package.module:ClassName"; imported only when needed."""
    licence: str
    weights: str | None = None
    size: int = 0
    sha256: str = ""
    prompts: frozenset[str] = field(default_factory=frozenset)
    memory_mb: int = 0
