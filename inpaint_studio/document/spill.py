"""A temporary file for arrays that are rarely needed: mapped into memory, given back when they are gone."""

from __future__ import annotations

import mmap
import tempfile
import weakref
from collections import deque
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Extent = tuple[int, int]
"""Offset and size in the file, whole pages."""


class SpillFile:
    """Made when it is first needed, and closed with its owner. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._file: Any = None
        self._end = 0
        self._free: list[Extent] = []
        self._gone: deque[Extent] = deque()

    @property
    def size(self) -> int:
        """How large the file is."""
        return self._end

    def store(self, array: NDArray[Any]) -> NDArray[Any]:
        """The same array, read-only, out of the file. Raises OSError where there is no room on the disk."""
        if array.size == 0:
            return array
        with self._lock:
            self._tidy()
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="inpaint-studio-history-")  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            offset, size = self._take(array.nbytes)
            self._file.seek(offset)
            self._file.write(np.ascontiguousarray(array).tobytes())
            self._file.flush()
            mapped = np.memmap(self._file, array.dtype, "r", offset, array.shape)
        # When nothing looks into that part of the file any more, views included, it is free.
        weakref.finalize(mapped._mmap, self._gone.append, (offset, size)).atexit = False  # type: ignore[attr-defined]
        return mapped

    def tidy(self) -> None:
        """Makes the file smaller where what lies at its end is not needed any more."""
        with self._lock:
            self._tidy()

    def _take(self, wanted: int) -> Extent:
        pages = -(-wanted // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        for number, (offset, size) in enumerate(self._free):
            if size >= pages:
                rest = (offset + pages, size - pages)
                self._free[number : number + 1] = [rest] if rest[1] else []
                return offset, pages
        offset, self._end = self._end, self._end + pages
        return offset, pages

    def _tidy(self) -> None:
        if not self._gone:
            return
        while self._gone:
            self._free.append(self._gone.popleft())
        joined: list[Extent] = []
        for offset, size in sorted(self._free):
            if joined and sum(joined[-1]) == offset:
                joined[-1] = joined[-1][0], joined[-1][1] + size
            else:
                joined.append((offset, size))
        if joined and sum(joined[-1]) == self._end:
            try:
                self._file.truncate(joined[-1][0])
            except OSError:
                # Windows cuts no file that is mapped anywhere: the room is used again instead.
                pass
            else:
                self._end = joined.pop()[0]
        self._free = joined
