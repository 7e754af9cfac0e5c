"""What every engine takes and gives. Images are uint8 RGB, H×W×3; holes and areas uint8 H×W."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, Patch, Progress
from inpaint_studio.basics.parameters import values_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inpaint_studio.basics.parameters import Parameter, Value

__all__ = [
    "Cut",
    "EngineInfo",
    "Enhancer",
    "Fill",
    "FillTask",
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
ColourSpace = Literal["document", "srgb"]
"""The photo's own profile, or sRGB."""
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
class FillTask:
    """What to fill, and from what. Masks are H×W uint8, inside where > 0.

    `image` is H×W×3 uint8 RGB in `colour_space`; exactly the pixels of `hole` are painted. Colours are copied
    only from `source_mask` (anywhere if None); pixels of `excluded_mask` are neither copied nor compared
    with. `labels`, H×W uint8, number what the parts of the photo show, 0 where that is not known.
    """

    image: Array
    hole: Array
    source_mask: Array | None = None
    excluded_mask: Array | None = None
    labels: Array | None = None
    colour_space: ColourSpace = "document"


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
        task: FillTask,
        *,
        seed: int = 0,
        candidates: int = 1,
        progress: Progress = NO_PROGRESS,
        **parameters: Any,
    ) -> Iterator[Fill]:
        """Previews first, then up to `candidates` final ones (1..4), the best first, each of another kind.

        Paints exactly where the hole is. The same seed gives the same fills; the first is the same however
        many are asked for, and there may be fewer. The values of the engine's declared parameters arrive as
        keyword arguments; so does `fillers`, which gives the filler of an id, where the engine
        `takes` that. Progress is reported often enough that a cancel is felt within 0.2 s. Raises StudioError
        for an empty hole, wrong sizes and where there is nothing to go by.
        """
        ...


class Enhancer(Protocol):
    def enhance(self, image: Array, *, strength: float = 1.0, progress: Progress = NO_PROGRESS) -> Array:
        """The picture without noise, JPEG blocks and blur, H×W×3 uint8; `strength` 0..1, 0 is as it was."""
        ...


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine as data, so that what it can do is known before it is loaded.

    `factory` and `isolated` name what makes the engine, "package.module:name", imported only when needed;
    `isolated` makes one that works in a process of its own, because it cannot be interrupted otherwise, and
    that has `close()`. Of the engines of a kind the one of the lowest `rank` that is installed is the usual
    one. `network` is the card of the network that it cannot do without.
    """

    id: str
    kind: EngineKind
    title: str
    factory: str
    licence: str
    rank: int = 50
    network: str | None = None
    memory_mb: int = 0
    """About how much memory it needs beside the photo."""
    takes: frozenset[str] = frozenset()
    """Fields of the task that it makes use of, and "fillers" where it passes work on to other fillers."""
    gives: frozenset[str] = frozenset()
    """What it can do beside its contract, such as "label_map"."""
    parameters: tuple[Parameter, ...] = ()
    isolated: str = ""
    colour_space: ColourSpace = "document"
    """In what colours it wants the image; "document" for any."""
    formerly: tuple[str, ...] = ()
    """Ids of engines that it took the place of: projects and commands still name them."""

    def values(self, chosen: Mapping[str, object], *, strict: bool = True) -> dict[str, Value]:
        """A value for each declared parameter: the one chosen, else its default.

        As `values_for`.
        """
        return values_for(self.parameters, chosen, strict=strict)
