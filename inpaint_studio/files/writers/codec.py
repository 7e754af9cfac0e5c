"""What a kind of picture file can hold, what can be chosen for it, and what writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from inpaint_studio.basics import Progress
from inpaint_studio.basics.parameters import Parameter, Value, values_for
from inpaint_studio.basics.values import Number
from inpaint_studio.document.metadata import NO_METADATA, Metadata
from inpaint_studio.files.final_picture import DEPTH, FLAT, Finish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import DTypeLike

    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document import Snapshot

Loss = Literal["transparency", "exactness", "16 bit", "profile", "metadata"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes into a file beside its pixels: an ICC profile, and what is known about the photo."""

    icc: bytes | None = None
    metadata: Metadata = NO_METADATA


@dataclass(frozen=True, slots=True)
class Writer:
    """A kind of picture file that can be written.

    `suffixes` are lower case, the usual one first. `loses` says what of a picture the file does not keep;
    what is transparent becomes white where that is lost. `longest` is the most pixels a side; `rank` its
    place in lists, low first. `write(pixels, beside, **values)` makes the bytes of H×W (grey), H×W×3 or H×W×4
    uint8, or uint16 if it does not lose "16 bit"; `values` are those of the `parameters`. It may raise one of
    `limits.DECODE_ERRORS`. `available` says whether it works here. A format of layers also has
    `write_layers`, which makes the bytes of a whole document, of 8 or 16 bits as a dtype says.
    """

    title: str
    suffixes: tuple[str, ...]
    write: Callable[..., bytes]
    loses: frozenset[Loss] = frozenset()
    parameters: tuple[Parameter, ...] = ()
    longest: int | None = None
    rank: int = 50
    available: Callable[[], bool] = lambda: True
    write_layers: Callable[[Snapshot, Beside, Progress, DTypeLike], bytes] | None = None

    def values(self, chosen: Mapping[str, object]) -> dict[str, Value]:
        """A value for each parameter; what is for others is left out. StudioError for one not allowed."""
        return values_for(self.parameters, chosen)

    def finish(self, chosen: Mapping[str, object]) -> Finish:
        """What happens to a picture before it is written. StudioError for a value that is not allowed."""
        alpha, depth = "transparency" not in self.loses, "16 bit" not in self.loses
        return Finish.of(chosen, keeps_alpha=alpha, keeps_depth=depth)

    @property
    def choices(self) -> tuple[Parameter, ...]:
        """All that can be chosen for a document written in this format."""
        depth = () if "16 bit" in self.loses else (DEPTH,)
        return (*self.parameters, *depth, *(() if self.write_layers else FLAT))


QUALITY = Parameter("quality", Number(1, 100), 92.0, "Quality", "Of files that lose exactness, 1 to 100")


def with_pillow(pixels: Array, kind: str, beside: Beside, **options: Any) -> bytes:
    """The bytes of a file that Pillow writes. Raises what Pillow raises."""
    import io

    from PIL import Image

    if beside.icc:
        options["icc_profile"] = beside.icc
    told = beside.metadata
    options |= {key: data for key, data in (("exif", told.exif), ("xmp", told.xmp)) if data}
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()
