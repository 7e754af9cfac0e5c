"""What a photo's file says about it beside pixels and colours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metadata:
    """The bytes of `exif` (a TIFF structure) and `xmp` (XML), PNG's `texts` as keyword and text, and `dpi`.

    `dpi` is pixels per inch, across and down. What is missing is None or empty.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    dpi: tuple[float, float] | None = None


NO_METADATA = Metadata()
