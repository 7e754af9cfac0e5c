"""What a reader finds in a picture file, before any rule of ours is applied to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from inpaint_studio.document.metadata import NO_METADATA, Metadata

if TYPE_CHECKING:
    from collections.abc import Callable

Space = Literal["grey", "rgb", "cmyk", "lab"]
Alpha = Literal["none", "straight", "premultiplied"]


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The numbers of a file as they lie there, and what the file says about them.

    `samples` is H×W×C, uint8 or uint16, 0..`top`; the last channel is alpha unless `alpha` is "none".
    `inverted` says that 0 is white. `notices` are sentences for the user about what the file lacks.
    """

    samples: NDArray[Any]
    space: Space
    alpha: Alpha = "none"
    top: int = 255
    inverted: bool = False
    icc: bytes | None = None
    metadata: Metadata = NO_METADATA
    orientation: int = 1
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of picture file: its name, the usual suffixes, how it is recognised, and what reads it.

    `read` gets the file's bytes and its name for messages. It raises StudioError for what it refuses, and
    one of `limits.DECODE_ERRORS` for damage.
    """

    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Decoded]
