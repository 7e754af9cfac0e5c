"""Writing a file so that, whatever fails, the old one or the new one is there, whole."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Callable


def _cannot(target: Path, why: str) -> StudioError:
    return StudioError(message("file.not_saved", name=target.name, why=why))


def _check(target: Path) -> None:
    if not target.name or target.is_dir():
        raise _cannot(target, "there is a folder of that name")
    if not target.parent.is_dir():
        raise _cannot(target, f"the folder “{target.parent.name}” does not exist")
    # Replacing needs no right to the file itself, so a file protected by its owner is asked about.
    if target.exists() and not os.access(target, os.W_OK):
        raise _cannot(target, "the file is read-only")


def _sync_folder(folder: Path) -> None:
    # Only POSIX systems can do this, and not all of their file systems.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def atomic_write(path: str | os.PathLike[str], write: Callable[[BinaryIO], None]) -> None:
    """Calls `write` with a new, seekable file and puts that in the place of `path`.

    The temporary file lies in the same folder and is removed if anything fails; the mode of a
    replaced file is kept, a link stays a link. Raises StudioError where the system refuses, and
    lets through what `write` raises otherwise (Cancelled).
    """
    target = Path(os.path.realpath(path))
    _check(target)
    temporary = target.parent / f".inpaint-studio-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(temporary, target)  # noqa: PTH105 - tests make this very call fail
    except OSError as error:
        raise _cannot(target, error.strerror or str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def atomic_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes `data` as the whole of a file; errors as `atomic_write`."""

    def write(file: BinaryIO) -> None:
        file.write(data)

    atomic_write(path, write)
