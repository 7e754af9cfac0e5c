"""The kinds of files with layers that can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.files.project import open_project
from inpaint_studio.files.readers.psd import is_psd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inpaint_studio.document import Document

_HEAD = 100
"""Bytes that tell a kind; OpenRaster's type stands at the beginning of its archive."""


@dataclass(frozen=True, slots=True)
class LayeredFormat:
    """A kind of file: its suffixes, how its first bytes are recognised, and what opens it.

    `open` gives the document and notices for the user, and raises StudioError for what it refuses.
    """

    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    open: Callable[[Path], tuple[Document, list[str]]]


def _open_psd(path: Path) -> tuple[Document, list[str]]:
    from inpaint_studio.files.psd.reading import open_psd

    return open_psd(path)


OPENRASTER = LayeredFormat((".ora",), lambda head: b"mimetypeimage/openraster" in head, open_project)
LAYERED_FORMATS = (OPENRASTER, LayeredFormat((".psd", ".psb"), is_psd, _open_psd))


def layered_format(path: Path) -> LayeredFormat | None:
    """The kind of a file, by what it holds, else by its name; None for a file without layers."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        head = b""
    known = next((each for each in LAYERED_FORMATS if each.recognises(head)), None)
    # A project that is damaged from its first byte on is still told so.
    return known or (OPENRASTER if path.suffix.lower() in OPENRASTER.suffixes else None)
