"""PNG: keeps all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.files.writers.codec import Beside, Writer

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array


def _write(pixels: Array, beside: Beside) -> bytes:
    from inpaint_studio.files.png import encode_png

    return encode_png(pixels, icc=beside.icc, metadata=beside.metadata, small=True)


WRITER = Writer("PNG", (".png",), _write, rank=10)
