"""PSD: all layers, for Photoshop and what else reads its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.files.writers.codec import Beside, Writer

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from inpaint_studio.basics import Progress
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Snapshot

_LONGEST = 30_000


def _write(pixels: Pixels, beside: Beside) -> bytes:
    from inpaint_studio.files.psd.writing import write_picture

    return write_picture(pixels, beside, version=1)


def _write_layers(snapshot: Snapshot, beside: Beside, progress: Progress, dtype: DTypeLike) -> bytes:
    from inpaint_studio.files.psd.writing import write_document

    return write_document(snapshot, beside, version=1, dtype=dtype, progress=progress)


WRITER = Writer(
    "Photoshop, with layers", (".psd",), _write, longest=_LONGEST, rank=60, write_layers=_write_layers
)
