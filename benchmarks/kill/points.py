"""The moments at which a file is written, made to be moments of a kill or of a disk that refuses."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Fault = Literal["before", "half", "after", "full"]
"""Killed before, in the middle of, or after; or the disk refuses with "no space left"."""
FAULTS: tuple[Fault, ...] = ("before", "half", "after", "full")


class Points:
    """Counts what is written, synced, renamed, made and removed; at one of them, the fault comes."""

    def __init__(self, at: int | None = None, fault: Fault = "before") -> None:
        self._at, self._fault = at, fault
        self.names: list[str] = []

    def install(self) -> None:
        """Takes the place of the functions that write, for the rest of this process."""
        for name in ("fsync", "replace", "mkdir", "unlink", "chmod", "rmdir"):
            setattr(os, name, self._wrapped(name, getattr(os, name)))
        opened = Path.open
        points = self

        def open_counted(path: Path, mode: str = "r", *rest: Any, **known: Any) -> Any:
            file = points.passed("open", lambda: opened(path, mode, *rest, **known)) if "x" in mode else None
            if file is None:
                return opened(path, mode, *rest, **known)
            return _File(cast(BinaryIO, file), points)

        Path.open = open_counted  # type: ignore[method-assign,assignment]

    def _wrapped(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *values, **known: self.passed(name, lambda: function(*values, **known))

    def passed(self, name: str, go_on: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """One of the moments: does it, unless the fault comes."""
        self.names.append(name)
        if len(self.names) - 1 != self._at:
            return go_on()
        if self._fault == "full":
            if name == "write" and half is not None:
                half()
            raise OSError(errno.ENOSPC, "No space left on device")
        if self._fault == "after":
            go_on()
        elif self._fault == "half" and half is not None:
            half()
        os.kill(os.getpid(), signal.SIGKILL)
        return None


class _File:
    """A file that is being written, whose writes are moments."""

    def __init__(self, file: BinaryIO, points: Points) -> None:
        self._file, self._points = file, points

    def write(self, data: Any) -> int:
        def half() -> None:
            self._file.write(bytes(data)[: len(data) // 2])
            self._file.flush()

        return int(self._points.passed("write", lambda: self._file.write(data), half))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
