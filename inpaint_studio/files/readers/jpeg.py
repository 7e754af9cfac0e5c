"""JPEG: read by Pillow; one that ends early is read as far as it goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.files.readers.decoded import Decoded, Reader
from inpaint_studio.files.readers.pillow import read_plain

_END = b"\xff\xd9"
_BLOCK = 8
"""Rows that are coded together, at least."""
_UNCODED = 128


def _missing_rows(samples: NDArray[Any]) -> int:
    """Rows at the bottom that the decoder made up: where nothing came, every block is middle grey."""
    flat = (samples == _UNCODED).all(axis=(1, 2))
    made_up = np.flatnonzero(~flat)
    first = int(made_up[-1]) + 1 if made_up.size else 0
    if len(flat) - first < 2:
        return 0
    # The smoothing of colours blurs the first of them.
    return len(flat) - first // _BLOCK * _BLOCK


def read_jpeg(data: bytes, name: str) -> Decoded:
    """The picture; where the file ends early, what there is of it, and a notice."""
    try:
        # The first picture of a file of several (phones append more) is the photo.
        return replace(read_plain(data, name, "JPEG"), notices=())
    except OSError:
        found = read_plain(data + _END, name, "JPEG")
    missing = _missing_rows(found.samples)
    what = f"its lowest {missing} rows are missing" if missing else "its end mark is missing"
    return replace(found, notices=(f"“{name}” is damaged: {what}. The rest is shown.",))


JPEG = Reader("JPEG", (".jpg", ".jpeg"), lambda data: data[:3] == b"\xff\xd8\xff", read_jpeg)
