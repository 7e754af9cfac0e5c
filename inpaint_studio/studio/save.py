"""Save a project, export a picture, write a mask; and whether that will be possible."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.document.metadata import NO_METADATA, Metadata
from inpaint_studio.studio.open import PROJECT_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inpaint_studio.basics.parameters import Parameter
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Document, Photo, Snapshot
    from inpaint_studio.files.metadata import Keep as Keep
    from inpaint_studio.files.writers import Writer as Writer


def picture_suffixes() -> tuple[str, ...]:
    """The suffixes of pictures that can be written, as ".png"."""
    from inpaint_studio.files.writers import suffixes

    return suffixes()


def picture_writers() -> tuple[Writer, ...]:
    """The kinds of pictures that can be written."""
    from inpaint_studio.files.writers import writers

    return writers()


def picture_parameters() -> tuple[Parameter, ...]:
    """What can be chosen for pictures: the choices of all kinds, each once."""
    from inpaint_studio.files.writers import parameters

    return parameters()


def layered_suffixes() -> tuple[str, ...]:
    """The suffixes of files with layers that can be written, projects first."""
    layered = (writer for writer in picture_writers() if writer.write_layers is not None)
    return (PROJECT_SUFFIX, *(suffix for writer in layered for suffix in writer.suffixes))


def write_layers(document: Document, path: str | Path) -> None:
    """Writes a document with its layers, as its suffix says; a project counts as saved. Errors as `save`."""
    check_target(Path(path), layered_suffixes())
    if Path(path).suffix.lower() == PROJECT_SUFFIX:
        save(document, path)
    else:
        export(document, path)


def save(document: Document, path: str | Path) -> None:
    """Saves the whole document as a project (.ora) and marks it saved.

    Raises StudioError for another suffix or a place that can't be written; an old file then stays as it was.
    """
    snapshot = document.snapshot()
    write_project(snapshot, document.photo, Path(path))
    document.mark_saved(snapshot.state)


def write_project(snapshot: Snapshot, photo: Photo, path: Path, progress: Progress = NO_PROGRESS) -> None:
    """As `save`, but for a worker: `photo` is the document's."""
    from inpaint_studio.files.project import save_project

    check_target(path, (PROJECT_SUFFIX,))
    save_project(snapshot, photo, path, progress=progress)


def export(
    document: Document,
    path: str | Path,
    *,
    quality: int = 92,
    metadata: bool | Keep = True,
    **parameters: bool | float | str,
) -> None:
    """Writes the canvas as a picture, with the photo's metadata; errors as `save`.

    `metadata` is "all", "copyright" or "none"; True and False stand for the first and the last. `quality`,
    1 to 100, is for formats that lose exactness; `parameters` are what else the format declares.
    """
    known = {parameter.name for parameter in picture_parameters()}
    for name in parameters:
        if name not in known:
            raise StudioError(message("export.option_unknown", name=name, choices=", ".join(sorted(known))))
    keep: Keep = "all" if metadata is True else "none" if metadata is False else metadata
    values = {"quality": quality, **parameters}
    export_snapshot(document.snapshot(), path, values=values, metadata=metadata_of(document.photo, keep))


def metadata_of(photo: Photo, keep: Keep) -> Metadata:
    """As much of a photo's metadata as is to be kept. Raises StudioError for an unknown word."""
    from inpaint_studio.files.metadata import KEEP, kept

    if keep not in KEEP:
        raise StudioError(message("export.metadata_unknown", name=keep, choices=", ".join(KEEP)))
    return kept(photo.metadata, keep)


def export_snapshot(
    snapshot: Snapshot,
    path: str | Path,
    *,
    values: Mapping[str, object] = MappingProxyType({}),
    metadata: Metadata = NO_METADATA,
    progress: Progress = NO_PROGRESS,
) -> None:
    """As `export`, but for a job: one that is cancelled writes nothing."""
    from inpaint_studio.files import export as files

    path = Path(path)
    check_target(path, picture_suffixes())
    files.export(snapshot, path, values=values, metadata=metadata, progress=progress)


def encoded_size(
    pixels: Pixels, path: str | Path, *, values: Mapping[str, object] = MappingProxyType({})
) -> int:
    """How many bytes a file of these pixels (as `write_pixels` takes) would have, without its metadata."""
    from inpaint_studio.files.export import encode

    return len(encode(pixels, path, values=values))


def layered_size(
    snapshot: Snapshot, path: str | Path, *, values: Mapping[str, object], progress: Progress
) -> int | None:
    """How many bytes a file of all layers would have, without metadata; None if the kind has no layers."""
    from inpaint_studio.files.export import encode_snapshot
    from inpaint_studio.files.writers import writer_for

    if writer_for(path).write_layers is None:
        return None
    return len(encode_snapshot(snapshot, path, values=values, progress=progress))


def write_pixels(
    pixels: Pixels,
    path: str | Path,
    *,
    like: Photo | None = None,
    values: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Writes an H×W, H×W×3 or H×W×4 array, uint8 or uint16, with profile and metadata of the photo `like`.

    Errors as `save`.
    """
    from inpaint_studio.files.export import export_pixels

    icc, metadata = (None, NO_METADATA) if like is None else (like.icc, like.metadata)
    export_pixels(pixels, Path(path), icc=icc, metadata=metadata, values=values)


def check_target(path: Path, suffixes: Iterable[str]) -> None:
    """Raises StudioError if `path` has none of the suffixes or can't be written: known before long work."""
    suffixes = tuple(suffixes)
    if path.suffix.lower() not in suffixes:
        known = ", ".join(suffixes)
        raise StudioError(message("file.wrong_suffix", file=path.name, known=known))
    if path.is_dir():
        raise StudioError(message("file.is_folder", path=path))
    check_folder(path.absolute().parent)


def check_folder(folder: Path) -> None:
    """Raises StudioError if no file can be made in a folder."""
    if not folder.is_dir():
        raise StudioError(message("folder.missing", folder=folder))
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StudioError(message("folder.not_writable", folder=folder, why=error.strerror)) from None
