"""The kinds of picture files that can be written, one file each, which describes itself as `WRITER`.

To add one put a file here. It must be quick to import: what writes is imported where it is used.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.files.writers.codec import Beside, Writer

if TYPE_CHECKING:
    import os

    from inpaint_studio.basics.parameters import Parameter

_HELPERS = ("codec",)


@lru_cache(maxsize=1)
def writers() -> tuple[Writer, ...]:
    """All kinds that can be written here, in the order of their ranks."""
    names = (module.name for module in iter_modules(__path__) if module.name not in _HELPERS)
    found: list[Writer] = [import_module(f"{__name__}.{name}").WRITER for name in names]
    usable = (writer for writer in found if writer.available())
    return tuple(sorted(usable, key=lambda writer: writer.rank))


def suffixes() -> tuple[str, ...]:
    """The suffixes of all kinds, as ".png"."""
    return tuple(suffix for writer in writers() for suffix in writer.suffixes)


def writer_for(path: str | os.PathLike[str]) -> Writer:
    """The kind that a path asks for by its suffix. Raises StudioError for an unknown one."""
    place = Path(path)
    for writer in writers():
        if place.suffix.lower() in writer.suffixes:
            return writer
    raise StudioError(message("export.wrong_suffix", name=place.name, choices=", ".join(suffixes())))


def parameters() -> tuple[Parameter, ...]:
    """What can be chosen for files: the choices of all kinds, each once, by their names."""
    return tuple({p.name: p for writer in writers() for p in writer.choices}.values())


__all__ = ["Beside", "Writer", "parameters", "suffixes", "writer_for", "writers"]
