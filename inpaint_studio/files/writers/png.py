"""PNG: keeps all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.files.writers.codec import Beside, Writer

if TYPE_CHECKING:
    from inpaint_studio.basics.surface import Pixels


def _write(pixels: Pixels, beside: Beside) -> bytes:
    from inpaint_studio.files.png import encode_png

    return encode_png(pixels, icc=beside.icc, metadata=beside.metadata, small=True)


WRITER = Writer("PNG", (".png",), _write, rank=10)
