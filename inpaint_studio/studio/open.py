"""Open a photo or a project."""

from __future__ import annotations

from pathlib import Path

from inpaint_studio.basics import StudioError, message
from inpaint_studio.document import Document, Photo
from inpaint_studio.files import photos
from inpaint_studio.files.layered import LAYERED_FORMATS, layered_format

PROJECT_SUFFIX = ".ora"


def openable_suffixes() -> tuple[str, ...]:
    """The suffixes of what can be opened, as ".png", projects last."""
    from inpaint_studio.files.readers import suffixes

    return (*suffixes(), PROJECT_SUFFIX)


def has_layers(path: Path) -> bool:
    """Whether a file is one with layers by its name."""
    return any(path.suffix.lower() in known.suffixes for known in LAYERED_FORMATS)


def open_photo(path: str | Path) -> Photo:
    """A photo from a file. Raises StudioError if it is none or damaged."""
    return photos.open_photo(Path(path))


def open_document(path: str | Path) -> tuple[Document, list[str]]:
    """A document from a photo, a project or another file with layers, with notices for the user.

    Raises StudioError if the file can't be read.
    """
    path = Path(path)
    if not path.is_file():
        raise StudioError(message("file.not_there", path=path))
    layered = layered_format(path)
    if layered is not None:
        return layered.open(path)
    photo = open_photo(path)
    return Document(photo), list(photo.notices)
