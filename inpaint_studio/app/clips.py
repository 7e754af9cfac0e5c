"""What is copied, as other programs and other windows read it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.document import Backdrop, Photo, Picture
from inpaint_studio.document.nodes import converted
from inpaint_studio.render import render, to_srgb
from inpaint_studio.studio import clips
from inpaint_studio.studio.clips import Clip

if TYPE_CHECKING:
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.basics import Mask
    from inpaint_studio.jobs import Job, JobContext


@dataclass(frozen=True, slots=True)
class EncodedClip:
    """A clip as a PNG with alpha in sRGB, and as OpenRaster with its layers."""

    png: bytes
    openraster: bytes


def copy(opened: OpenDocument, selection: Mask | None) -> Clip:
    """What is chosen in a document, or of it what lies in a selection. Raises StudioError for no pixels."""
    return clips.copied(opened.document.snapshot(), opened.selected or (opened.active,), selection)


def copy_merged(opened: OpenDocument) -> Job[Clip]:
    """A job whose result is the picture as it is seen, or of it what is selected."""
    snapshot = opened.document.snapshot()

    def work(_context: JobContext) -> Clip:
        return clips.merged(
            render(snapshot, dtype=snapshot.state.dtype), snapshot.state.selection, snapshot.icc
        )

    return opened.jobs.submit(message("job.copying_picture"), work, lane="interactive", key="copy")


def encode(opened: OpenDocument, clip: Clip) -> Job[EncodedClip]:
    """A job that makes a clip readable for others; nothing here waits for it."""
    title = message("job.copying_picture")
    return opened.jobs.submit(title, lambda _context: encoded(clip), lane="long", key="clip", quiet=True)


def encoded(clip: Clip) -> EncodedClip:
    """For a job."""
    from inpaint_studio.files.png import encode_png
    from inpaint_studio.studio.save import write_project

    snapshot = clip.snapshot()
    pixels = render(snapshot).pixels
    png = encode_png(to_srgb(pixels, clip.icc))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.ora"
        write_project(snapshot, Photo(pixels, "clip.png", icc=clip.icc), path)
        return EncodedClip(png, path.read_bytes())


def decoded(data: bytes) -> Clip:
    """The layers of an OpenRaster file as a clip. Raises StudioError if it is damaged."""
    from inpaint_studio.studio.open import open_document

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.ora"
        path.write_bytes(data)
        document, _ = open_document(path)
    # What covers its canvas was taken for a photo.
    nodes = (converted(node, Picture) if isinstance(node, Backdrop) else node for node in document.tree.roots)
    return Clip(tuple(nodes), document.photo.icc)
