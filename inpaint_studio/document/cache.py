"""What drawing a document has worked out and may need again."""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
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
        self._gone: deque[Hashable] = deque()
        """Keys of values whose array was freed, which may happen in any thread and while the lock is held."""
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
            self._forget_gone()
            self._drop(full)
            gone = self._gone
            origin = tuple(weakref.ref(array, lambda _: gone.append(full)) for array in origins)
            self._entries[full] = _Entry(value, origin, size)
            self._bytes += size
            while self._bytes > self._limit:
                self._drop(next(iter(self._entries)))

    def __del__(self) -> None:
        held, self._bytes = self._bytes, 0
        self._entries.clear()
        if held > _MUCH:
            return_freed()

    def _forget_gone(self) -> None:
        while self._gone:
            full = self._gone.popleft()
            entry = self._entries.get(full)
            # Under the same key there may be a value of younger arrays by now.
            if entry is not None and any(ref() is None for ref in entry.origins):
                self._drop(full)

    def _drop(self, full: Hashable) -> None:
        entry = self._entries.pop(full, None)
        if entry is not None:
            self._bytes -= entry.size
