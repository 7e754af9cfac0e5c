"""What drawing a document has worked out and may need again."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from numpy.typing import NDArray

from inpaint_studio.basics.memory import return_freed

AnyArray = NDArray[Any]

_MUCH = 32 << 20
"""Freeing so many bytes is worth telling the system."""


@dataclass(frozen=True, slots=True)
class _Entry:
    value: object
    origins: tuple[weakref.ref[AnyArray], ...]
    size: int


class RenderCache:
    """Values made from arrays, up to a number of bytes; the least recently used go first.

    Belongs to one document and is freed with it. May be used from any thread. The arrays a value was made
    from are not kept alive: when one of them is gone the value is, too.
    """

    def __init__(self, limit_bytes: int = 256 << 20) -> None:
        self._limit = limit_bytes
        self._lock = Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What it holds now."""
        return self._bytes

    def get(self, key: Hashable, origins: Sequence[AnyArray]) -> Any:
        """The value made under `key` from the very arrays `origins`, or None."""
        full = (key, *map(id, origins))
        with self._lock:
            entry = self._entries.get(full)
            if entry is None:
                return None
            # An id() may belong to another array by now.
            if any(ref() is not array for ref, array in zip(entry.origins, origins, strict=True)):
                self._drop(full)
                return None
            self._entries.move_to_end(full)
            return entry.value

    def put(self, key: Hashable, origins: Sequence[AnyArray], value: object, size: int) -> None:
        """Keeps a value of `size` bytes; one larger than half the limit is not kept."""
        if size > self._limit // 2:
            return
        full = (key, *map(id, origins))
        with self._lock:
            self._drop(full)
            self._entries[full] = _Entry(value, tuple(weakref.ref(array) for array in origins), size)
            self._bytes += size
            for old in [k for k, e in self._entries.items() if any(ref() is None for ref in e.origins)]:
                self._drop(old)
            while self._bytes > self._limit:
                self._drop(next(iter(self._entries)))

    def __del__(self) -> None:
        held, self._bytes = self._bytes, 0
        self._entries.clear()
        if held > _MUCH:
            return_freed()

    def _drop(self, full: Hashable) -> None:
        entry = self._entries.pop(full, None)
        if entry is not None:
            self._bytes -= entry.size
