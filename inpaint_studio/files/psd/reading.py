"""Photoshop's files as documents."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.surface import full
from inpaint_studio.document import Document, Snapshot, State, Tree
from inpaint_studio.files import exif
from inpaint_studio.files.limits import DECODE_ERRORS, PixelBudget, check_size, read_file
from inpaint_studio.files.pictures import photo_of, with_backdrop, with_merged
from inpaint_studio.files.psd.nodes import Nodes
from inpaint_studio.files.psd.resources import metadata_of, profile_of
from inpaint_studio.files.psd.samples import Samples
from inpaint_studio.files.psd.tree import entries_of, see_through
from inpaint_studio.files.readers.decoded import Decoded
from inpaint_studio.render import render

if TYPE_CHECKING:
    import os

    from psd_tools.psd import PSD

    from inpaint_studio.basics.mask import Box
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Node, Photo

_MOST_READ = 8
"""Bytes that parsing may take for each of the file's; texts and paths are read more than once."""


def open_psd(path: str | os.PathLike[str]) -> tuple[Document, list[str]]:
    """The document in a PSD or PSB file, and notices for the user of what is not as Photoshop has it.

    Raises StudioError for a file that is too large, damaged, or of a mode that can't be shown.
    """
    return document_of(read_file(Path(path)), Path(path).name)


def document_of(data: bytes, name: str) -> tuple[Document, list[str]]:
    """The document in a file's bytes; see `open_psd`."""
    try:
        with warnings.catch_warnings():
            # What matters of them is decided here.
            warnings.simplefilter("ignore")
            return _document(data, name)
    except DECODE_ERRORS as error:
        raise StudioError(message("photo.damaged", name=name, title="PSD")) from error


def flat_picture(data: bytes, name: str) -> Decoded:
    """The picture as a whole, as one flat picture."""
    samples = _parsed(data, name)
    found = _whole(samples)
    if found is None:
        document, _ = _document(data, name)
        found = _drawn(document.state), document.photo.icc
    pixels, icc = found
    most = int(np.iinfo(pixels.dtype).max)
    opaque = bool((pixels[..., 3] == most).all())
    return Decoded(
        np.ascontiguousarray(pixels[..., :3]) if opaque else pixels, "rgb", "none" if opaque else "straight",
        top=most, icc=icc, metadata=metadata_of(samples.psd.image_resources),
    )  # fmt: skip


def _parsed(data: bytes, name: str) -> Samples:
    """The parts of a file. Raises StudioError for one whose pixels are too many, or can't be shown."""
    from psd_tools.psd import PSD
    from psd_tools.psd.header import FileHeader
    from psd_tools.psd.parse_limits import ParseLimits

    header = FileHeader.read(io.BytesIO(data))
    check_size(name, header.width, header.height)
    limits = ParseLimits(max_read_bytes=len(data), max_total_bytes=_MOST_READ * len(data))
    psd = PSD.read(io.BytesIO(data), parse_limits=limits)
    samples = Samples(psd, profile_of(psd.image_resources))
    if not samples.known:
        raise StudioError(message("psd.mode", name=name, mode=samples.mode.lower()))
    return samples


def _document(data: bytes, name: str) -> tuple[Document, list[str]]:
    samples = _parsed(data, name)
    header = samples.psd.header
    canvas = (0, 0, header.width, header.height)
    nodes = Nodes(samples, PixelBudget(name), canvas)
    made = nodes.of(entries_of(samples.psd))
    whole = _whole(samples)
    if not made:
        if whole is None:
            raise StudioError(message("photo.damaged", name=name, title="PSD"))
        return _flat(*whole, samples.psd, name), nodes.notices
    if nodes.lacking and whole is not None:
        made = with_merged(made, whole[0], (0, 0), nodes.notices)
    return _layered(made, nodes.icc, samples.psd, canvas, name), [*_remarks(samples, nodes), *nodes.notices]


def _remarks(samples: Samples, nodes: Nodes) -> list[str]:
    """What is to be said of the file as a whole."""
    said = []
    if samples.psd.header.depth == 32:
        said.append("It has 32 bits a channel; it is opened with 16, and white where it is brighter.")
    if samples.mode in ("CMYK", "LAB"):
        said.append(f"Its layers are {samples.mode.upper()}; they are converted to sRGB, one by one.")
    if nodes.pictures:
        names = ", ".join(f"“{name}”" for name in nodes.pictures)
        said.append(f"Texts and smart objects are pictures here: {names}.")
    return said


def _whole(samples: Samples) -> tuple[Pixels, bytes | None] | None:
    """The picture as a whole and its profile; None if the file has none, or it is damaged."""
    from psd_tools.constants import Resource

    about = samples.psd.image_resources.get_data(Resource.VERSION_INFO)
    if about is not None and not about.has_composite:
        return None
    try:
        return samples.merged(see_through(samples.psd))
    except DECODE_ERRORS:
        return None


def _drawn(state: State) -> Pixels:
    return render(Snapshot(state), dtype=state.dtype).pixels


def _photo(pixels: Pixels, icc: bytes | None, psd: PSD, name: str) -> Photo:
    told = metadata_of(psd.image_resources)
    told = replace(told, exif=exif.opened(told.exif))
    if pixels.shape[2] == 4 and (pixels[..., 3] == full(pixels.dtype)).all():
        pixels = np.ascontiguousarray(pixels[..., :3])
    return photo_of(pixels, f"{PurePath(name).stem}.png", icc, told)


def _flat(pixels: Pixels, icc: bytes | None, psd: PSD, name: str) -> Document:
    return Document(_photo(pixels, icc, psd, name))


def _layered(nodes: tuple[Node, ...], icc: bytes | None, psd: PSD, canvas: Box, name: str) -> Document:
    tree = with_backdrop(Tree(nodes), canvas)
    state = State(canvas, tree)
    pixels = _drawn(state) if tree.backdrop is None else tree.backdrop.source
    return Document(_photo(pixels, icc, psd, name), state)
